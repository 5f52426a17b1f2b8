import type { LocatedNetworks } from '../../geo/located-networks.ts';
import { dependsOn } from '../asker.ts';
import { NONE, type Policy } from '../policy.ts';
import { isHealthy, type Candidate } from '../tree.ts';

/** The location of whoever is in no block, or in that of a location without a set here. */
export const DEFAULT_LOCATION = '*';

/**
 * The set for the location whose block is the longest that holds the client's whole network, else the default one; none of them is
 * NODATA. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-ipbased.html
 */
export function ipBased(locations: readonly string[], collection: LocatedNetworks | undefined): Policy {
  const byName = new Map(locations.map((location, index) => [location, index]));
  const defaultIndex = byName.get(DEFAULT_LOCATION) ?? NONE;
  const byBlockValue = (collection?.locations ?? []).map((location) => byName.get(location) ?? NONE);
  return {
    name: 'ip-based',
    several: false,
    thought(index, asker) {
      if (index === defaultIndex) return 'for everybody else';
      const value = collection?.blocks.find(asker.client, asker.clientBits) ?? NONE;
      const here = value >= 0 && byBlockValue[value] === index;
      return `for ${locations[index]}, ${here ? 'whose block is the longest around the client' : 'where the client is not'}`;
    },
    pick(candidates, asker) {
      let index = NONE;
      if (collection !== undefined) {
        const value = collection.blocks.find(asker.client, asker.clientBits);
        dependsOn(asker, collection.blocks.bitsUsed);
        index = value < 0 ? NONE : (byBlockValue[value] as number);
      }
      if (index === NONE || index === defaultIndex) return defaultIndex;
      if (isHealthy(candidates[index] as Candidate, asker) || defaultIndex === NONE) return index;
      // AWS does not say what happens when both are unhealthy; as with geolocation, the more specific one then answers.
      return isHealthy(candidates[defaultIndex] as Candidate, asker) ? defaultIndex : index;
    },
  };
}
