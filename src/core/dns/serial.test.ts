import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLaterSerial, nextSerial } from './serial.ts';

test.each([
  [2, 1, true],
  [1, 2, false],
  [7, 7, false],
  [0, 0xffffffff, true],
  [0xffffffff, 0, false],
  [0x7fffffff, 0, true],
  [0x80000000, 0, false],
  [0, 0x80000000, false],
  [0x80000001, 0, false],
  [0, 0x80000001, true],
])('%i comes after %i: %s', (serial, other, expected) => expect(isLaterSerial(serial, other)).toBe(expected));

test.each([
  [1, 2],
  [0, 1],
  [0xfffffffe, 0xffffffff],
  [0xffffffff, 1],
])('after %i comes %i', (serial, next) => expect(nextSerial(serial)).toBe(next));

test('the next serial is always a later one, and of two serials at most one is later', () => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), (a, b) => {
      expect(isLaterSerial(nextSerial(a), a)).toBe(true);
      expect(isLaterSerial(a, b) && isLaterSerial(b, a)).toBe(false);
    }),
  );
});
