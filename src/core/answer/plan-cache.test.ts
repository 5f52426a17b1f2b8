import { expect, test } from 'vitest';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { ask, textOf, worldOf } from './answer-text.ts';
import { COUNTER } from './counters.ts';
import { FOR_ALL, NO_SET } from './listener-sets.ts';
import { PlanCache } from './plan-cache.ts';
import { OWN, PlanKey } from './plan-key.ts';
import { EMPTY_PLAN, type Plan } from './plan.ts';
import { Memory } from './memory.ts';
import { ROUTED } from './routed/routed-plan.ts';

const VERSIONS = Uint32Array.of(7);

/** A key and a hash for each number; a few numbers share each hash. */
function keyOf(number: number): PlanKey {
  const key = new PlanKey();
  key.read(
    Uint8Array.of(2, 0x30 + (number >>> 12), 0x80 + ((number >>> 6) & 63), 1, 0x80 + (number & 63), 0),
    0,
    6,
    OWN | 1,
  );
  key.hash = Math.imul(number >> 1, 0x9e3779b1);
  return key;
}

function planOf(number: number, octets: number): Plan {
  return { ...EMPTY_PLAN, answers: number & 0xffff, body: new Uint8Array(octets).fill(number), bodyLength: octets };
}

function add(cache: PlanCache, number: number, octets: number, version = 7): void {
  cache.add(planOf(number, octets), keyOf(number), 0, version, FOR_ALL);
}

/** What is kept for a number, or undefined; throws when it is not what was added. */
function found(cache: PlanCache, number: number): number | undefined {
  const entry = cache.find(keyOf(number), VERSIONS, NO_SET);
  if (entry === 0) return undefined;
  const plan = { ...EMPTY_PLAN };
  const at = cache.read(entry, plan);
  const body = cache.bytes.subarray(at, at + plan.bodyLength);
  if (plan.answers !== (number & 0xffff) || body.some((octet) => octet !== (number & 255))) expect.fail(`${number}`);
  return plan.bodyLength;
}

