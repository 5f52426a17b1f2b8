import { describe, expect, test } from 'vitest';
import { SignedWorld, shortText } from './ask-signed.ts';

const ZONE = `
$ZONE example.com.
@           900 SOA   ns1.example.com. host.example.com. 1 7200 900 1209600 60
@           300 NS    ns1.example.com.
@           300 NS    ns2.example.com.
@           300 MX    10 mail.example.com.
ns1         300 A     192.0.2.53
ns2         300 A     192.0.2.54
mail        300 A     192.0.2.25
www         60  A     192.0.2.1
www         60  A     192.0.2.2
www         60  TXT   "here"
c0          60  CNAME c1.example.com.
c1          60  CNAME c2.example.com.
c2          30  CNAME www.example.com.
cdead       60  CNAME nothing.example.com.
cdata       60  CNAME mail.example.com.
cout        60  CNAME www.example.net.
csub        60  CNAME x.sub.example.com.
cwild       60  CNAME a.wild.example.com.
x.ent       60  A     192.0.2.9
*.wild      60  A     192.0.2.7
*.wild      60  TXT   "wild"
*.cwild     60  CNAME www.example.com.
*.nswild    60  NS    ns.example.net.
al          ALIAS A   www.example.com.
algone      ALIAS A   nothing.example.com.
algone      60  TXT   "here"
sub         300 NS    ns.sub.example.com.
sub         300 NS    ns1.example.com.
sub         300 DS    1 13 2 0000000000000000000000000000000000000000000000000000000000000000
sub         300 TXT   "hidden"
ns.sub      300 A     192.0.2.99
plain       300 NS    ns.plain.example.com.
keys        600 DS    2 13 2 1111111111111111111111111111111111111111111111111111111111111111
dsal        300 NS    ns.plain.example.com.
dsal        ALIAS DS  keys.example.com.
dsgone      300 NS    ns.plain.example.com.
dsgone      ALIAS DS  nothing.example.com.
ns.plain    300 A     192.0.2.98
`;

const SOA = ['authority @ 60 SOA ns1 host 1 7200 900 1209600 60', 'authority @ 60 RRSIG SOA labels=2 by example.com.'];

const denial = (name: string, types: string, labels: number): string[] => [
  ...SOA,
  `authority ${name} 60 NSEC \\000.${name === '@' ? '' : name}${types === '' ? '' : ` ${types}`}`.replace(
    '\\000. ',
    '\\000 ',
  ),
  `authority ${name} 60 RRSIG NSEC labels=${labels} by example.com.`,
];

