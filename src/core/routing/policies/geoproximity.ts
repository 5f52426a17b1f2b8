import { REGIONS } from '../../geo/regions.ts';
import { distanceKilometres, unitVector, type UnitVector } from '../../geo/sphere.ts';
import type { GeoOrigin } from '../../zone/routing.ts';
import { dependsOn } from '../asker.ts';
import type { Policy } from '../policy.ts';
import { least, orderOf, type Measure } from './least.ts';

export interface GeoproximityTerm {
  readonly origin: GeoOrigin;
  /** -99 to 99. */
  readonly bias: number;
}

/**
 * The healthy set that is nearest when each distance is changed by the set's bias: more than zero draws clients in from farther
 * away, less than zero pushes them off.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geoproximity.html
 */
export function geoproximity(terms: readonly GeoproximityTerm[]): Policy {
  const names = terms.map(({ origin }) => nameOf(origin));
  const order = orderOf(names);
  const positions = terms.map(({ origin }) => positionOf(origin));
  const factors = terms.map(({ bias }) => factorOf(bias));
  const measure: Measure = {
    of(index, asker) {
      const from = asker.place().position;
      dependsOn(asker, asker.placeBits());
      const to = positions[index];
      if (from === undefined || to === undefined) return Number.MAX_VALUE;
      return distanceKilometres(from, to) * (factors[index] as number);
    },
    inWords(index, asker) {
      const kilometres = measure.of(index, asker);
      if (kilometres === Number.MAX_VALUE) return `${names[index]}: nobody knows how far`;
      const bias = terms[index]?.bias ?? 0;
      return `${names[index]}: ${kilometres.toFixed(0)} km${bias === 0 ? '' : ` with its bias of ${bias}`}`;
    },
  };
  return {
    name: 'geoproximity',
    several: false,
    thought: (index, asker) => measure.inWords(index, asker),
    pick: (candidates, asker) => least(candidates, order, measure, asker),
  };
}

/** AWS's formula: a bias of b shrinks the distance by b percent, or divides it by what is left when it is negative. */
function factorOf(bias: number): number {
  return bias >= 0 ? 1 - bias / 100 : 1 / (1 + bias / 100);
}

function nameOf({ region, localZoneGroup, coordinates }: GeoOrigin): string {
  if (coordinates !== undefined) return `${coordinates.latitude},${coordinates.longitude}`;
  return region ?? localZoneGroup ?? '';
}

/** A local zone group is named for the region it belongs to (`us-west-2-lax-1`), which is as near as we can place it. */
function positionOf({ region, localZoneGroup, coordinates }: GeoOrigin): UnitVector | undefined {
  if (coordinates !== undefined) return unitVector(Number(coordinates.latitude), Number(coordinates.longitude));
  if (region !== undefined) return REGIONS.get(region);
  return REGIONS.get(/^[a-z]+(?:-[a-z]+)+-[0-9]+/.exec(localZoneGroup ?? '')?.[0] ?? '');
}
