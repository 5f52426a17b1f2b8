import type { Asker } from '../asker.ts';
import { SEVERAL_MAX, type Policy } from '../policy.ts';
import { countAt, isHealthy, POLICY } from '../program.ts';

/**
 * Up to eight of the healthy sets, chosen at random when there are more; with none healthy, up to eight of all.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-multivalue.html
 */
export const multivalue: Policy = {
  name: 'multivalue',
  code: POLICY.multivalue,
  words: [],
  thought: () => 'one of several',
};

/** Writes the places of the candidates that answer into `picked`, and gives how many they are. */
export function pickMultivalue(words: Int32Array, group: number, asker: Asker, picked: Int32Array): number {
  return sample(words, group, asker, picked, true) || sample(words, group, asker, picked, false);
}

/** Reservoir sampling (Vitter's algorithm R): each of the eligible is as likely as the others, in one pass over them. */
function sample(words: Int32Array, group: number, asker: Asker, picked: Int32Array, healthyOnly: boolean): number {
  const count = countAt(words, group);
  let eligible = 0;
  for (let index = 0; index < count; index += 1) {
    if (healthyOnly && !isHealthy(words, group, index, asker)) continue;
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