/** xorshift32, below `below`. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

test.each([1, 2, 3])('whatever it gives back is what was added last (seed %i)', (seed) => {
  const random = randomOf(seed);
  const cache = new PlanCache(20_000);
  const last = new Map<number, number>();
  let hits = 0;
  for (let step = 0; step < 100_000; step += 1) {
    const number = random(random(4) === 0 ? 400 : 60);
    const kept = found(cache, number);
    if (kept !== undefined) {
      hits += 1;
      if (kept !== last.get(number)) expect.fail(`${number} at step ${step}`);
    }
    if (kept === undefined || random(50) === 0) {
      const octets = random(20) === 0 ? random(8000) : random(300);
      add(cache, number, octets);
      last.set(number, octets);
    }
  }
  expect(cache.laps).toBeGreaterThan(100);
  expect(hits).toBeGreaterThan(10_000);
});

test('the table is large enough for the arena, however it grew', () => {
  for (const bytes of [700_000, 1_000_000, 1_300_000]) {
    const cache = new PlanCache(bytes);
    // So many that finding them saves none.
    const count = Math.floor((cache.bytes.length * 0.85) / 72);
    const key = new PlanKey();
    const name = Uint8Array.of(8, 0, 0, 0, 0, 0x61, 0x61, 0x61, 0x61, 3, 0x61, 0x61, 0x61, 3, 0x62, 0x62, 0x62, 0);
    const keyed = (number: number): PlanKey => {
      for (let digit = 0; digit < 4; digit += 1) name[1 + digit] = 0x61 + ((number >> (4 * digit)) & 15);
      key.read(name, 0, name.length, OWN | 1);
      return key;
    };
    for (let number = 0; number < count; number += 1) cache.add(planOf(number, 16), keyed(number), 0, 7, FOR_ALL);
    let kept = 0;
    for (let number = 0; number < count; number += 1) if (cache.find(keyed(number), VERSIONS, NO_SET) !== 0) kept += 1;
    expect(cache.laps).toBe(0);
    expect(kept / count).toBeGreaterThan(0.98);
    expect(cache.entries).toBe(kept);
  }
});

test('what is in use stays while others come and go', () => {
  const cache = new PlanCache(200_000);
  for (let number = 0; number < 100; number += 1) add(cache, number, 100);
  let missed = 0;
  for (let number = 1000; number < 51_000; number += 1) {
    add(cache, number, 100);
    if (found(cache, number % 100) === undefined) {
      missed += 1;
      add(cache, number % 100, 100);
    }
  }
  expect(cache.laps).toBeGreaterThan(30);
  expect(missed).toBeLessThan(500);
});

test('most of twice as many entries as it holds are hit about half the time, not never', () => {
  const cache = new PlanCache(100_000);
  const random = randomOf(9);
  let hits = 0;
  for (let step = 0; step < 50_000; step += 1) {
    const number = random(1300);
    if (found(cache, number) === undefined) add(cache, number, 90);
    else hits += 1;
  }
  expect(hits / 50_000).toBeGreaterThan(0.38);
});

test('as the table grows with its entries they are found in it', () => {
  const cache = new PlanCache(2 ** 24);
  const lost: number[] = [];
  for (let number = 0; number < 40_000; number += 1) add(cache, number, 10);
  for (let number = 0; number < 40_000; number += 1) if (found(cache, number) !== 10) lost.push(number);
  // Some buckets are overfull, and gave up their oldest entry.
  expect(lost.length).toBeLessThan(400);
  expect(cache.entries).toBe(40_000 - lost.length);
});

test('entries of another version are not found, and their successors take their slots', () => {
  const cache = new PlanCache(20_000);
  add(cache, 1, 10, 6);
  expect(found(cache, 1)).toBeUndefined();
  add(cache, 1, 20, 7);
  expect(found(cache, 1)).toBe(20);
  expect(cache.entries).toBe(1);
});

test('a body that takes more than half of it is not kept', () => {
  const cache = new PlanCache(20_000);
  add(cache, 1, 9000);
  expect(found(cache, 1)).toBeUndefined();
});

test('arena and table are within the bytes that were allowed', () => {
  for (const bytes of [2 ** 15, 1_000_001, 2 ** 23]) {
    let cache = new PlanCache(bytes);
    const takenOnce = (): number => {
      const before = process.memoryUsage().arrayBuffers;
      cache = new PlanCache(bytes);
      return process.memoryUsage().arrayBuffers - before;
    };
    // A collection in between lets go of others' memory.
    const taken = Math.max(...Array.from({ length: 5 }, takenOnce));
    expect(taken).toBeLessThanOrEqual(bytes);
    expect(cache.bytes.length).toBeGreaterThan(bytes * 0.8);
  }
});

test('a cache smaller than what is asked for goes on answering', () => {
  const many = Array.from({ length: 400 }, (_, n) => `h${n} 60 A 192.0.2.${n % 256}`).join('\n');
  const world = worldOf(zonesFromText(`$ZONE example.com.\n${many}`), 4096);
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 400; n += 1) expect(textOf(ask(world, `h${n}.example.com A`))).toContain(` 192.0.2.${n % 256}`);
  }
  expect(world.counters[COUNTER.planLaps]).toBeGreaterThan(0);
  expect(world.plans.bytesUsed).toBeLessThanOrEqual(4096);
});

test('a routed plan is kept whole, beyond what a message holds, and saved like others', () => {
  const cache = new PlanCache(2 ** 20);
  const routed = new Memory(100_000);
  routed.words.forEach((_, at) => (routed.words[at] = at * 7));
  cache.addRouted(routed, keyOf(1), 0, 7, FOR_ALL);
  const plan = { ...EMPTY_PLAN };
  for (let number = 2; cache.laps < 2; number += 1) {
    add(cache, number, 500);
    const entry = cache.find(keyOf(1), VERSIONS, NO_SET);
    const at = cache.read(entry, plan);
    expect([plan.flags, at % 4, cache.memory.words[(at >> 2) + 24_999]]).toEqual([ROUTED, 0, 24_999 * 7]);
  }
  const at = cache.read(cache.find(keyOf(1), VERSIONS, NO_SET), plan);
  expect(cache.bytes.subarray(at, at + 100_000)).toEqual(routed.bytes);
});