const cases: Record<string, [query: string, proof: string, lines: string[]][]> = {
  positive: [
    [
      'www.example.com A +do',
      'answer',
      [
        'NOERROR aa do',
        'answer www 60 A 192.0.2.1',
        'answer www 60 A 192.0.2.2',
        'answer www 60 RRSIG A labels=3 by example.com.',
      ],
    ],
    [
      'example.com MX +do',
      'answer',
      ['NOERROR aa do', 'answer @ 300 MX 10 mail', 'answer @ 300 RRSIG MX labels=2 by example.com.'],
    ],
    [
      'al.example.com A +do +draw=0.5',
      'answer',
      [
        'NOERROR aa do',
        'answer al 60 A 192.0.2.2',
        'answer al 60 A 192.0.2.1',
        'answer al 60 RRSIG A labels=3 by example.com.',
      ],
    ],
    [
      'c1.example.com TXT +do',
      'answer',
      [
        'NOERROR aa do',
        'answer c1 60 CNAME c2',
        'answer c2 30 CNAME www',
        'answer www 60 TXT "here"',
        'answer c1 60 RRSIG CNAME labels=3 by example.com.',
        'answer c2 30 RRSIG CNAME labels=3 by example.com.',
        'answer www 60 RRSIG TXT labels=3 by example.com.',
      ],
    ],
    [
      'cout.example.com A +do',
      'chain leaves',
      ['NOERROR aa do', 'answer cout 60 CNAME www.example.net.', 'answer cout 60 RRSIG CNAME labels=3 by example.com.'],
    ],
    [
      'www.example.com ANY +do',
      'answer',
      [
        'NOERROR aa do',
        'answer www 60 A 192.0.2.1',
        'answer www 60 A 192.0.2.2',
        'answer www 60 RRSIG A labels=3 by example.com.',
      ],
    ],
  ],
  'a wildcard answers in the name of who is asked for, and needs no proof that there is no other': [
    [
      'a.b.wild.example.com A +do',
      'answer',
      ['NOERROR aa do', 'answer a.b.wild 60 A 192.0.2.7', 'answer a.b.wild 60 RRSIG A labels=5 by example.com.'],
    ],
    [
      '*.wild.example.com A +do',
      'answer',
      ['NOERROR aa do', 'answer *.wild 60 A 192.0.2.7', 'answer *.wild 60 RRSIG A labels=3 by example.com.'],
    ],
    [
      'x.cwild.example.com A +do',
      'answer',
      [
        'NOERROR aa do',
        'answer x.cwild 60 CNAME www',
        'answer www 60 A 192.0.2.1',
        'answer www 60 A 192.0.2.2',
        'answer x.cwild 60 RRSIG CNAME labels=4 by example.com.',
        'answer www 60 RRSIG A labels=3 by example.com.',
      ],
    ],
    ['a.wild.example.com MX +do', 'nodata', ['NOERROR aa do', ...denial('a.wild', 'A TXT RRSIG NSEC', 4)]],
    ['a.nswild.example.com A +do', 'nodata', ['NOERROR aa do', ...denial('a.nswild', 'RRSIG NSEC', 4)]],
  ],
  'no data': [
    ['www.example.com MX +do', 'nodata', ['NOERROR aa do', ...denial('www', 'A TXT RRSIG NSEC', 3)]],
    ['example.com TXT +do', 'nodata', ['NOERROR aa do', ...denial('@', 'NS SOA MX RRSIG NSEC DNSKEY', 2)]],
    ['ent.example.com A +do', 'nodata', ['NOERROR aa do', ...denial('ent', 'RRSIG NSEC', 3)]],
    ['ent.example.com ANY +do', 'nodata', ['NOERROR aa do', ...denial('ent', 'RRSIG NSEC', 3)]],
    ['algone.example.com A +do', 'nodata', ['NOERROR aa do', ...denial('algone', 'TXT RRSIG NSEC', 3)]],
    [
      'cdata.example.com MX +do',
      'nodata',
      [
        'NOERROR aa do',
        'answer cdata 60 CNAME mail',
        'answer cdata 60 RRSIG CNAME labels=3 by example.com.',
        ...denial('mail', 'A RRSIG NSEC', 3),
      ],
    ],
  ],
  'no such name': [
    ['x.y.example.com A +do', 'no such name', ['NOERROR aa do', ...denial('x.y', 'RRSIG NSEC NXNAME', 4)]],
    ['x.y.example.com A +do +co', 'no such name', ['NXDOMAIN aa do co', ...denial('x.y', 'RRSIG NSEC NXNAME', 4)]],
    [
      'cdead.example.com A +do +co',
      'no such name',
      [
        'NXDOMAIN aa do co',
        'answer cdead 60 CNAME nothing',
        'answer cdead 60 RRSIG CNAME labels=3 by example.com.',
        ...denial('nothing', 'RRSIG NSEC NXNAME', 3),
      ],
    ],
  ],
  referrals: [
    [
      'a.sub.example.com A +do',
      'secure referral',
      [
        'NOERROR do',
        'authority sub 300 NS ns.sub',
        'authority sub 300 NS ns1',
        `authority sub 300 DS 1 13 2 ${'0'.repeat(64)}`,
        'authority sub 300 RRSIG DS labels=3 by example.com.',
        'additional ns.sub 300 A 192.0.2.99',
      ],
    ],
    [
      'plain.example.com A +do',
      'insecure referral',
      [
        'NOERROR do',
        'authority plain 300 NS ns.plain',
        'authority plain 60 NSEC \\000.plain NS RRSIG NSEC',
        'authority plain 60 RRSIG NSEC labels=3 by example.com.',
        'additional ns.plain 300 A 192.0.2.98',
      ],
    ],
    [
      'csub.example.com A +do',
      'secure referral',
      [
        'NOERROR aa do',
        'answer csub 60 CNAME x.sub',
        'answer csub 60 RRSIG CNAME labels=3 by example.com.',
        'authority sub 300 NS ns.sub',
        'authority sub 300 NS ns1',
        `authority sub 300 DS 1 13 2 ${'0'.repeat(64)}`,
        'authority sub 300 RRSIG DS labels=3 by example.com.',
        'additional ns.sub 300 A 192.0.2.99',
      ],
    ],
    [
      'sub.example.com DS +do',
      'answer',
      [
        'NOERROR aa do',
        `answer sub 300 DS 1 13 2 ${'0'.repeat(64)}`,
        'answer sub 300 RRSIG DS labels=3 by example.com.',
      ],
    ],
    [
      'a.dsal.example.com A +do',
      'secure referral',
      [
        'NOERROR do',
        'authority dsal 300 NS ns.plain',
        `authority dsal 600 DS 2 13 2 ${'1'.repeat(64)}`,
        'authority dsal 600 RRSIG DS labels=3 by example.com.',
      ],
    ],
    [
      'dsal.example.com DS +do',
      'answer',
      [
        'NOERROR aa do',
        `answer dsal 600 DS 2 13 2 ${'1'.repeat(64)}`,
        'answer dsal 600 RRSIG DS labels=3 by example.com.',
      ],
    ],
    [
      'a.dsgone.example.com A +do',
      'insecure referral',
      [
        'NOERROR do',
        'authority dsgone 300 NS ns.plain',
        'authority dsgone 60 NSEC \\000.dsgone NS RRSIG NSEC',
        'authority dsgone 60 RRSIG NSEC labels=3 by example.com.',
      ],
    ],
    ['plain.example.com DS +do', 'nodata', ['NOERROR aa do', ...denial('plain', 'NS RRSIG NSEC', 3)]],
  ],
  'types of DNSSEC itself': [
    [
      'c1.example.com NSEC +do',
      'answer',
      [
        'NOERROR aa do',
        'answer c1 60 NSEC \\000.c1 CNAME RRSIG NSEC',
        'answer c1 60 RRSIG NSEC labels=3 by example.com.',
      ],
    ],
    [
      'nothing.example.com NSEC +do',
      'answer',
      [
        'NOERROR aa do',
        'answer nothing 60 NSEC \\000.nothing RRSIG NSEC NXNAME',
        'answer nothing 60 RRSIG NSEC labels=3 by example.com.',
      ],
    ],
    ['www.example.com RRSIG +do', 'answer', ['NOERROR aa do', 'answer www 60 RRSIG NSEC labels=3 by example.com.']],
    ['www.example.com CDS +do', 'nodata', ['NOERROR aa do', ...denial('www', 'A TXT RRSIG NSEC', 3)]],
    ['www.example.com DNSKEY +do', 'nodata', ['NOERROR aa do', ...denial('www', 'A TXT RRSIG NSEC', 3)]],
  ],
};

