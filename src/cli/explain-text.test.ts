import { expect, test } from 'vitest';
import { explain, type QuestionToExplain } from '../core/answer/explain.ts';
import { parseIpv4 } from '../core/dns/ip-address.ts';
import { placeOf } from '../core/geo/place.ts';
import { createOutsideTable, OutsideTable } from '../core/answer/routed/outside-table.ts';
import { zonesFromText } from '../core/zone/zone-from-text.ts';
import { explanationText } from './explain-text.ts';

const ZONE = `
$ZONE example.com.
@     900 SOA ns.example.net. host.example.com. 1 7200 900 1209600 60
www   ALIAS A eu.example.com. [geolocation continent=EU, id europe, evaluate]
www   ALIAS A us.example.com. [geolocation country=*, id rest, evaluate]
eu    60 A 192.0.2.1 [weighted 10, id blue, check h0]
eu    60 A 192.0.2.2 [weighted 30, id green, check h1]
us    60 A 192.0.2.3 [failover PRIMARY, id p, check h0]
us    60 A 192.0.2.4 [failover SECONDARY, id s, check h2]
*.shop 60 CNAME www.example.com.
apex  ALIAS A plain.example.com.
plain 60 A 192.0.2.9
c     60 CNAME plain.example.com. [weighted 1, id one]
c2    60 CNAME us.example.com. [weighted 1, id one]
out   60 CNAME www.example.org.
sub   60 NS ns.example.org.
a.b   60 A 192.0.2.10
many  60 A 192.0.2.11 [multivalue, id 1]
many  60 A 192.0.2.12 [multivalue, id 2, check h1]
cdn   OUTSIDE A host.example.net. [failover PRIMARY, id p, evaluate]
cdn   OUTSIDE A other.example.net. [failover SECONDARY, id s]
`;
const FRANCE = placeOf({ continent: 'EU', country: 'FR', subdivision: '' });

function textOf(name: string, type: string, asked: Partial<QuestionToExplain> = {}): string {
  const zones = zonesFromText(ZONE);
  for (const check of ['h0', 'h1', 'h2']) zones.healthCheckIndex(check);
  const explanation = explain(zones, {
    name,
    type,
    resolver: parseIpv4('203.0.113.7') as Uint8Array,
    subnet: undefined,
    draw: 0.5,
    places: { place: () => FRANCE, bitsUsed: 24 },
    latencies: undefined,
    outside: undefined,
    statuses: new Uint8Array(8),
    supposed: new Set(),
    ...asked,
  });
  if (explanation === undefined) throw new Error(`no zone for ${name}`);
  return explanationText(explanation, true);
}

test('a walk from top to bottom', () => {
  const asked = {
    subnet: { address: parseIpv4('198.51.100.0') as Uint8Array, prefixLength: 24 },
    statuses: Uint8Array.of(2, 1, 0),
    supposed: new Set(['h1']),
  };
  expect(textOf('a.shop.example.com', 'A', asked)).toBe(`a.shop.example.com. A

asked by    198.51.100.0/24 (client subnet), in FR, EU
by          the member that runs here, as of now
zone        example.com. (Z1)
wildcard    a.shop.example.com. is not there; *.shop.example.com. speaks for it, and has CNAME
CNAME       a.shop.example.com. leads on to www.example.com.
name        www.example.com. has A

geolocation www.example.com. A
  → europe  alias of eu.example.com.  for Europe, where the client is  healthy: its target has something healthy
      · eu.example.com. blue healthy: check h0 is healthy
      · eu.example.com. green unhealthy: check h1 is unhealthy (supposed)
    rest    alias of us.example.com.  for everybody else               healthy: its target has something healthy
      · us.example.com. p healthy: check h0 is healthy
      · us.example.com. s healthy: check h2 has no status yet

weighted    eu.example.com. A
  → blue   192.0.2.1  weight 10 of 40  healthy: check h0 is healthy
    green  192.0.2.2  weight 30 of 40  unhealthy: check h1 is unhealthy (supposed)
  draw      5 of a sum of weights of 10

;; status: NOERROR, flags: qr aa; ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 0
;; CLIENT-SUBNET: 198.51.100.0/24/24

;; ANSWER SECTION:
a.shop.example.com.	60	IN	CNAME	www.example.com.
www.example.com.	60	IN	A	192.0.2.1

The dice said 0.5; the same again with --draw 0.5.
`);
});

