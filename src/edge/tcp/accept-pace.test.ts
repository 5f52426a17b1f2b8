import { expect, test } from 'vitest';
import { AcceptPace } from './accept-pace.ts';

/** How many are accepted in each turn, when so many are waiting. */
function accepted(...waiting: number[]): number[] {
  const pace = new AcceptPace();
  return waiting.map((count) => {
    pace.begin();
    const taken = Math.min(count, pace.max);
    if (count < pace.max) pace.endedAt(count);
    return taken;
  });
}

test.each([
  ['one at a time', [1, 1, 1], [1, 1, 1]],
  ['more and more while there are more', [9, 9, 9, 9, 9, 9, 9, 9, 9], [1, 1, 1, 2, 2, 2, 2, 4, 4]],
  ['as many as there were', [9, 9, 9, 9, 9, 9, 9, 9, 3, 9], [1, 1, 1, 2, 2, 2, 2, 4, 3, 3]],
  ['one after none', [9, 9, 9, 9, 0, 9], [1, 1, 1, 2, 0, 1]],
])('%s', (_what, waiting, expected) => {
  expect(accepted(...waiting)).toEqual(expected);
});

test('sixty-four at most', () => {
  expect(Math.max(...accepted(...Array.from({ length: 100 }, () => 1000)))).toBe(64);
});
