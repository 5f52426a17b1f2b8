import { CONTINENTS } from '../../geo/countries.ts';
import { ANYWHERE } from '../../geo/geo-locations.ts';
import { CODE_EVERYWHERE, CODE_UNKNOWN, geoCode } from '../../geo/geo-code.ts';
import type { Place } from '../../geo/place.ts';
import type { GeoLocationCode } from '../../zone/routing.ts';
import { dependsOn, type Asker } from '../asker.ts';
import { NONE, type Policy } from '../policy.ts';
import { isHealthy, POLICY, termsAt } from '../program.ts';
import { inPairs, sortedPairs } from './sorted-pairs.ts';

/**
 * The set for the client's subdivision, else its country, else its continent, else everywhere: the first that is there and
 * healthy. When those that are there are all unhealthy, the most specific of them answers; when none is there, none does.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geo.html
 *
 * Words: a bit for each level that has a set; pairs of a location's code and its candidate.
 */
export function geolocation(locations: readonly GeoLocationCode[]): Policy {
  const codes = locations.map(geoCode);
  const places = new Map(codes.map((code, index) => [code, index]));
  places.delete(CODE_UNKNOWN);
  const levels = locations.reduce((bits, location) => bits | (1 << levelOf(location)), 0);
  return {
    name: 'geolocation',
    code: POLICY.geolocation,
    words: [levels, ...sortedPairs(places)],
    thought(index, asker) {
      const location = locations[index] as GeoLocationCode;
      if (codes[index] === CODE_EVERYWHERE) return 'for everybody else';
      const place = asker.place();
      const here = LEVELS.some((level) => codeAt(place, level) === codes[index]);
      return `for ${inWords(location)}, where the client is${here ? '' : ' not'}`;
    },
  };
}

export function pickGeolocation(words: Int32Array, group: number, asker: Asker): number {
  const terms = termsAt(words, group);
  const levels = words[terms] as number;
  const place = levels === 1 << EVERYWHERE ? undefined : asker.place();
  if (place !== undefined) dependsOn(asker, asker.placeBits());
  let mostSpecific = NONE;
  for (let level = SUBDIVISION; level <= EVERYWHERE; level += 1) {
    if ((levels & (1 << level)) === 0) continue;
    const index = inPairs(words, terms + 1, codeAt(place, level));
    if (index === NONE) continue;
    if (isHealthy(words, group, index, asker)) return index;
    if (mostSpecific === NONE) mostSpecific = index;
  }
  return mostSpecific;
}

/** From the most specific to the least. */
const SUBDIVISION = 0;
const COUNTRY = 1;
const CONTINENT = 2;
const EVERYWHERE = 3;
const LEVELS = [SUBDIVISION, COUNTRY, CONTINENT];

function levelOf({ continent, country, subdivision }: GeoLocationCode): number {
  if (continent !== undefined) return CONTINENT;
  if (country === ANYWHERE) return EVERYWHERE;
  return subdivision === undefined ? COUNTRY : SUBDIVISION;
}

function codeAt(place: Place | undefined, level: number): number {
  if (place === undefined || level === EVERYWHERE) return CODE_EVERYWHERE;
  if (level === SUBDIVISION) return place.subdivisionCode;
  return level === COUNTRY ? place.countryCode : place.continentCode;
}

function inWords({ continent, country, subdivision }: GeoLocationCode): string {
  if (continent !== undefined) return CONTINENTS.get(continent) ?? continent;
  return subdivision === undefined ? (country ?? '') : `${country}-${subdivision}`;
}
