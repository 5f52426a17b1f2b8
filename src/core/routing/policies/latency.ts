import { distanceKilometres, type UnitVector } from '../../geo/sphere.ts';
import { REGION_LIST } from '../../geo/regions.ts';
import { dependsOn, type Asker } from '../asker.ts';
import type { Policy } from '../policy.ts';
import { POLICY } from '../program.ts';
import { inOrder, least } from './least.ts';

/** Light in fibre covers 200 km in a millisecond, there and back 100; real paths are about half again as long. */
const MILLISECONDS_PER_KILOMETRE = 1.5 / 100;
/** The last mile and the servers. */
const MILLISECONDS_AT_HOME = 5;
/** A client that nobody can place is as far from everywhere. */
const MILLISECONDS_UNKNOWN = 150;

/**
 * The healthy set whose region answers the client soonest: as measured, else by distance.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-latency.html
 *
 * Words, in the order of the regions' names: each candidate, and its region's place in `REGION_LIST`.
 */
export function latency(regions: readonly string[]): Policy {
  const numbers = regions.map((region) => REGION_LIST.findIndex(({ name }) => name === region));
  return {
    name: 'latency',
    code: POLICY.latency,
    words: inOrder(regions, (index) => [numbers[index] as number]),
    thought(index, asker) {
      const region = REGION_LIST[numbers[index] as number];
      const measured = measuredTo(region?.name, asker);
      if (!Number.isNaN(measured)) return `${regions[index]}: ${measured.toFixed(1)} ms, measured`;
      const known = asker.place().position !== undefined && region !== undefined;
      const why = known ? 'by distance' : 'as nobody knows how far';
      return `${regions[index]}: ${byDistance(region?.position, asker).toFixed(1)} ms, ${why}`;
    },
  };
}

export function pickLatency(words: Int32Array, group: number, asker: Asker): number {
  return least(words, group, asker, 1, millisecondsTo);
}

function millisecondsTo(words: Int32Array, at: number, asker: Asker): number {
  const region = REGION_LIST[words[at] as number];
  const measured = measuredTo(region?.name, asker);
  return Number.isNaN(measured) ? byDistance(region?.position, asker) : measured;
}

function measuredTo(region: string | undefined, asker: Asker): number {
  const { latencies } = asker;
  if (latencies === undefined || region === undefined) return NaN;
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