const signed = new SignedWorld(ZONE);

describe.each(Object.entries(cases))('%s', (_, rows) => {
  test.each(rows)('%s: %s', (query, proof, lines) => {
    expect(shortText(signed.ask(query)).split('\n')).toEqual(lines);
    expect(signed.prove(query)).toBe(proof);
  });
});

describe('who does not ask for signatures is answered as if there were none', () => {
  const unsigned = new SignedWorld(ZONE, { unsigned: ['example.com.'] });
  test.each(Object.values(cases).flatMap((rows) => rows.map(([query]) => query)))('%s', (query) => {
    const [name = '', type = ''] = query.split(' ');
    if (type === 'NSEC' || type === 'RRSIG') return;
    for (const plain of [`${name} ${type}`, `${name} ${type} +edns=1232`]) {
      expect(shortText(signed.ask(plain))).toBe(shortText(unsigned.ask(plain)));
    }
  });
});

describe('without DO the types of DNSSEC are as any other (RFC 4035 §3.1)', () => {
  test.each([
    ['www.example.com NSEC', ['NOERROR aa', 'answer www 60 NSEC \\000.www A TXT RRSIG NSEC']],
    ['www.example.com RRSIG', ['NOERROR aa', 'answer www 60 RRSIG NSEC labels=3 by example.com.']],
    ['nothing.example.com NSEC', ['NXDOMAIN aa', SOA[0]]],
    ['a.wild.example.com NSEC', ['NOERROR aa', SOA[0]]],
  ])('%s', (query, lines) => {
    expect(shortText(signed.ask(query)).split('\n')).toEqual(lines);
  });
});

