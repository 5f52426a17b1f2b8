import { unitVector, type UnitVector } from './sphere.ts';

/** Where a client is, as far as a location database knows. Codes are upper-case and '' when unknown. */
export interface Place {
  /** Route 53's continent code: AF, AN, AS, EU, NA, OC or SA. */
  readonly continent: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** Country and subdivision joined by a dash (`US-CA`), so that it is a key by itself. */
  readonly subdivision: string;
  /** Undefined when the database has no coordinates for it. */
  readonly position: UnitVector | undefined;
}

/** A client that no database knows. */
export const NOWHERE: Place = { continent: '', country: '', subdivision: '', position: undefined };

export function placeOf(
  codes: { readonly continent: string; readonly country: string; readonly subdivision: string },
  coordinates?: { readonly latitude: number; readonly longitude: number },
): Place {
  return {
    continent: codes.continent,
    country: codes.country,
    subdivision: codes.subdivision === '' ? '' : `${codes.country}-${codes.subdivision}`,
    position: coordinates === undefined ? undefined : unitVector(coordinates.latitude, coordinates.longitude),
  };
}
