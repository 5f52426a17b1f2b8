import type { Asker } from '../asker.ts';
import { NONE } from '../policy.ts';
import { countAt, isHealthy, termsAt } from '../program.ts';

/** How far a candidate is from the client, in the policy's own measure, by the candidate's words. */
export type Measure = (words: Int32Array, at: number, asker: Asker) => number;

/**
 * The words of a policy that picks by a measure: for each candidate, in the order that decides a tie, its place and `wordsOf` it,
 * which are as many for each. By the texts' order, every member decides the same way.
 */
export function inOrder(texts: readonly string[], wordsOf: (index: number) => readonly number[]): number[] {
  const order = texts
    .map((_, index) => index)
    .toSorted((a, b) => ((texts[a] as string) < (texts[b] as string) ? -1 : 1));
  return order.flatMap((index) => [index, ...wordsOf(index)]);
}

/** The healthy candidate of the least measure, of equals the first; with none healthy the least of all. */
export function least(words: Int32Array, group: number, asker: Asker, measured: number, measure: Measure): number {
  const count = countAt(words, group);
  let at = termsAt(words, group);
  let best = NONE;
  let bestValue = Infinity;
  let healthiest = NONE;
  let healthiestValue = Infinity;
  for (let turn = 0; turn < count; turn += 1) {
    const index = words[at] as number;
    const value = measure(words, at + 1, asker);
    at += 1 + measured;
    if (value < bestValue) {
      best = index;
      bestValue = value;
    }
    if (value < healthiestValue && isHealthy(words, group, index, asker)) {
      healthiest = index;
      healthiestValue = value;
    }
  }
  return healthiest === NONE ? best : healthiest;
}
