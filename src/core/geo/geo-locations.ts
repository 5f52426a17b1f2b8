import { CONTINENTS, COUNTRIES } from './countries.ts';
import { SUBDIVISIONS } from './subdivisions.ts';

/** A place that a geolocation set can name, as GetGeoLocation and ListGeoLocations tell it. */
export interface GeoLocation {
  readonly continent?: { readonly code: string; readonly name: string };
  readonly country?: { readonly code: string; readonly name: string };
  readonly subdivision?: { readonly code: string; readonly name: string };
}

export interface GeoLocationCodes {
  readonly continent?: string;
  readonly country?: string;
  readonly subdivision?: string;
}

/** Every client that no other set of the group is for. */
export const ANYWHERE = '*';

function continentOf(code: string): GeoLocation {
  return { continent: { code, name: CONTINENTS.get(code) as string } };
}

function countryOf(code: string): GeoLocation {
  return { country: { code, name: code === ANYWHERE ? 'Default' : (COUNTRIES.get(code)?.name as string) } };
}

function subdivisionOf(key: string): GeoLocation {
  const [country = '', code = ''] = key.split('-');
  return { ...countryOf(country), subdivision: { code, name: SUBDIVISIONS.get(key) as string } };
}

/**
 * All of them in the order of ListGeoLocations: countries, each followed by its subdivisions, then continents.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListGeoLocations.html
 */
export const GEO_LOCATIONS: readonly GeoLocation[] = [
  ...[ANYWHERE, ...COUNTRIES.keys()].flatMap((country) => [
    countryOf(country),
    ...[...SUBDIVISIONS.keys()]
      .filter((key) => key.startsWith(`${country}-`))
      .toSorted()
      .map(subdivisionOf),
  ]),
  ...[...CONTINENTS.keys()].map(continentOf),
];

/** The location that the codes name, or undefined: a continent alone, a country, or a country and its subdivision. */
export function geoLocation(codes: GeoLocationCodes): GeoLocation | undefined {
  const { continent, country, subdivision } = codes;
  if (continent !== undefined) {
    return country === undefined && subdivision === undefined && CONTINENTS.has(continent)
      ? continentOf(continent)
      : undefined;
  }
  if (country === undefined || (country !== ANYWHERE && !COUNTRIES.has(country))) return undefined;
  if (subdivision === undefined) return countryOf(country);
  const key = `${country}-${subdivision}`;
  return SUBDIVISIONS.has(key) ? subdivisionOf(key) : undefined;
}