describe('the keys of the zone', () => {
  const withCds = new SignedWorld(ZONE, { cds: true });
  test.each(['DNSKEY', 'CDS', 'CDNSKEY'])('%s', (type) => {
    const records = (query: string) => withCds.ask(query).answers.map((record) => record.type);
    expect(withCds.prove(`example.com ${type} +do`)).toBe('answer');
    const plain = records(`example.com ${type}`);
    expect(new Set(plain).size).toBe(1);
    expect(records(`example.com ${type} +do`)).toEqual([...plain, 46]);
  });

  test('are among the types of the apex', () => {
    expect(shortText(withCds.ask('example.com TXT +do'))).toContain('NS SOA MX RRSIG NSEC DNSKEY CDS CDNSKEY');
  });
});

test('NXNAME is nothing to ask for (RFC 9824 §3.5)', () => {
  expect(shortText(signed.ask('www.example.com NXNAME'))).toBe('FORMERR');
  expect(shortText(signed.ask('www.example.com NXNAME +do'))).toBe('FORMERR do ede=30');
});

test('CO means nothing without DO', () => {
  expect(shortText(signed.ask('nothing.example.com A +edns=1232 +co')).split('\n')).toEqual(['NXDOMAIN aa', SOA[0]]);
});

describe('what does not fit is left out whole', () => {
  test.each([
    ['www.example.com A +do +edns=512', 'NOERROR aa do'],
    ['example.com MX +do +edns=512', 'NOERROR aa do'],
    ['c0.example.com A +do +edns=512', 'NOERROR aa tc do'],
    ['x.y.example.com A +do +edns=512', 'NOERROR aa do'],
  ])('%s: %s', (query, expected) => {
    expect(shortText(signed.ask(query)).split('\n')[0]).toBe(expected);
    expect(shortText(signed.ask(`${query} +tcp`)).split('\n')[0]).toBe(expected.replace(' tc', ''));
  });
});

test('a zone whose key is not to be had is not answered without signatures', () => {
  const without = new SignedWorld(ZONE, {}, { signer: undefined });
  expect(shortText(without.ask('www.example.com A +do'))).toBe('SERVFAIL do ede=14');
  expect(shortText(without.ask('www.example.com A')).split('\n')).toHaveLength(3);
});

test('Ed25519: the whole answer, octet by octet', () => {
  expect(signed.dig('www.example.com TXT +do')).toMatchInlineSnapshot(`
    ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4660
    ;; flags: qr aa rd; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1

    ;; OPT PSEUDOSECTION:
    ; EDNS: version: 0, flags: do; udp: 1232
    ;; QUESTION SECTION:
    ;www.example.com.		IN	TXT

    ;; ANSWER SECTION:
    www.example.com.	60	IN	TXT	"here"
    www.example.com.	60	IN	RRSIG	TXT 15 3 60 20270117011102 20270114111102 60794 example.com. TQ2VguJJP3cyYBDbemcPBzdvuCdn9ZHqsGB28AgZpu3qFhAbKFtVhvXrSr4rIm/6CHiizxyCqaNoLepkrPhrAg==
    "
  `);
});