/** What the walk says between the zone and the answer, and the answer's status. */
function walkOf(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const from = lines.findIndex((line) => line.startsWith('zone'));
  const to = lines.findIndex((line) => line.startsWith(';; status'));
  const status = /status: (\w+)/.exec(text)?.[1] ?? '';
  return [...lines.slice(from + 1, to), status].map((line) => line.replace(/ {2,}/g, '  '));
}

test.each([
  ['apex.example.com', 'A', ['name  apex.example.com. has A', 'alias  apex.example.com. A is plain.example.com. A']],
  ['plain.example.com', 'MX', ['name  plain.example.com. has A', 'nothing  there are no records of type MX']],
  [
    'b.example.com',
    'A',
    ['name  b.example.com. is there for names below it, with no records', 'nothing  there are no records of type A'],
  ],
  ['x.sub.example.com', 'A', ['delegated  sub.example.com. is a zone of other servers; x.sub.example.com. is theirs']],
  [
    'out.example.com',
    'A',
    [
      'name  out.example.com. has CNAME',
      'CNAME  out.example.com. leads on to www.example.org.',
      'ends  www.example.org. is for another zone: the resolver asks there',
    ],
  ],
  [
    'c.example.com',
    'A',
    [
      'name  c.example.com. has CNAME',
      'weighted  c.example.com. CNAME',
      '  → one  plain.example.com.  weight 1 of 1  healthy: no check',
      '  draw  0.5 of a sum of weights of 1',
      'CNAME  c.example.com. leads on to plain.example.com.',
      'name  plain.example.com. has A',
    ],
  ],
  [
    'c2.example.com',
    'A',
    [
      'name  c2.example.com. has CNAME',
      'weighted  c2.example.com. CNAME',
      '  → one  us.example.com.  weight 1 of 1  healthy: no check',
      '  draw  0.5 of a sum of weights of 1',
      'CNAME  c2.example.com. leads on to us.example.com.',
      'name  us.example.com. has A',
      'ends  us.example.com. has to be chosen for whom it is asked: the resolver asks for it',
    ],
  ],
  [
    'many.example.com',
    'A',
    [
      'name  many.example.com. has A',
      'multivalue  many.example.com. A',
      '  → 1  192.0.2.11  one of several  healthy: no check',
      '  → 2  192.0.2.12  one of several  healthy: check h1 has no status yet',
    ],
  ],
])('%s %s', (name, type, walk) => expect(walkOf(textOf(name, type))).toEqual([...walk, 'NOERROR']));

test('a name that is not there', () => {
  expect(walkOf(textOf('no.example.com', 'A'))).toEqual([
    'name  no.example.com. is not there, and no wildcard speaks for it',
    'NXDOMAIN',
  ]);
});

test('nothing healthy: the pick is a last resort', () => {
  expect(walkOf(textOf('us.example.com', 'A', { statuses: Uint8Array.of(1, 1, 1) }))).toEqual([
    'name  us.example.com. has A',
    'failover  us.example.com. A',
    '  → p  192.0.2.3  primary  unhealthy: check h0 is unhealthy',
    '  s  192.0.2.4  secondary  unhealthy: check h2 is unhealthy',
    '  picked  as a last resort: nothing that could answer is healthy',
    'NOERROR',
  ]);
});

test('aliases of hosts outside: what they resolve to', () => {
  const memory = createOutsideTable(10, 10);
  const outside = new OutsideTable(memory);
  const walk = (): string[] => walkOf(textOf('cdn.example.com', 'A', { outside }));
  expect(walk()).toEqual([
    'name  cdn.example.com. has A',
    'failover  cdn.example.com. A',
    '  p  alias of host.example.net., a host outside that is not resolved  primary  unhealthy: its target has nothing healthy',
    '  → s  alias of other.example.net., a host outside that is not resolved  secondary  healthy: no check',
    'SERVFAIL',
  ]);
  outside.write(0, 60, [Uint8Array.of(192, 0, 2, 1)]);
  outside.assign(0, 0);
  outside.write(1, 60, []);
  outside.assign(1, 1);
  expect(walk()).toEqual([
    'name  cdn.example.com. has A',
    'failover  cdn.example.com. A',
    '  → p  alias of host.example.net., a host outside: 192.0.2.1  primary  healthy: its target has something healthy',
    '  s  alias of other.example.net., a host outside without an address  secondary  healthy: no check',
    'NOERROR',
  ]);
});

test('no zone here holds the name', () => {
  expect(() => textOf('www.example.org', 'A')).toThrow('no zone');
});
