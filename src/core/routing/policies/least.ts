import type { Asker } from '../asker.ts';
import { NONE } from '../policy.ts';
import { isHealthy, type Candidate } from '../tree.ts';

/** How far a candidate is from the client, in the policy's own measure, and in words for `explain`. */
export interface Measure {
  of(index: number, asker: Asker): number;
  inWords(index: number, asker: Asker): string;
}

/** The healthy candidate of the least measure, of equals the one that is first in `order`; with none healthy the least of all. */
export function least(
  candidates: readonly Candidate[],
  order: readonly number[],
  measure: Measure,
  asker: Asker,
): number {
  let best = NONE;
  let bestValue = Infinity;
  let healthiest = NONE;
  let healthiestValue = Infinity;
  for (let at = 0; at < order.length; at += 1) {
    const index = order[at] as number;
    const value = measure.of(index, asker);
    const healthy = isHealthy(candidates[index] as Candidate, asker);
    if (value < bestValue) {
      best = index;
      bestValue = value;
    }
    if (healthy && value < healthiestValue) {
      healthiest = index;
      healthiestValue = value;
    }
  }
  return healthiest === NONE ? best : healthiest;
}

/** Places of the texts, sorted: a tie is decided the same way on every member. */
export function orderOf(texts: readonly string[]): readonly number[] {
  return texts.map((_, index) => index).toSorted((a, b) => ((texts[a] as string) < (texts[b] as string) ? -1 : 1));
}
