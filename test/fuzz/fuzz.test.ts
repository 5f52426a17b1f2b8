import { expect, test } from 'vitest';
import { Random } from './random.ts';
import { targets } from './targets.ts';

/** One part of each; `npm run fuzz` has many. */
test.each(Object.entries(targets))('fuzz %s', { timeout: 60_000 }, async (_name, { part, run }) => {
  await run(part, 1);
});

test('a seed is all that repeats a run', () => {
  const numbers = (seed: number): number[] => {
    const random = new Random(seed);
    return Array.from({ length: 100 }, () => random.below(1000));
  };
  expect(numbers(7)).toEqual(numbers(7));
  expect(numbers(7)).not.toEqual(numbers(8));
});
