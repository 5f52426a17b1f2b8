import type { LocatedNetworks } from '../../geo/located-networks.ts';
import { dependsOn, type Asker } from '../asker.ts';
import { NONE, type Policy } from '../policy.ts';
import { isHealthy, POLICY, termsAt } from '../program.ts';
import { inPairs, sortedPairs } from './sorted-pairs.ts';

/** The location of whoever is in no block, or in that of a location without a set here. */
export const DEFAULT_LOCATION = '*';

/** A collection, and the number that the asker knows it by. */
export interface NumberedNetworks {
  readonly number: number;
  readonly networks: LocatedNetworks;
}

/**
 * The set for the location whose block is the longest that holds the client's whole network, else the default one; none of them is
 * NODATA. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-ipbased.html
 *
 * Words: the collection's number, or `NONE`; the default candidate, or `NONE`; pairs of a location's place in the collection and its
 * candidate.
 */
export function ipBased(locations: readonly string[], collection: NumberedNetworks | undefined): Policy {
  const byName = new Map(locations.map((location, index) => [location, index]));
  const defaultIndex = byName.get(DEFAULT_LOCATION) ?? NONE;
  const known = collection?.networks.locations ?? [];
  const pairs = known.map((location, place) => [place, byName.get(location) ?? NONE] as const);
  return {
    name: 'ip-based',
    code: POLICY.ipBased,
    words: [collection?.number ?? NONE, defaultIndex, ...sortedPairs(pairs.filter(([, index]) => index !== NONE))],
    thought(index, asker) {
      if (index === defaultIndex) return 'for everybody else';
      const place = collection?.networks.blocks.find(asker.client, asker.clientBits) ?? NONE;
      const here = place >= 0 && known[place] === locations[index];
      return `for ${locations[index]}, ${here ? 'whose block is the longest around the client' : 'where the client is not'}`;
    },
  };
}

export function pickIpBased(words: Int32Array, group: number, asker: Asker): number {
  const terms = termsAt(words, group);
  const collection = asker.collection(words[terms] as number);
  const defaultIndex = words[terms + 1] as number;
  let index = NONE;
  if (collection !== undefined) {
    const place = collection.blocks.find(asker.client, asker.clientBits);
    dependsOn(asker, collection.blocks.bitsUsed);
    index = place < 0 ? NONE : inPairs(words, terms + 2, place);
  }
  if (index === NONE || index === defaultIndex) return defaultIndex;
  if (isHealthy(words, group, index, asker) || defaultIndex === NONE) return index;
  // AWS does not say what happens when both are unhealthy; as with geolocation, the more specific one then answers.
  return isHealthy(words, group, defaultIndex, asker) ? defaultIndex : index;
}
