import { describe, expect, test } from 'vitest';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { answerText, ask, textOf, worldOf } from './answer-text.ts';

const SOA = 'ns1.example.com. host.example.com. 1 7200 900 1209600 60';
const ZONE = `
$ZONE example.com.
@           900 SOA   ${SOA}
@           300 NS    ns1.example.com.
@           300 NS    ns.elsewhere.net.
@           300 MX    10 mail.example.com
ns1         300 A     192.0.2.53
mail        300 A     192.0.2.25
mail        300 AAAA  2001:db8::25
www         60  A     192.0.2.1
*.wild      60  A     192.0.2.7
host.wild   60  TXT   "here"
a.b.wild    60  A     192.0.2.8
_sip._tcp   60  SRV   1 2 5060 mail.example.com
x.ent       60  A     192.0.2.9
mail        60  HTTPS 1 . alpn=h2
svc         60  SVCB  1 mail.example.com port=53
bound       60  HTTPS 0 mail.example.com
nomx        60  MX    0 .
c1          60  CNAME c2.example.com
c2          60  CNAME www.example.com
cdead       60  CNAME nothing.example.com
cout        60  CNAME www.example.net
loop1       60  CNAME loop2.example.com
loop2       60  CNAME loop1.example.com
csub        60  CNAME x.sub.example.com
*.cw        60  CNAME www.example.com
al          ALIAS A al2.example.com
al2         ALIAS A www.example.com
almissing   ALIAS A nothing.example.com
sub         300 NS  ns.sub.example.com
sub         300 NS  ns1.example.com
sub         300 DS  1 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns.sub      300 A   192.0.2.99
deep.sub    300 NS  ns.deep.example.net
kept        300 NS  ns1.example.com
$ZONE kept.example.com.
@           900 SOA   ns1.kept.example.com. host.kept.example.com. 1 7200 900 1209600 30
@           300 NS    ns1.example.com
www         60  A     192.0.2.77
$ZONE late.example.com. withheld
$ZONE secret.example. private
www         60  A     10.0.0.1
`;
function check(zoneText: string, query: string, expected: string): void {
  const text = expected.replace(/\n\s*/g, '\n');
  expect(answerText(worldOf(zonesFromText(zoneText)), query)).toBe(text);
}

const NEGATIVE = `authority example.com. 60 SOA ${SOA}`;

