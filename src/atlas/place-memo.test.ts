import { expect, test } from 'vitest';
import { placeOf, type Place } from '../core/geo/place.ts';
import { PlaceMemo } from './place-memo.ts';

test('an address has its own place or none, whoever else was asked for, of either family', () => {
  const memo = new PlaceMemo();
  const kept = new Map<string, { place: Place; bits: number }>();
  let state = 20_261_124;
  const octet = (): number => (state = (state * 48_271) % 2_147_483_647) & 7;
  let known = 0;
  for (let round = 0; round < 50_000; round += 1) {
    const address = Uint8Array.from({ length: round % 3 === 0 ? 16 : 4 }, (_, at) => (at < 6 ? octet() : 0));
    const key = `${address.join('.')}`;
    const found = memo.find(address);
    if (found === undefined) {
      const place = placeOf({ continent: 'EU', country: key, subdivision: '' });
      kept.set(key, { place, bits: round % 129 });
      memo.keep(place, round % 129);
    } else {
      known += 1;
      expect([found.country, memo.bitsUsed]).toEqual([key, kept.get(key)?.bits]);
    }
  }
  expect(known).toBeGreaterThan(10_000);
  expect(memo.find(new Uint8Array(4))?.country ?? '0.0.0.0').toBe('0.0.0.0');
});

test('nothing is known at first, not even of the address that is all zeroes', () => {
  const memo = new PlaceMemo();
  expect(memo.find(new Uint8Array(4))).toBeUndefined();
  expect(memo.find(new Uint8Array(16))).toBeUndefined();
});
