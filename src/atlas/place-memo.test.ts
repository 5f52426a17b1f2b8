import { expect, test } from 'vitest';
import { NOWHERE, placeOf, type Place } from '../core/geo/place.ts';
import { PlaceMemo } from './place-memo.ts';

const said = (place: Place | undefined): unknown => [
  place?.continent,
  place?.country,
  place?.subdivision,
  place?.continentCode,
  place?.countryCode,
  place?.subdivisionCode,
  place?.position && { ...place.position },
];

test.each([1000, 8000])('%i networks are known together, once each was asked for a few times', (count) => {
  const memo = new PlaceMemo();
  const networks = Array.from({ length: count }, (_, n) => {
    const spread = Math.imul(n + 1, 0x9e3779b1) >>> 0;
    return Uint8Array.of(1 + ((spread >>> 24) % 223), spread >>> 16, spread >>> 8, 0);
  });
  const ask = (network: Uint8Array): boolean => {
    const known = memo.find(network) !== undefined;
    if (!known) memo.keep(4, NOWHERE, 24);
    return known;
  };
  for (let round = 0; round < 10; round += 1) networks.forEach(ask);
  expect(networks.filter((network) => !ask(network)).length).toBeLessThan(count / 30);
});

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
      const letter = String.fromCharCode(65 + (round % 26));
      const codes = { continent: `E${letter}`, country: `${letter}R`, subdivision: `${round % 1000}` };
      const degrees = { latitude: (round % 180) - 90, longitude: 7 };
      const place = placeOf(codes, round % 5 === 0 ? undefined : degrees);
      kept.set(key, { place, bits: round % 129 });
      memo.keep(address.length, place, round % 129);
    } else {
      known += 1;
      expect([said(found), memo.bitsUsed]).toEqual([said(kept.get(key)?.place), kept.get(key)?.bits]);
    }
  }
  expect(known).toBeGreaterThan(10_000);
});

test('nothing is known at first, not even of the address that is all zeroes', () => {
  const memo = new PlaceMemo();
  expect(memo.find(new Uint8Array(4))).toBeUndefined();
  expect(memo.find(new Uint8Array(16))).toBeUndefined();
});
