import { ANYWHERE } from '../../geo/geo-locations.ts';
import { CONTINENTS } from '../../geo/countries.ts';
import type { Place } from '../../geo/place.ts';
import type { GeoLocationCode } from '../../zone/routing.ts';
import { dependsOn } from '../asker.ts';
import { NONE, type Policy } from '../policy.ts';
import { isHealthy, type Candidate } from '../tree.ts';

/**
 * The set for the client's subdivision, else its country, else its continent, else everywhere: the first that is there and
 * healthy. When those that are there are all unhealthy, the most specific of them answers; when none is there, none does.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geo.html
 */
export function geolocation(locations: readonly GeoLocationCode[]): Policy {
  const places = new Map(locations.map((location, index) => [keyOf(location), index]));
  const needsPlace = [...places.keys()].some((key) => key !== ANYWHERE);
  return {
    name: 'geolocation',
    several: false,
    thought(index, asker) {
      const location = locations[index] as GeoLocationCode;
      const key = keyOf(location);
      if (key === ANYWHERE) return 'for everybody else';
      const place = asker.place();
      const here = [0, 1, 2].some((level) => keyAt(place, level) === key);
      return `for ${inWords(location)}, where the client is${here ? '' : ' not'}`;
    },
    pick(candidates, asker) {
      let place: Place | undefined;
      if (needsPlace) {
        place = asker.place();
        dependsOn(asker, asker.placeBits());
      }
      let mostSpecific = NONE;
      for (let level = place === undefined ? EVERYWHERE : 0; level <= EVERYWHERE; level += 1) {
        const index = places.get(keyAt(place, level));
        if (index === undefined) continue;
        const candidate = candidates[index] as Candidate;
        if (isHealthy(candidate, asker)) return index;
        if (mostSpecific === NONE) mostSpecific = index;
      }
      return mostSpecific;
    },
  };
}

const EVERYWHERE = 3;

/** Continent codes and country codes overlap (`NA` is both North America and Namibia), so a continent's key has a mark. */
const CONTINENT_MARK = '~';

function keyAt(place: Place | undefined, level: number): string {
  if (place === undefined || level === EVERYWHERE) return ANYWHERE;
  if (level === 0) return place.subdivision;
  return level === 1 ? place.country : continentKey(place.continent);
}

function keyOf({ continent, country, subdivision }: GeoLocationCode): string {
  if (continent !== undefined) return continentKey(continent);
  return subdivision === undefined ? (country ?? '') : `${country}-${subdivision}`;
}

function inWords({ continent, country, subdivision }: GeoLocationCode): string {
  if (continent !== undefined) return CONTINENTS.get(continent) ?? continent;
  return subdivision === undefined ? (country ?? '') : `${country}-${subdivision}`;
}

/** One string for each continent, made once: a query must not make one. */
const continentKeys = new Map(
  ['AF', 'AN', 'AS', 'EU', 'NA', 'OC', 'SA'].map((code) => [code, `${CONTINENT_MARK}${code}`]),
);

function continentKey(code: string): string {
  return continentKeys.get(code) ?? '';
}
