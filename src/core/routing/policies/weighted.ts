import type { Asker } from '../asker.ts';
import { NONE, type Policy } from '../policy.ts';
import { isHealthy, type Candidate } from '../tree.ts';

/**
 * In proportion to the weights of the healthy. Sets of weight zero answer only when no other is healthy; when nothing is, all count
 * as healthy. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
 */
export function weighted(weights: readonly number[]): Policy {
  const evenly = weights.map(() => 1);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const zeroes = weights.map((weight) => (weight === 0 ? 1 : 0));
  return {
    name: 'weighted',
    several: false,
    thought: (index) => `weight ${weights[index]} of ${sum}`,
    pick(candidates, asker) {
      let picked = draw(candidates, weights, asker, true);
      if (picked === NONE) picked = draw(candidates, zeroes, asker, true);
      if (picked === NONE) picked = draw(candidates, weights, asker, false);
      if (picked === NONE) picked = draw(candidates, evenly, asker, false);
      return picked;
    },
  };
}

function draw(
  candidates: readonly Candidate[],
  weights: readonly number[],
  asker: Asker,
  healthyOnly: boolean,
): number {
  let sum = 0;
  let last = NONE;
  for (let index = 0; index < candidates.length; index += 1) {
    const weight = weights[index] as number;
    if (weight === 0 || (healthyOnly && !isHealthy(candidates[index] as Candidate, asker))) continue;
    sum += weight;
    last = index;
  }
  if (last === NONE) return NONE;
  let rest = asker.dice() * sum;
  asker.trace?.draw(rest, `of a sum of weights of ${sum}${healthyOnly ? '' : ', as nothing is healthy'}`);
  for (let index = 0; index < last; index += 1) {
    const weight = weights[index] as number;
    if (weight === 0 || (healthyOnly && !isHealthy(candidates[index] as Candidate, asker))) continue;
    rest -= weight;
    if (rest < 0) return index;
  }
  return last;
}