const cases: Record<string, [string, string][]> = {
  plain: [
    ['www.example.com A', 'NOERROR aa rd\nquestion www.example.com. A\nanswer www.example.com. 60 A 192.0.2.1'],
    ['wWw.eXample.com A', 'NOERROR aa rd\nquestion wWw.eXample.com. A\nanswer wWw.eXample.com. 60 A 192.0.2.1'],
    ['www.example.com A +class=255', 'NOERROR rd\nquestion www.example.com. A\nanswer www.example.com. 60 A 192.0.2.1'],
    [
      'example.com MX',
      `NOERROR aa rd\nquestion example.com. MX\nanswer example.com. 300 MX 10 mail.example.com.
      additional mail.example.com. 300 A 192.0.2.25\nadditional mail.example.com. 300 AAAA 2001:db8::25`,
    ],
    [
      'example.com NS',
      `NOERROR aa rd\nquestion example.com. NS\nanswer example.com. 300 NS ns1.example.com.
      answer example.com. 300 NS ns.elsewhere.net.\nadditional ns1.example.com. 300 A 192.0.2.53`,
    ],
    [
      '_sip._tcp.example.com SRV',
      `NOERROR aa rd\nquestion _sip._tcp.example.com. SRV
      answer _sip._tcp.example.com. 60 SRV 1 2 5060 mail.example.com.
      additional mail.example.com. 300 A 192.0.2.25\nadditional mail.example.com. 300 AAAA 2001:db8::25`,
    ],
    [
      'mail.example.com HTTPS',
      `NOERROR aa rd\nquestion mail.example.com. HTTPS\nanswer mail.example.com. 60 HTTPS 1 . alpn="h2"
      additional mail.example.com. 300 A 192.0.2.25\nadditional mail.example.com. 300 AAAA 2001:db8::25`,
    ],
    [
      'svc.example.com SVCB',
      `NOERROR aa rd\nquestion svc.example.com. SVCB\nanswer svc.example.com. 60 SVCB 1 mail.example.com. port=53
      additional mail.example.com. 300 A 192.0.2.25\nadditional mail.example.com. 300 AAAA 2001:db8::25`,
    ],
    [
      'bound.example.com HTTPS',
      `NOERROR aa rd\nquestion bound.example.com. HTTPS\nanswer bound.example.com. 60 HTTPS 0 mail.example.com.
      additional mail.example.com. 60 HTTPS 1 . alpn="h2"
      additional mail.example.com. 300 A 192.0.2.25\nadditional mail.example.com. 300 AAAA 2001:db8::25`,
    ],
    ['nomx.example.com MX', 'NOERROR aa rd\nquestion nomx.example.com. MX\nanswer nomx.example.com. 60 MX 0 .'],
    [
      'mail.example.com ANY',
      'NOERROR aa rd\nquestion mail.example.com. ANY\nanswer mail.example.com. 300 A 192.0.2.25',
    ],
  ],
  negative: [
    ['no.example.com A', `NXDOMAIN aa rd\nquestion no.example.com. A\n${NEGATIVE}`],
    ['no.www.example.com A', `NXDOMAIN aa rd\nquestion no.www.example.com. A\n${NEGATIVE}`],
    ['www.example.com AAAA', `NOERROR aa rd\nquestion www.example.com. AAAA\n${NEGATIVE}`],
    ['www.example.com TYPE65280', `NOERROR aa rd\nquestion www.example.com. TYPE65280\n${NEGATIVE}`],
    ['ent.example.com A', `NOERROR aa rd\nquestion ent.example.com. A\n${NEGATIVE}`],
    ['_tcp.example.com SRV', `NOERROR aa rd\nquestion _tcp.example.com. SRV\n${NEGATIVE}`],
    ['no.ent.example.com A', `NXDOMAIN aa rd\nquestion no.ent.example.com. A\n${NEGATIVE}`],
  ],
  wildcard: [
    [
      'any.wild.example.com A',
      'NOERROR aa rd\nquestion any.wild.example.com. A\nanswer any.wild.example.com. 60 A 192.0.2.7',
    ],
    [
      'x.y.wild.example.com A',
      'NOERROR aa rd\nquestion x.y.wild.example.com. A\nanswer x.y.wild.example.com. 60 A 192.0.2.7',
    ],
    [
      '*.wild.example.com A',
      'NOERROR aa rd\nquestion *.wild.example.com. A\nanswer *.wild.example.com. 60 A 192.0.2.7',
    ],
    ['any.wild.example.com AAAA', `NOERROR aa rd\nquestion any.wild.example.com. AAAA\n${NEGATIVE}`],
    ['host.wild.example.com A', `NOERROR aa rd\nquestion host.wild.example.com. A\n${NEGATIVE}`],
    ['x.host.wild.example.com A', `NXDOMAIN aa rd\nquestion x.host.wild.example.com. A\n${NEGATIVE}`],
    ['b.wild.example.com A', `NOERROR aa rd\nquestion b.wild.example.com. A\n${NEGATIVE}`],
    ['x.b.wild.example.com A', `NXDOMAIN aa rd\nquestion x.b.wild.example.com. A\n${NEGATIVE}`],
    ['wild.example.com A', `NOERROR aa rd\nquestion wild.example.com. A\n${NEGATIVE}`],
    ['x.*.wild.example.com A', `NXDOMAIN aa rd\nquestion x.*.wild.example.com. A\n${NEGATIVE}`],
    [
      'q.cw.example.com A',
      'NOERROR aa rd\nquestion q.cw.example.com. A\nanswer q.cw.example.com. 60 CNAME www.example.com.\nanswer www.example.com. 60 A 192.0.2.1',
    ],
  ],
  cname: [
    [
      'c1.example.com CNAME',
      'NOERROR aa rd\nquestion c1.example.com. CNAME\nanswer c1.example.com. 60 CNAME c2.example.com.',
    ],
    [
      'c1.example.com A',
      `NOERROR aa rd\nquestion c1.example.com. A\nanswer c1.example.com. 60 CNAME c2.example.com.
      answer c2.example.com. 60 CNAME www.example.com.\nanswer www.example.com. 60 A 192.0.2.1`,
    ],
    [
      'c2.example.com AAAA',
      `NOERROR aa rd\nquestion c2.example.com. AAAA\nanswer c2.example.com. 60 CNAME www.example.com.\n${NEGATIVE}`,
    ],
    [
      'cdead.example.com A',
      `NXDOMAIN aa rd\nquestion cdead.example.com. A\nanswer cdead.example.com. 60 CNAME nothing.example.com.\n${NEGATIVE}`,
    ],
    [
      'cout.example.com A',
      'NOERROR aa rd\nquestion cout.example.com. A\nanswer cout.example.com. 60 CNAME www.example.net.',
    ],
    [
      'loop1.example.com A',
      `NOERROR aa rd\nquestion loop1.example.com. A\nanswer loop1.example.com. 60 CNAME loop2.example.com.
      answer loop2.example.com. 60 CNAME loop1.example.com.`,
    ],
    [
      'csub.example.com A',
      `NOERROR aa rd\nquestion csub.example.com. A\nanswer csub.example.com. 60 CNAME x.sub.example.com.
      authority sub.example.com. 300 NS ns.sub.example.com.\nauthority sub.example.com. 300 NS ns1.example.com.
      additional ns.sub.example.com. 300 A 192.0.2.99\nadditional ns1.example.com. 300 A 192.0.2.53`,
    ],
  ],
  alias: [
    ['al.example.com A', 'NOERROR aa rd\nquestion al.example.com. A\nanswer al.example.com. 60 A 192.0.2.1'],
    ['al.example.com AAAA', `NOERROR aa rd\nquestion al.example.com. AAAA\n${NEGATIVE}`],
    ['almissing.example.com A', `NOERROR aa rd\nquestion almissing.example.com. A\n${NEGATIVE}`],
  ],
  delegation: [
    ...['sub', 'x.sub', 'y.deep.sub'].map((name): [string, string] => [
      `${name}.example.com A`,
      `NOERROR rd\nquestion ${name}.example.com. A
      authority sub.example.com. 300 NS ns.sub.example.com.\nauthority sub.example.com. 300 NS ns1.example.com.
      additional ns.sub.example.com. 300 A 192.0.2.99\nadditional ns1.example.com. 300 A 192.0.2.53`,
    ]),
    [
      'sub.example.com DS',
      `NOERROR aa rd\nquestion sub.example.com. DS\nanswer sub.example.com. 300 DS 1 13 2 ${'0'.repeat(64)}`,
    ],
    [
      'x.sub.example.com NS',
      'NOERROR rd\nquestion x.sub.example.com. NS\nauthority sub.example.com. 300 NS ns.sub.example.com.\nauthority sub.example.com. 300 NS ns1.example.com.\nadditional ns.sub.example.com. 300 A 192.0.2.99\nadditional ns1.example.com. 300 A 192.0.2.53',
    ],
  ],
  'parent and child': [
    [
      'www.kept.example.com A',
      'NOERROR aa rd\nquestion www.kept.example.com. A\nanswer www.kept.example.com. 60 A 192.0.2.77',
    ],
    ['kept.example.com DS', `NOERROR aa rd\nquestion kept.example.com. DS\n${NEGATIVE}`],
    [
      'no.kept.example.com A',
      'NXDOMAIN aa rd\nquestion no.kept.example.com. A\nauthority kept.example.com. 30 SOA ns1.kept.example.com. host.kept.example.com. 1 7200 900 1209600 30',
    ],
    ['example.com DS', `NOERROR aa rd\nquestion example.com. DS\n${NEGATIVE}`],
  ],
  'a zone without data': [
    ['late.example.com SOA', 'SERVFAIL rd\nquestion late.example.com. SOA'],
    ['www.late.example.com A +do', 'SERVFAIL rd edns=1232 do extended_error=0018\nquestion www.late.example.com. A'],
  ],
  outside: [
    ['example.net A', 'REFUSED rd\nquestion example.net. A'],
    ['. NS', 'REFUSED rd\nquestion . NS'],
    ['www.secret.example A', 'REFUSED rd\nquestion www.secret.example. A'],
    ['www.example.com A +class=3', 'REFUSED rd\nquestion www.example.com. A'],
    ['example.com AXFR +tcp', 'REFUSED rd\nquestion example.com. AXFR'],
    ['example.com IXFR', 'REFUSED rd\nquestion example.com. IXFR'],
    ['example.com TYPE250', 'REFUSED rd\nquestion example.com. TSIG'],
  ],
  edns: [
    [
      'www.example.com A +do',
      'NOERROR aa rd edns=1232 do\nquestion www.example.com. A\nanswer www.example.com. 60 A 192.0.2.1',
    ],
    [
      'www.example.com A +edns=0',
      'NOERROR aa rd edns=1232\nquestion www.example.com. A\nanswer www.example.com. 60 A 192.0.2.1',
    ],
    ['www.example.com A +version=1', 'BADVERS rd edns=1232\nquestion www.example.com. A'],
    ['no.example.net A +do', 'REFUSED rd edns=1232 do extended_error=0014\nquestion no.example.net. A'],
  ],
};

