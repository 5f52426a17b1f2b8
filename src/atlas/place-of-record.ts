import { COUNTRIES } from '../core/geo/countries.ts';
import { placeOf, type Place } from '../core/geo/place.ts';
import { SUBDIVISIONS } from '../core/geo/subdivisions.ts';

/** `US California` → `CA`: some databases have names where others have codes. */
const codesByName = new Map([...SUBDIVISIONS].map(([key, name]) => [`${key.slice(0, 2)} ${name}`, key.slice(3)]));

/** What a database's record says of a place: MaxMind's shape, or the flat one of the ip-location-db packages. */
export function placeOfRecord(record: unknown): Place {
  const country =
    text(record, 'country', 'iso_code') ||
    text(record, 'registered_country', 'iso_code') ||
    text(record, 'country_code');
  const subdivision =
    text(record, 'subdivisions', '0', 'iso_code') || (codesByName.get(`${country} ${text(record, 'state1')}`) ?? '');
  const latitude = number(record, 'location', 'latitude') ?? number(record, 'latitude');
  const longitude = number(record, 'location', 'longitude') ?? number(record, 'longitude');
  // Route 53's own table first: it places some countries elsewhere than the databases do.
  const continent = COUNTRIES.get(country)?.continent ?? text(record, 'continent', 'code');
  return placeOf(
    { continent, country, subdivision },
    latitude === undefined || longitude === undefined ? undefined : { latitude, longitude },
  );
}

function member(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
  return at;
}

function text(record: unknown, ...path: string[]): string {
  const value = member(record, path);
  return typeof value === 'string' ? value : '';
}

function number(record: unknown, ...path: string[]): number | undefined {
  const value = member(record, path);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
