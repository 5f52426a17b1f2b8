import type { BenchZone } from '../peers/zones.ts';
import { addressOf } from '../generator/recipe.ts';

/** The same names twice: in a zone that is signed and in one that is not. */
const HOSTS = 100_000;
/** Of these as many are asked for as the caches of processors hold. */
export const ASKED = 10_000;
export const SIGNED_ZONE = 'signed.test';
export const PLAIN_ZONE = 'plain.test';

export const ZONES: readonly BenchZone[] = [SIGNED_ZONE, PLAIN_ZONE].map((name) => ({
  name,
  *recordSets() {
    for (let index = 0; index < HOSTS; index += 1) {
      yield { name: hostName(index), type: 'A' as const, values: [addressOf(index).join('.')] };
    }
  },
}));

export function hostName(index: number): string {
  return `h${String(index).padStart(7, '0')}`;
}
