import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byPeriod } from './periods.ts';
import { Series } from './series.ts';
import { ofValues, together, type StatisticSet } from './statistics.ts';

test('a series is what a map of its points would be, whatever order they come in', () => {
  const value = fc.record({ at: fc.integer({ min: 0, max: 600 }), value: fc.integer({ min: -5, max: 5 }) });
  fc.assert(
    fc.property(fc.array(value, { maxLength: 60 }), fc.integer({ min: 0, max: 600 }), (values, cut) => {
      const series = new Series(60);
      const model = new Map<number, StatisticSet>();
      for (const { at, value: number } of values) {
        const minute = at - (at % 60);
        const set = ofValues([number]);
        const known = model.get(minute);
        expect(series.add(at, set)).toBe(known === undefined);
        model.set(minute, known === undefined ? set : together(known, set));
      }
      const points = [...model].map(([at, set]) => ({ at, set })).toSorted((a, b) => a.at - b.at);
      expect([...series.between(0, 1000)]).toEqual(points);
      const restored = new Series(60);
      restored.restore(series.numbers());
      expect([...restored.between(0, cut)]).toEqual(points.filter(({ at }) => at < cut));
      expect(series.dropBefore(cut)).toBe(points.filter(({ at }) => at < cut).length);
      expect([...series.between(0, 1000)]).toEqual(points.filter(({ at }) => at >= cut));
      expect([series.oldest, series.newest]).toEqual([
        points.find(({ at }) => at >= cut)?.at,
        points.findLast(({ at }) => at >= cut)?.at,
      ]);
    }),
  );
});

test.each([
  ['ends within a point', [60, 1, 1, 1]],
  ['goes back in time', [60, 1, 1, 1, 1, 0, 1, 1, 1, 1]],
  ['holds what is no number', [60, 1, NaN, 1, 1]],
])('what %s is not restored', (_, numbers) => {
  expect(() => new Series(60).restore(Float64Array.from(numbers))).toThrow('a series');
});

test('periods without data are left out', () => {
  const points = [60, 120, 600].map((at) => ({ at, set: ofValues([at]) }));
  expect(byPeriod(points, 300).map(({ at, set }) => [at, set.sum])).toEqual([
    [0, 180],
    [600, 600],
  ]);
});
