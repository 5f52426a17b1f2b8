import { REGIONS } from '../../geo/regions.ts';
import { distanceKilometres, unitVector, type UnitVector } from '../../geo/sphere.ts';
import type { GeoOrigin } from '../../zone/routing.ts';
import { dependsOn, type Asker } from '../asker.ts';
import type { Policy } from '../policy.ts';
import { POLICY } from '../program.ts';
import { DOUBLE_WORDS, doubleAt, wordsOfDouble } from './doubles.ts';
import { inOrder, least } from './least.ts';

export interface GeoproximityTerm {
  readonly origin: GeoOrigin;
  /** -99 to 99. */
  readonly bias: number;
}

/**
 * The healthy set that is nearest when each distance is changed by the set's bias: more than zero draws clients in from farther
 * away, less than zero pushes them off.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geoproximity.html
 *
 * Words, in the order of the origins' names: each candidate, then its position's x, y and z (NaN where nobody knows it) and the
 * factor of its bias, as doubles.
 */
export function geoproximity(terms: readonly GeoproximityTerm[]): Policy {
  const names = terms.map(({ origin }) => nameOf(origin));
  const measured = terms.map(({ origin, bias }) => {
    const { x, y, z } = positionOf(origin) ?? UNKNOWN;
    return [x, y, z, factorOf(bias)].flatMap(wordsOfDouble);
  });
  return {
    name: 'geoproximity',
    code: POLICY.geoproximity,
    words: inOrder(names, (index) => measured[index] as number[]),
    thought(index, asker) {
      const kilometres = biasedKilometres(Int32Array.from(measured[index] as number[]), 0, asker);
      if (kilometres === Number.MAX_VALUE) return `${names[index]}: nobody knows how far`;
      const bias = terms[index]?.bias ?? 0;
      return `${names[index]}: ${kilometres.toFixed(0)} km${bias === 0 ? '' : ` with its bias of ${bias}`}`;
    },
  };
}

export function pickGeoproximity(words: Int32Array, group: number, asker: Asker): number {
  return least(words, group, asker, MEASURED_WORDS, biasedKilometres);
}

const FACTOR_AT = 3 * DOUBLE_WORDS;
const MEASURED_WORDS = 4 * DOUBLE_WORDS;
const UNKNOWN: UnitVector = { x: NaN, y: NaN, z: NaN };
/** Filled for each candidate. */
const to = { x: 0, y: 0, z: 0 };

function biasedKilometres(words: Int32Array, at: number, asker: Asker): number {
  const from = asker.place().position;
  dependsOn(asker, asker.placeBits());
  to.x = doubleAt(words, at);
  to.y = doubleAt(words, at + DOUBLE_WORDS);
  to.z = doubleAt(words, at + 2 * DOUBLE_WORDS);
  if (from === undefined || Number.isNaN(to.x)) return Number.MAX_VALUE;
  return distanceKilometres(from, to) * doubleAt(words, at + FACTOR_AT);
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
