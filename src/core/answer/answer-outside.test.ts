import { beforeEach, expect, test } from 'vitest';
import { parseIpv4, parseIpv6 } from '../dns/ip-address.ts';
import { zonesFromText, type ZonesInMemory } from '../zone/zone-from-text.ts';
import { answerText, ask, textOf } from './answer-text.ts';
import { COUNTER, COUNTERS } from './counters.ts';
import { createOutsideTable, OutsideTable } from './routed/outside-table.ts';
import { PLAIN_ANSWERS } from './settings.ts';
import { createWorld, type World } from './world.ts';

/** Aliases of hosts outside the zone, as queries see them while the hosts are resolved, change and go. */
const ZONE = `
$ZONE example.com.
@     900 SOA ns.example.net. host.example.com. 1 7200 900 1209600 60
@     900 NS  ns.example.net.
@     OUTSIDE A    cdn.example.net.
@     OUTSIDE AAAA cdn.example.net.
www   60 CNAME example.com.
in    ALIAS A example.com.
*.any OUTSIDE A    cdn.example.net.
pair  OUTSIDE A    cdn.example.net. [failover PRIMARY, id p, evaluate]
pair  60 A 192.0.2.9 [failover SECONDARY, id s]
mail  60 MX 10 example.com.
`;

let zones: ZonesInMemory;
let table: OutsideTable;
let world: World;

beforeEach(() => {
  zones = zonesFromText(ZONE);
  const buffer = createOutsideTable(10, 10);
  table = new OutsideTable(buffer);
  const outside = new OutsideTable(buffer);
  world = createWorld({
    zones,
    planBytesMax: 1 << 16,
    settings: PLAIN_ANSWERS,
    counters: new Float64Array(COUNTERS),
    outside,
  });
});

/** The resolver finds that the host has these. */
function found(type: 'A' | 'AAAA', ttlSeconds: number, ...addresses: string[]): void {
  const number = zones.outsideNumber('cdn.example.net.', type);
  table.write(
    number,
    ttlSeconds,
    addresses.map((text) => (parseIpv4(text) ?? parseIpv6(text)) as Uint8Array),
  );
  table.assign(number, number);
}

const lines = (query: string): string[] => answerText(world, query).split('\n');
const SOA = 'authority example.com. 60 SOA ns.example.net. host.example.com. 1 7200 900 1209600 60';

test('before the host is resolved there is no answer, and nothing that a resolver keeps for long', () => {
  for (const name of ['example.com.', 'www.example.com.', 'in.example.com.', 'a.any.example.com.']) {
    expect(lines(`${name} A`)).toEqual(['SERVFAIL rd', `question ${name} A`]);
  }
  const text = 'the alias target could not be resolved';
  const hex = Array.from(text, (character) => character.charCodeAt(0).toString(16)).join('');
  expect(textOf(ask(world, 'example.com. A +edns=1232'))).toContain(`extended_error=0016${hex}`);
});

test('then its addresses are the alias owner’s own', () => {
  found('A', 60, '198.51.100.1');
  found('AAAA', 30, '2001:db8::1');
  expect(lines('example.com. A')).toEqual([
    'NOERROR aa rd',
    'question example.com. A',
    'answer example.com. 60 A 198.51.100.1',
  ]);
  expect(lines('example.com. AAAA').at(-1)).toBe('answer example.com. 30 AAAA 2001:db8::1');
  expect(lines('www.example.com. A').slice(2)).toEqual([
    'answer www.example.com. 60 CNAME example.com.',
    'answer example.com. 60 A 198.51.100.1',
  ]);
  expect(lines('in.example.com. A').slice(2)).toEqual(['answer in.example.com. 60 A 198.51.100.1']);
  expect(lines('a.any.example.com. A').slice(2)).toEqual(['answer a.any.example.com. 60 A 198.51.100.1']);
  expect(lines('mail.example.com. MX').slice(2)).toEqual(['answer mail.example.com. 60 MX 10 example.com.']);
  expect(lines('example.com. TXT').slice(2)).toEqual([SOA]);
});

test('several addresses are answered in turns', () => {
  found('A', 60, '198.51.100.1', '198.51.100.2');
  const first = (draw: number): string | undefined => textOf(ask(world, `example.com. A +draw=${draw}`)).split('\n')[2];
  expect(new Set([0.1, 0.3, 0.6, 0.9, 0.2, 0.7].map(first)).size).toBe(2);
});

test('a change is answered by the very next query, and costs one compilation', () => {
  found('A', 60, '198.51.100.1');
  lines('example.com. A');
  lines('example.com. A');
  expect(world.counters[COUNTER.planMisses]).toBe(1);
  found('A', 60, '198.51.100.7');
  expect(lines('example.com. A').at(-1)).toBe('answer example.com. 60 A 198.51.100.7');
  expect(world.counters[COUNTER.planMisses]).toBe(2);
  found('AAAA', 60, '2001:db8::1');
  lines('example.com. A');
  expect(world.counters[COUNTER.planMisses]).toBe(2);
});

test('a host without addresses is NODATA: its own authority has said so', () => {
  found('A', 60);
  expect(lines('example.com. A')).toEqual(['NOERROR aa rd', 'question example.com. A', SOA]);
  expect(lines('a.any.example.com. A').slice(2)).toEqual([SOA]);
});

test('failover: a host is healthy while it has an address', () => {
  expect(lines('pair.example.com. A').at(-1)).toBe('answer pair.example.com. 60 A 192.0.2.9');
  found('A', 60, '198.51.100.1');
  expect(lines('pair.example.com. A').at(-1)).toBe('answer pair.example.com. 60 A 198.51.100.1');
  found('A', 60);
  expect(lines('pair.example.com. A').at(-1)).toBe('answer pair.example.com. 60 A 192.0.2.9');
});

test('where nobody resolves, there is no answer', () => {
  const counters = new Float64Array(COUNTERS);
  const alone = createWorld({ zones, planBytesMax: 1 << 16, settings: PLAIN_ANSWERS, counters });
  expect(textOf(ask(alone, 'example.com. A'))).toBe('SERVFAIL rd\nquestion example.com. A');
});
