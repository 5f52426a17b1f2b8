/** A position on the earth as a vector of length one: the angle between two of them needs no trigonometry but one arc cosine. */
export interface UnitVector {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Mean radius (IUGG); the earth's flattening is an error of half a percent, far below what location databases know. */
const EARTH_RADIUS_KILOMETRES = 6371;
const RADIANS_PER_DEGREE = Math.PI / 180;

/** From decimal degrees. */
export function unitVector(latitude: number, longitude: number): UnitVector {
  const phi = latitude * RADIANS_PER_DEGREE;
  const lambda = longitude * RADIANS_PER_DEGREE;
  return { x: Math.cos(phi) * Math.cos(lambda), y: Math.cos(phi) * Math.sin(lambda), z: Math.sin(phi) };
}

/** Along the great circle. */
export function distanceKilometres(a: UnitVector, b: UnitVector): number {
  const cosine = a.x * b.x + a.y * b.y + a.z * b.z;
  // Rounding can lead a hair beyond one.
  return EARTH_RADIUS_KILOMETRES * Math.acos(Math.min(1, Math.max(-1, cosine)));
}
