import { distanceKilometres } from '../../geo/sphere.ts';
import { REGIONS } from '../../geo/regions.ts';
import { dependsOn } from '../asker.ts';
import type { Policy } from '../policy.ts';
import { least, orderOf, type Measure } from './least.ts';

/** Measured round trips, which override the model. */
export interface Latencies {
  /** NaN where nothing was measured. */
  milliseconds(client: Uint8Array, clientBits: number, region: string): number;
  /** Bits of the client's address that the last answer depended on. */
  readonly bitsUsed: number;
}

/** Light in fibre covers 200 km in a millisecond, there and back 100; real paths are about half again as long. */
const MILLISECONDS_PER_KILOMETRE = 1.5 / 100;
/** The last mile and the servers. */
const MILLISECONDS_AT_HOME = 5;
/** A client that nobody can place is as far from everywhere. */
const MILLISECONDS_UNKNOWN = 150;

/**
 * The healthy set whose region answers the client soonest: as measured, else by distance.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-latency.html
 */
export function latency(regions: readonly string[], measured: Latencies | undefined): Policy {
  const order = orderOf(regions);
  const positions = regions.map((region) => REGIONS.get(region));
  const measure: Measure = {
    of(index, asker) {
      if (measured !== undefined) {
        const milliseconds = measured.milliseconds(asker.client, asker.clientBits, regions[index] as string);
        dependsOn(asker, measured.bitsUsed);
        if (!Number.isNaN(milliseconds)) return milliseconds;
      }
      const from = asker.place().position;
      dependsOn(asker, asker.placeBits());
      const to = positions[index];
      if (from === undefined || to === undefined) return MILLISECONDS_UNKNOWN;
      return MILLISECONDS_AT_HOME + distanceKilometres(from, to) * MILLISECONDS_PER_KILOMETRE;
    },
    inWords: (index, milliseconds) => `${regions[index]}: ${milliseconds.toFixed(1)} ms`,
  };
  return { name: 'latency', several: false, pick: (candidates, asker) => least(candidates, order, measure, asker) };
}
