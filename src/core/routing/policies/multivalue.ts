import { SEVERAL_MAX, type PolicyOfSeveral } from '../policy.ts';
import type { Asker } from '../asker.ts';
import { isHealthy, type Candidate } from '../tree.ts';

/**
 * Up to eight of the healthy sets, chosen at random when there are more; with none healthy, up to eight of all.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-multivalue.html
 */
export const multivalue: PolicyOfSeveral = {
  name: 'multivalue',
  several: true,
  thought: () => 'one of several',
  pick: (candidates, asker, picked) =>
    sample(candidates, asker, picked, true) || sample(candidates, asker, picked, false),
};

/** Reservoir sampling (Vitter's algorithm R): each of the eligible is as likely as the others, in one pass over them. */
function sample(candidates: readonly Candidate[], asker: Asker, picked: Int32Array, healthyOnly: boolean): number {
  let eligible = 0;
  for (let index = 0; index < candidates.length; index += 1) {
    if (healthyOnly && !isHealthy(candidates[index] as Candidate, asker)) continue;
    eligible += 1;
    if (eligible <= SEVERAL_MAX) picked[eligible - 1] = index;
    else {
      const place = Math.floor(asker.dice() * eligible);
      asker.trace?.draw(place, `of ${eligible}: answers if it is below ${SEVERAL_MAX}, in the place of another`);
      if (place < SEVERAL_MAX) picked[place] = index;
    }
  }
  return Math.min(eligible, SEVERAL_MAX);
}