for (const [theme, table] of Object.entries(cases)) {
  describe(theme, () => {
    test.each(table)('%s', (query, expected) => check(ZONE, query, expected));
  });
}

test("a change of its zone makes a plan stale, and another zone's does not", () => {
  const zones = zonesFromText(ZONE);
  const world = worldOf(zones);
  ask(world, 'www.example.com A');
  zones.addValue('Z1', 'www.example.com.', 'A', 60, '192.0.2.2');
  world.versions.zoneChanged('Z2');
  expect(textOf(ask(world, 'www.example.com A'))).not.toContain('192.0.2.2');
  world.versions.zoneChanged('Z1');
  expect(answerText(world, 'www.example.com A')).toContain('192.0.2.2');
});

test('types whose numbers differ as upper and lower case do have answers of their own', () => {
  const zones = zonesFromText(ZONE);
  const world = worldOf(zones);
  // HTTPS is 65, an `A`; 97 is an `a`.
  for (const query of [
    'mail.example.com HTTPS',
    'mail.example.com TYPE97',
    'no.example.com HTTPS',
    'no.example.com TYPE97',
  ]) {
    expect(answerText(world, query)).toBe(answerText(worldOf(zones), query));
  }
});

test('a new child zone is served once the zone above it is told of', () => {
  const zones = zonesFromText(ZONE);
  const world = worldOf(zones);
  ask(world, 'www.example.com A');
  zones.addZone('www.example.com.');
  world.versions.zoneChanged('Z1');
  expect(answerText(world, 'www.example.com A')).not.toContain('192.0.2.1');
});

test('a chain to its own apex for DS does not wait for a word of zones above', () => {
  const zones = zonesFromText('$ZONE b.example.\n@ 60 SOA ns. host. 1 2 3 4 5\nx 60 CNAME b.example.');
  const world = worldOf(zones);
  const alone = answerText(world, 'x.b.example DS');
  zones.addZone('example.');
  expect(answerText(world, 'x.b.example DS')).toBe(alone);
  expect(answerText(worldOf(zones), 'x.b.example DS')).toBe(alone);
});

test('random names share the plans of their closest encloser', () => {
  const zones = zonesFromText(ZONE);
  const world = worldOf(zones);
  const names = Array.from({ length: 500 }, (_, n) => 'r'.repeat(1 + (n % 60)) + n);
  for (const below of ['', 'wild.', 'sub.', 'www.', 'cw.']) {
    for (const name of names) {
      const query = `${name}.${below}example.com A`;
      expect(textOf(ask(world, query))).toBe(textOf(ask(worldOf(zones), query)));
    }
  }
  expect(world.plans.entries).toBe(4);
});
