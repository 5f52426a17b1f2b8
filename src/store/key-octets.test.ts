import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Key } from '../core/control/view.ts';
import { readKey, writeKey } from './key-octets.ts';

function octetsOf(key: Key): Uint8Array {
  const octets = new Uint8Array(8192);
  return octets.slice(0, writeKey(key, octets, 0));
}

test.each<[key: Key, octets: string]>([
  [['Z1', 'com.example.'], '5a3100636f6d2e6578616d706c652e00'],
  [['Z1', ''], '5a31000e00'],
  [[0], '0100'],
  [[255, 256], '01ff020100'],
  [[2 ** 53 - 1], '071fffffffffffff'],
  [['\0a\u000f'], '0f10610f1f00'],
  [['é€'], 'c3a9e282ac00'],
])('%j is %s', (key, octets) => {
  expect(Buffer.from(octetsOf(key)).toString('hex')).toBe(octets);
  expect(readKey(octetsOf(key), 0, octets.length / 2)).toEqual(key);
});

test.each([[-1], [0.5], [2 ** 53], [Number.NaN]])('%d cannot be in a key', (number) => {
  expect(() => octetsOf([number])).toThrow('cannot be in a key');
});

const anyKey: fc.Arbitrary<Key> = fc.array(
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('', '\0', 'a', 'a\0', 'a.', '\u000e', '\u0010', '\ud800', '\uffff'),
    fc.nat(),
    fc.constantFrom(0, 255, 256, 2 ** 53 - 1),
  ),
  { minLength: 1, maxLength: 3 },
);

test('any key is read back as it was written', () => {
  fc.assert(
    fc.property(anyKey, (key) => {
      const octets = octetsOf(key);
      expect(readKey(octets, 0, octets.length)).toEqual(key);
    }),
    { numRuns: 2000 },
  );
});

test('octets are in the order of the keys', () => {
  fc.assert(
    fc.property(anyKey, anyKey, (a, b) => {
      expect(Math.sign(Buffer.compare(octetsOf(a), octetsOf(b)))).toBe(Math.sign(compareKeys(a, b)));
    }),
    { numRuns: 5000 },
  );
});

/** As core/control/view.ts has it. */
function compareKeys(a: Key, b: Key): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const [left, right] = [a[at] as string | number, b[at] as string | number];
    if (left === right) continue;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}
