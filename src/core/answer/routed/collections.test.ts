import { expect, test } from 'vitest';
import { PrefixTable } from '../../geo/prefix-table.ts';
import { Collections, COLLECTIONS_MAX } from './collections.ts';

const named = (name: string) => ({ locations: [name], blocks: new PrefixTable() });

test('a collection keeps its number, until so many others have come that it is another one', () => {
  const collections = new Collections();
  const first = named('first');
  expect(collections.numberOf(first)).toBe(0);
  for (let number = 1; number < COLLECTIONS_MAX; number += 1) {
    expect(collections.numberOf(named(`${number}`))).toBe(number);
  }
  expect([collections.numberOf(first), collections.get(0)]).toEqual([0, first]);
  expect([collections.get(-1), collections.get(COLLECTIONS_MAX)]).toEqual([undefined, undefined]);
  const last = named('last');
  expect(collections.numberOf(last)).toBe(COLLECTIONS_MAX);
  expect([collections.get(0), collections.get(COLLECTIONS_MAX)]).toEqual([undefined, last]);
  expect([collections.numberOf(first), collections.numberOf(last)]).toEqual([COLLECTIONS_MAX + 1, COLLECTIONS_MAX]);
});
