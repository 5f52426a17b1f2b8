import { distanceKilometres, type UnitVector } from '../../geo/sphere.ts';
import { REGIONS } from '../../geo/regions.ts';
import { dependsOn, type Asker } from '../asker.ts';
import type { Policy } from '../policy.ts';
import { least, orderOf, type Measure } from './least.ts';

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
export function latency(regions: readonly string[]): Policy {
  const order = orderOf(regions);
  const positions = regions.map((region) => REGIONS.get(region));
  const measure: Measure = {
    of(index, asker) {
      const measured = measuredTo(regions[index] as string, asker);
      return Number.isNaN(measured) ? byDistance(positions[index], asker) : measured;
    },
    inWords(index, asker) {
      const region = regions[index] as string;
      const measured = measuredTo(region, asker);
      if (!Number.isNaN(measured)) return `${region}: ${measured.toFixed(1)} ms, measured`;
      const known = asker.place().position !== undefined && positions[index] !== undefined;
      return `${region}: ${byDistance(positions[index], asker).toFixed(1)} ms, ${known ? 'by distance' : 'as nobody knows how far'}`;
    },
  };
  return {
    name: 'latency',
    several: false,
    thought: (index, asker) => measure.inWords(index, asker),
    pick: (candidates, asker) => least(candidates, order, measure, asker),
  };
}

function measuredTo(region: string, asker: Asker): number {
  const { latencies } = asker;
  if (latencies === undefined) return NaN;
  const milliseconds = latencies.milliseconds(asker.client, asker.clientBits, region);
  dependsOn(asker, latencies.bitsUsed);
  return milliseconds;
}

function byDistance(to: UnitVector | undefined, asker: Asker): number {
  const from = asker.place().position;
  dependsOn(asker, asker.placeBits());
  if (from === undefined || to === undefined) return MILLISECONDS_UNKNOWN;
  return MILLISECONDS_AT_HOME + distanceKilometres(from, to) * MILLISECONDS_PER_KILOMETRE;
}
