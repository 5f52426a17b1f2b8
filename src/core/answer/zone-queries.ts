import type { FoundZone } from '../zone/find-zone.ts';
import { PLACE_BITS } from './plan-cache.ts';
import type { ZoneVersions } from './zone-versions.ts';

/**
 * How many queries each zone was answered, counted by one thread in memory that another reads (zone-query-sums.ts). A zone that is asked for
 * gets a slot when the first of its plans is compiled; the plan keeps the slot's number, so that a cached answer adds one to a word
 * and looks nothing up. Slots are many but bounded, as the plans are: one whose zone has not been asked for lately goes to another
 * zone, and the plans that know it are compiled anew.
 *
 * A count is never wrong, but there may be none: while every slot is in use, further zones are counted nowhere, and the place of
 * each (zone-versions.ts) is marked. What is in a marked place is not to be shown, since other threads may have missed it.
 *
 *   table: u32 slots in use (with the first, which is no zone's), then for each slot: i32 count, i32 place and 1, 32 octets of the
 *   zone's id; then an octet for each place
 */
export class ZoneQueries {
  /** By slot. Counts go round at 2³²; what is without a zone, or has no slot, is counted at 0. */
  readonly counts: Int32Array;
  /** Of the zone that the query at hand is for. */
  slot = NO_SLOT;
  readonly #table: ZoneQueryTable | undefined;
  readonly #versions: ZoneVersions;
  /** By what a zone's nodes are kept under, as its plans are known by. */
  readonly #slots = new Map<string, number>();
  readonly #zones: (string | undefined)[] = [];
  /** Where to look next for a slot that is free again; what its count was when that was looked at before, and when that was. */
  #hand = 1;
  readonly #countBefore: number[] = [];
  readonly #lookedAt: number[] = [];

  /** Without memory nothing is counted. A thread that takes another's place goes on in its memory. */
  constructor(memory: SharedArrayBuffer | undefined, versions: ZoneVersions) {
    this.#table = memory && zoneQueryTable(memory);
    this.counts = this.#table?.counts ?? new Int32Array(1);
    this.#versions = versions;
  }

  /** Where the zone's queries are counted from now on. To be asked before a plan of the zone is kept. */
  slotOf(zone: FoundZone, nowMilliseconds: number): number {
    const known = this.#slots.get(zone.id);
    if (known !== undefined) return known;
    if (this.#table === undefined || zone.zoneId.length > ID_OCTETS) return NO_SLOT;
    const place = this.#versions.place(zone.id);
    const { marks } = this.#table;
    const slot = this.#unusedSlot(this.#table, nowMilliseconds);
    if (slot === NO_SLOT) {
      Atomics.store(marks, place, MARKED | MARKED_LATELY);
      return NO_SLOT;
    }
    if (Atomics.load(marks, place) & MARKED) {
      // From here on all of its queries are counted.
      this.#versions.zoneChanged(zone.id);
      Atomics.store(marks, place, MARKED_LATELY);
    }
    this.#slots.set(zone.id, slot);
    this.#zones[slot] = zone.id;
    writeId(this.#table, slot, zone.zoneId, place);
    return slot;
  }

  #unusedSlot(table: ZoneQueryTable, nowMilliseconds: number): number {
    const next = Math.max(Atomics.load(table.used, 0), 1);
    if (next < table.counts.length) {
      Atomics.store(table.used, 0, next + 1);
      return next;
    }
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const slot = this.#hand;
      this.#hand = slot + 1 < table.counts.length ? slot + 1 : 1;
      const count = table.counts[slot] as number;
      const idle = count === this.#countBefore[slot];
      if (idle && nowMilliseconds - (this.#lookedAt[slot] as number) >= IDLE_MILLISECONDS) {
        this.#lookedAt[slot] = nowMilliseconds;
        this.#leave(slot);
        return slot;
      }
      if (idle) continue;
      this.#countBefore[slot] = count;
      this.#lookedAt[slot] = nowMilliseconds;
    }
    return NO_SLOT;
  }

  #leave(slot: number): void {
    const zone = this.#zones[slot];
    if (zone === undefined) return;
    this.#slots.delete(zone);
    this.#versions.zoneChanged(zone);
  }
}

export interface ZoneQueryTable {
  readonly used: Int32Array;
  readonly counts: Int32Array;
  /** 0 while the slot's id is being written. */
  readonly places: Int32Array;
  readonly ids: Uint8Array;
  readonly marks: Uint8Array;
}

/** Many more zones than a member keeps metrics of. In a table of 3 MiB, of which as much is touched as is used. */
const SLOTS = 2 ** 16;
const NO_SLOT = 0;
/** Route 53's ids have no more. https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html */
const ID_OCTETS = 32;
const SLOT_OCTETS = 8 + ID_OCTETS;
const PLACES = 2 ** PLACE_BITS;
/** Of a place: a zone there has plans that are counted nowhere; or had some after the marks were last looked at. */
const MARKED = 1;
export const MARKED_LATELY = 2;
/** Whoever reads every minute has read the count before its slot is another's. */
const IDLE_MILLISECONDS = 3 * 60_000;
/** For one plan that is compiled. */
const LOOKS_MAX = 8;

/** `slots` are 65,536 at most. */
export function createZoneQueryTable(slots = SLOTS): SharedArrayBuffer {
  return new SharedArrayBuffer(4 + slots * SLOT_OCTETS + PLACES);
}

export function zoneQueryTable(memory: SharedArrayBuffer): ZoneQueryTable {
  const slots = (memory.byteLength - 4 - PLACES) / SLOT_OCTETS;
  return {
    used: new Int32Array(memory, 0, 1),
    counts: new Int32Array(memory, 4, slots),
    places: new Int32Array(memory, 4 + slots * 4, slots),
    ids: new Uint8Array(memory, 4 + slots * 8, slots * ID_OCTETS),
    marks: new Uint8Array(memory, 4 + slots * SLOT_OCTETS),
  };
}

function writeId({ places, ids }: ZoneQueryTable, slot: number, zoneId: string, place: number): void {
  Atomics.store(places, slot, 0);
  for (let at = 0; at < ID_OCTETS; at += 1) ids[slot * ID_OCTETS + at] = zoneId.charCodeAt(at) || 0;
  Atomics.store(places, slot, place + 1);
}

/** The zone of a slot and its place; undefined while that is being written. */
export function zoneOfSlot(
  { places, ids }: ZoneQueryTable,
  slot: number,
): { readonly zoneId: string; readonly place: number } | undefined {
  const place = Atomics.load(places, slot);
  if (place === 0) return undefined;
  const octets = ids.subarray(slot * ID_OCTETS, (slot + 1) * ID_OCTETS);
  const end = octets.indexOf(0);
  return { zoneId: String.fromCharCode(...(end < 0 ? octets : octets.subarray(0, end))), place: place - 1 };
}
