import { expect, test } from 'vitest';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { ask } from './answer-text.ts';
import { COUNTERS } from './counters.ts';
import { newRateTable } from './rate-limit.ts';
import { PLAIN_ANSWERS, type AnswerSettings } from './settings.ts';
import { createWorld, type World } from './world.ts';
import { createZoneQueryTable } from './zone-queries.ts';
import { ZoneQuerySums } from './zone-query-sums.ts';

const SOA = '900 SOA ns1.example.net. host.example.net. 1 7200 900 1209600 60';
/** The first is Z1, and so on. */
const ZONES = `
$ZONE example.com.
@       ${SOA}
www     60  A     192.0.2.1
*.wild  60  A     192.0.2.7
c       60  CNAME www.example.com
web     60  A     192.0.2.2  [weighted 1, id a]
web     60  A     192.0.2.3  [weighted 1, id b]
*.any   60  A     192.0.2.2  [weighted 1, id a]
sub     300 NS    ns.elsewhere.net.
$ZONE kept.example.com.
@       ${SOA}
$ZONE late.example.net. withheld
`;

/** Threads that count by themselves, with so many slots each. */
function threads(
  text: string,
  { count = 1, slots, settings = PLAIN_ANSWERS }: { count?: number; slots?: number; settings?: AnswerSettings } = {},
): { readonly worlds: readonly World[]; readonly sums: ZoneQuerySums } {
  const memories = Array.from({ length: count }, () => createZoneQueryTable(slots));
  const options = {
    zones: zonesFromText(text),
    planBytesMax: 1 << 18,
    settings,
    rateTable: settings.rateLimit && newRateTable(0x5eed),
    counters: new Float64Array(COUNTERS),
  };
  return {
    worlds: memories.map((zoneQueries) => createWorld({ ...options, zoneQueries })),
    sums: new ZoneQuerySums(memories),
  };
}

const cases: [query: string, counted: Record<string, number>][] = [
  ['www.example.com A', { Z1: 1 }],
  ['wWw.example.com A', { Z1: 1 }],
  ['www.example.com MX', { Z1: 1 }],
  ['c.example.com A +tcp', { Z1: 1 }],
  ['nothing.example.com A', { Z1: 1 }],
  ['a.wild.example.com A', { Z1: 1 }],
  ['web.example.com A', { Z1: 1 }],
  ['a.any.example.com A', { Z1: 1 }],
  ['www.sub.example.com A', { Z1: 1 }],
  ['kept.example.com SOA', { Z2: 1 }],
  ['nothing.kept.example.com A', { Z2: 1 }],
  ['kept.example.com DS', { Z1: 1 }],
  ['late.example.net A', { Z3: 1 }],
  ['www.elsewhere.org A', {}],
  ['example.com AXFR', {}],
  ['version.bind TXT +class=3', {}],
];

test.each(cases)('%s is counted once each time, compiled or from its plan', (query, counted) => {
  const { worlds, sums } = threads(ZONES);
  for (const _ of [1, 2, 3]) {
    ask(worlds[0] as World, query);
    expect(Object.fromEntries(sums.take().queries)).toEqual(counted);
  }
});

test('all threads are added up, and only what is new', () => {
  const { worlds, sums } = threads(ZONES, { count: 3 });
  const all = [...worlds, ...worlds];
  for (const world of all) ask(world, 'www.example.com A');
  ask(worlds[1] as World, 'kept.example.com A');
  expect([...sums.take().queries]).toEqual([
    ['Z1', 6],
    ['Z2', 1],
  ]);
  expect(sums.take()).toEqual({ queries: new Map(), missed: false });
});

test('a query above the rate that gets no answer is not counted', () => {
  const rateLimit = { perSecond: 1, slip: 0, ipv4PrefixBits: 24, ipv6PrefixBits: 56, allowed: [] };
  const { worlds, sums } = threads(ZONES, { settings: { ...PLAIN_ANSWERS, rateLimit } });
  const answered = Array.from({ length: 10 }, () => ask(worlds[0] as World, 'www.example.com A').length > 0);
  const count = answered.filter(Boolean).length;
  expect(count).toBeLessThan(10);
  expect([...sums.take().queries]).toEqual([['Z1', count]]);
});

const MANY = 60;
const MANY_ZONES = Array.from({ length: MANY }, (_, index) => `$ZONE z${index}.example.\n@ ${SOA}\nwww 60 A 192.0.2.1`);

/** A minute's queries by zone; what is shown of it is to be right. */
function minute(
  { worlds, sums }: ReturnType<typeof threads>,
  number: number,
  queries: readonly (readonly [zone: number, thread: number])[],
): { readonly shown: number; readonly missed: boolean } {
  const truth = new Map<string, number>();
  for (const [at, [zone, thread]] of queries.entries()) {
    const id = `Z${zone + 1}`;
    truth.set(id, (truth.get(id) ?? 0) + 1);
    const name = ['www', 'nothing', 'a.b'][at % 3];
    ask(
      worlds[thread] as World,
      `${name}.z${zone}.example A +now=${number * 60 + Math.floor((at * 60) / queries.length)}`,
    );
  }
  const { queries: shown, missed } = sums.take();
  for (const [id, count] of shown) expect([number, id, count]).toEqual([number, id, truth.get(id)]);
  return { shown: shown.size, missed };
}

test('a zone that finds no slot is not shown, and gets that of one which is idle', () => {
  const all = threads(MANY_ZONES.join('\n'), { slots: 3 });
  const ask3 = (number: number, zones: readonly number[]): { shown: number; missed: boolean } =>
    minute(
      all,
      number,
      zones.flatMap((zone) => Array.from({ length: 3 }, () => [zone, 0] as const)),
    );
  expect(ask3(0, [0, 1])).toEqual({ shown: 2, missed: false });
  expect(ask3(1, [0, 1, 2])).toEqual({ shown: 2, missed: true });
  // The second falls silent. Its slot is another's after some minutes, which is shown from the minute after that on.
  for (let number = 2; number < 9; number += 1) ask3(number, [0, 2]);
  expect(ask3(9, [0, 2])).toEqual({ shown: 1, missed: true });
});

test('whatever is shown is right, with more zones than slots that come and go', () => {
  const all = threads(MANY_ZONES.join('\n'), { count: 2, slots: 16 });
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  let shown = 0;
  let missed = 0;
  for (let number = 0; number < 200; number += 1) {
    // Ten zones, later others, and now and then many.
    const first = Math.floor(number / 20) * 7;
    const zones = number % 10 === 0 ? MANY : 10;
    const queries = Array.from({ length: 120 }, () => [(first + random(zones)) % MANY, random(2)] as const);
    const result = minute(all, number, queries);
    shown += result.shown;
    missed += result.missed ? 1 : 0;
  }
  expect(shown).toBeGreaterThan(200);
  expect(missed).toBeGreaterThan(10);
});
