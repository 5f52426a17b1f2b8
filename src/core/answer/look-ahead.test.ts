import { expect, test } from 'vitest';
import { parseName } from '../dns/name.ts';
import { FOR_ALL } from './listener-sets.ts';
import { LookAhead } from './look-ahead.ts';
import { PlanCache } from './plan-cache.ts';
import { OWN, PlanKey } from './plan-key.ts';
import { EMPTY_PLAN } from './plan.ts';

const ZEROES = new Uint8Array(12);

function packetFor(name: string): Uint8Array {
  return Uint8Array.from([...ZEROES, ...parseName(name), 0, 1, 0, 1]);
}

/** What a look at these packets says: the same for the same plans. */
function seen(plans: PlanCache, packets: readonly Uint8Array[]): number {
  const ahead = new LookAhead(plans, 64);
  for (const packet of packets) ahead.note(packet, packet.length);
  ahead.look();
  return ahead.seen;
}

test('it looks at the plans that the questions will find', () => {
  const plans = new PlanCache(2 ** 16);
  const packets = ['a.test.', 'b.test.', 'c.test.', 'WWW.d.test.'].map(packetFor);
  const before = seen(plans, packets);
  const key = new PlanKey();
  const name = parseName('www.d.test.');
  key.read(name, 0, name.length, OWN | 1);
  plans.add({ ...EMPTY_PLAN, body: new Uint8Array(8), bodyLength: 8 }, key, 0x1234567, 0, FOR_ALL);
  expect(before).toBe(0);
  expect(seen(plans, packets)).not.toBe(0);
});

test('what is no query is passed over, and more than a batch, too', () => {
  const plans = new PlanCache(2 ** 16);
  const hostile = [
    new Uint8Array(0),
    ZEROES,
    new Uint8Array(13),
    new Uint8Array(4096).fill(63),
    new Uint8Array(600).fill(1),
    Uint8Array.from([...ZEROES, 0xc0, 12, 0, 1, 0, 1]),
    packetFor('cut.short.test.').subarray(0, 20),
  ];
  expect(seen(plans, Array.from({ length: 20 }, () => hostile).flat())).toBe(0);
});
