/**
 * Codes of continents, countries and subdivisions as numbers, which a query compares without a string: a country's and a
 * subdivision's are its letters and digits to the base of 37, a continent's are above all of those, because `NA` is both North
 * America and Namibia.
 */
export interface Coded {
  readonly continent?: string | undefined;
  /** ISO 3166-1 alpha-2, or `*` for everywhere. */
  readonly country?: string | undefined;
  /** Its own code, without the country's: `CA`. */
  readonly subdivision?: string | undefined;
}

/** What no other set of a group is for. */
export const CODE_EVERYWHERE = 0;
/** Of what is not known, or has no code that a record set could name; equal to no set's. */
export const CODE_UNKNOWN = -1;

/** The one that is named: a continent, a country, or a country's subdivision. */
export function geoCode({ continent, country = '', subdivision }: Coded): number {
  if (continent !== undefined) return TWO.test(continent) ? CONTINENTS_FROM + number(continent) : CODE_UNKNOWN;
  if (country === '*') return CODE_EVERYWHERE;
  if (!TWO.test(country)) return CODE_UNKNOWN;
  const ofCountry = number(country) * SUBDIVISIONS_MAX;
  if (subdivision === undefined) return ofCountry;
  return UP_TO_THREE.test(subdivision) ? ofCountry + number(subdivision) : CODE_UNKNOWN;
}

const TWO = /^[0-9A-Z]{2}$/;
/** ISO 3166-2. */
const UP_TO_THREE = /^[0-9A-Z]{1,3}$/;
const BASE = 37;
const SUBDIVISIONS_MAX = BASE ** 3;
const CONTINENTS_FROM = 2 ** 30;

/** No digit is 0, so that no code is the end of another. */
function number(code: string): number {
  let value = 0;
  for (const character of code) value = value * BASE + Number.parseInt(character, BASE - 1) + 1;
  return value;
}
