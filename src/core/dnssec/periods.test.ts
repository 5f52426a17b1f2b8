import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PERIOD_SECONDS, periodAt, signedPeriodAt, validityOf } from './periods.ts';

const HOUR = 3600;
const now = fc.integer({ min: 0, max: 2 ** 32 });
const hash = fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 });

test('a signature counts for clocks that are an hour off, and through the whole of the next period', () => {
  fc.assert(
    fc.property(now, hash, (seconds, of) => {
      const { inception, expiration } = validityOf(periodAt(seconds, of), of);
      expect(inception).toBeLessThanOrEqual(seconds - HOUR);
      expect(expiration).toBeGreaterThan(seconds + PERIOD_SECONDS + HOUR);
      expect(periodAt(seconds + PERIOD_SECONDS, of)).toBe(periodAt(seconds, of) + 1);
    }),
  );
});

test('in each hour about a twelfth of the names is renewed', () => {
  const spread = Array.from({ length: 1200 }, (_, of) => Math.imul(of, 0x9e3779b1));
  for (let hour = 0; hour < 24; hour += 1) {
    const renewed = spread.filter((of) => periodAt(hour * HOUR, of) !== periodAt((hour + 1) * HOUR, of));
    expect(renewed.length).toBeGreaterThan(80);
    expect(renewed.length).toBeLessThan(120);
  }
});

test.each([
  [50, 'a'],
  [100, 'a'],
  [199, 'a'],
  [200, 'b'],
  [900, 'b'],
])('at %i the signatures of %s count', (seconds, expected) => {
  const periods = [
    { from: 100, signatures: ['a'] },
    { from: 200, signatures: ['b'] },
  ];
  expect(signedPeriodAt({ type: 'DNSKEY', ttlSeconds: 60, values: [], periods }, seconds)?.signatures).toEqual([
    expected,
  ]);
});
