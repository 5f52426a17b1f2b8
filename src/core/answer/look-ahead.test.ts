import { expect, test } from 'vitest';
import { parseName } from '../dns/name.ts';
import { FOR_ALL } from './listener-sets.ts';
import { LookAhead } from './look-ahead.ts';
import { PlanCache } from './plan-cache.ts';
import { periodAt } from '../dnssec/periods.ts';
import { OWN, PlanKey, SIGNED } from './plan-key.ts';
import { EMPTY_PLAN } from './plan.ts';
import { SignedAnswers } from './signed/signed-answers.ts';

const ZEROES = new Uint8Array(12);
const NOW_SECONDS = 1_800_000_000;
/** An OPT record with DO. */
const OPT = [0, 0, 41, 4, 208, 0, 0, 0x80, 0, 0, 0];

function packetFor(name: string): Uint8Array {
  return Uint8Array.from([...ZEROES, ...parseName(name), 0, 1, 0, 1]);
}

/** What a look at these packets says: the same for the same plans. */
function seen(plans: PlanCache, packets: readonly Uint8Array[], signedLast = false): number {
  const signed = new SignedAnswers(undefined, 2 ** 16);
  signed.answeredLast = signedLast;
  const ahead = new LookAhead({ plans, signed }, 64);
  ahead.nowSeconds = NOW_SECONDS;
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

test('where signatures were asked for last, it looks at the plans that have them', () => {
  const plans = new PlanCache(2 ** 16);
  const plain = ['a.test.', 'b.test.', 'c.test.', 'www.d.test.'].map(packetFor);
  const asking = plain.map((packet) => Uint8Array.from([...packet, ...OPT]));
  const key = new PlanKey();
  const name = parseName('www.d.test.');
  key.read(name, 0, name.length, SIGNED | OWN | 1);
  key.add(periodAt(NOW_SECONDS, key.hash));
  plans.add({ ...EMPTY_PLAN, body: new Uint8Array(8), bodyLength: 8 }, key, 0x1234567, 0, FOR_ALL);
  expect(seen(plans, asking, true)).not.toBe(0);
  expect(seen(plans, plain, true)).toBe(0);
  expect(seen(plans, asking, false)).toBe(0);
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
