import { CODE_UNKNOWN, geoCode } from './geo-code.ts';
import { unitVector, type UnitVector } from './sphere.ts';

/** Where a client is, as far as a location database knows. Codes are upper-case and '' when unknown. */
export interface Place {
  /** Route 53's continent code: AF, AN, AS, EU, NA, OC or SA. */
  readonly continent: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Country and subdivision joined by a dash (`US-CA`), so that it is a key by itself. */
  readonly subdivision: string;
  /** The same three as numbers (geo-code.ts). */
  readonly continentCode: number;
  readonly countryCode: number;
  readonly subdivisionCode: number;
  /** Undefined when the database has no coordinates for it. */
  readonly position: UnitVector | undefined;
}

/** A client that no database knows. */
export const NOWHERE: Place = {
  continent: '',
  country: '',
  subdivision: '',
  continentCode: CODE_UNKNOWN,
  countryCode: CODE_UNKNOWN,
  subdivisionCode: CODE_UNKNOWN,
  position: undefined,
};

export function placeOf(
  codes: { readonly continent: string; readonly country: string; readonly subdivision: string },
  coordinates?: { readonly latitude: number; readonly longitude: number },
): Place {
  const { continent, country, subdivision } = codes;
  return {
    continent,
    country,
    subdivision: subdivision === '' ? '' : `${country}-${subdivision}`,
    continentCode: geoCode({ continent }),
    countryCode: geoCode({ country }),
    subdivisionCode: geoCode({ country, subdivision }),
    position: coordinates === undefined ? undefined : unitVector(coordinates.latitude, coordinates.longitude),
  };
}
