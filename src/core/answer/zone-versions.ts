import { PLACE_BITS, type PlanCache } from './plan-cache.ts';

/** 256 KiB for each thread, whether the store has ten zones or ten million. */
const PLACES = 2 ** PLACE_BITS;

/**
 * Which version of its zone a plan was compiled from. A zone's version lies in the place that its id hashes to, so that nothing has to
 * be kept for a zone, and nothing grows. Zones that share a place are taken for changed together: their plans are compiled anew,
 * which costs a few microseconds and is never wrong.
 */
export class ZoneVersions {
  readonly all = new Uint32Array(PLACES);
  readonly #plans: () => PlanCache;

  constructor(plans: () => PlanCache) {
    this.#plans = plans;
  }

  /** Where the zone's version is. */
  place(zoneId: string): number {
    // FNV-1a, folded to sixteen bits.
    let hash = 0x811c9dc5;
    for (let at = 0; at < zoneId.length; at += 1) hash = Math.imul(hash ^ zoneId.charCodeAt(at), 0x01000193);
    return (hash ^ (hash >>> 16)) & (PLACES - 1);
  }

  zoneChanged(zoneId: string): void {
    const place = this.place(zoneId);
    this.all[place] = (this.all[place] as number) + 1;
  }

  everythingChanged(): void {
    for (let place = 0; place < PLACES; place += 1) this.all[place] = (this.all[place] as number) + 1;
    this.#plans().clear();
  }
}
