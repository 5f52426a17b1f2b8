import type { Asker } from '../asker.ts';
import { NONE, type Policy } from '../policy.ts';
import { countAt, isHealthy, POLICY, termsAt } from '../program.ts';

/**
 * In proportion to the weights of the healthy. Sets of weight zero answer only when no other is healthy; when nothing is, all count
 * as healthy. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
 *
 * Words: each candidate's weight.
 */
export function weighted(weights: readonly number[]): Policy {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return {
    name: 'weighted',
    code: POLICY.weighted,
    words: weights,
    thought: (index) => `weight ${weights[index]} of ${sum}`,
  };
}

export function pickWeighted(words: Int32Array, group: number, asker: Asker): number {
  let picked = draw(words, group, asker, true, BY_WEIGHT);
  if (picked === NONE) picked = draw(words, group, asker, true, ZEROES_ALIKE);
  if (picked === NONE) picked = draw(words, group, asker, false, BY_WEIGHT);
  if (picked === NONE) picked = draw(words, group, asker, false, ZEROES_ALIKE);
  return picked;
}

/** What a candidate counts for. Those of weight zero have their turn only where no others are left, and then all alike. */
const BY_WEIGHT = 0;
const ZEROES_ALIKE = 1;

function counted(weight: number, how: number): number {
  if (how === BY_WEIGHT) return weight;
  return weight === 0 ? 1 : 0;
}

function draw(words: Int32Array, group: number, asker: Asker, healthyOnly: boolean, how: number): number {
  const count = countAt(words, group);
  const terms = termsAt(words, group);
  let sum = 0;
  let last = NONE;
  for (let index = 0; index < count; index += 1) {
    const weight = counted(words[terms + index] as number, how);
    if (weight === 0 || (healthyOnly && !isHealthy(words, group, index, asker))) continue;
    sum += weight;
    last = index;
  }
  if (last === NONE) return NONE;
  let rest = asker.dice() * sum;
  asker.trace?.draw(rest, `of a sum of weights of ${sum}${healthyOnly ? '' : ', as nothing is healthy'}`);
  for (let index = 0; index < last; index += 1) {
    const weight = counted(words[terms + index] as number, how);
    if (weight === 0 || (healthyOnly && !isHealthy(words, group, index, asker))) continue;
    rest -= weight;
    if (rest < 0) return index;
  }
  return last;
}
