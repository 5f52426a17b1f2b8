import { HEADER_OCTETS } from '../dns/message-layout.ts';
import { wireLabelKey } from '../dns/name-key.ts';
import type { NameKey, ZoneData } from '../zone/zone-data.ts';
import type { FoundZone } from '../zone/find-zone.ts';
import { ENCLOSER, PlanKey } from './plan-key.ts';
import type { World } from './world.ts';
import type { ZoneVersions } from './zone-versions.ts';

/**
 * What is known of the names below which names were asked for that do not exist: so that a random name costs at most one look into
 * the store, for the label below its closest encloser, instead of one for each of its labels in two tables. Nothing is kept for a
 * random name, so a flood of them fills nothing.
 */
export interface Encloser {
  readonly zone: FoundZone;
  readonly name: NameKey;
  /**
   * What the names below are to the zone: all of another's, as below a cut; none but the wildcard's; or some that are there.
   */
  readonly below: 'cut' | 'wildcard' | 'names';
  readonly signed: boolean;
}

/** The nearest of the names above one that is known, and where it and the label below it begin in the question. */
export interface Nearest {
  encloser: Encloser;
  at: number;
  child: number;
}

/** What is known above a name, or undefined. It is filled anew for each name. */
export function findNearest(world: World, packet: Uint8Array, nameEnd: number): Nearest | undefined {
  const { enclosers, versions } = world;
  for (let child = HEADER_OCTETS, at = child; at + 1 < nameEnd; child = at) {
    at += 1 + (packet[at] as number);
    keyAbove.read(packet, at, nameEnd, ENCLOSER);
    const encloser = enclosers.find(keyAbove, versions.all);
    if (encloser === undefined) continue;
    if (nearest === undefined) nearest = { encloser, at, child };
    nearest.encloser = encloser;
    nearest.at = at;
    nearest.child = child;
    return nearest;
  }
  return undefined;
}

let nearest: Nearest | undefined;

/**
 * Whether a name does not exist, or not here: the nearest known name above it is its closest encloser, if the name right below that
 * does not exist. One look into the store, or none.
 */
export function isMissingBelow({ zones }: World, packet: Uint8Array, { encloser, child }: Nearest): boolean {
  if (encloser.below === 'cut') return true;
  const label = wireLabelKey(packet, child);
  return encloser.below === 'wildcard'
    ? label !== WILDCARD
    : zones.node(encloser.zone.id, encloser.name + label) === undefined;
}

/** Keeps what is known of the encloser that begins at its offset in a question. */
export function keepEncloser(
  world: World,
  packet: Uint8Array,
  nameEnd: number,
  zone: FoundZone,
  encloser: { readonly offset: number; readonly name: NameKey },
  isCut: boolean,
  signed: boolean,
): void {
  keyAbove.read(packet, encloser.offset, nameEnd, ENCLOSER);
  world.enclosers.keep(keyAbove, zone, encloser.name, isCut, signed, world.zones, world.versions);
}

const keyAbove = new PlanKey();
const WILDCARD = '\\052.';

/**
 * Names under flood at once: sets of four, so that few lose their places to each other. At some 400 octets each, 800 with the longest
 * names, it is three MiB at most for each thread.
 */
const SET_BITS = 10;
const WAYS = 4;

interface Kept extends Encloser {
  readonly key: Int32Array;
  readonly place: number;
  readonly version: number;
}

export class Enclosers {
  readonly #kept: (Kept | undefined)[] = Array.from({ length: 2 ** SET_BITS * WAYS }, () => undefined);
  /** Which of a full set goes next. */
  #turn = 0;

  find(key: PlanKey, versions: Uint32Array): Encloser | undefined {
    const first = setOf(key);
    for (let at = first; at < first + WAYS; at += 1) {
      const kept = this.#kept[at];
      if (kept !== undefined && kept.version === versions[kept.place] && hasKey(kept, key)) return kept;
    }
    return undefined;
  }

  /**
   * Keeps an encloser for as long as its zone does not change; unless there are zones below it, whose names there may be, or others of
   * its name, which other name servers answer from.
   */
  keep(
    key: PlanKey,
    zone: FoundZone,
    name: NameKey,
    isCut: boolean,
    signed: boolean,
    zones: ZoneData,
    versions: ZoneVersions,
  ): void {
    // All of this says the zone, and it is what it was: to find out again takes longer than an answer.
    if (this.find(key, versions.all) !== undefined) return;
    // A zone that comes later changes the version of the one above it.
    if (zone.contested || zones.hasZonesBelow(name)) return;
    const place = versions.place(zone.id);
    this.#kept[this.#wayFor(key, versions.all)] = {
      zone,
      name,
      below: isCut ? 'cut' : hasOnlyWildcard(zones, zone.id, name) ? 'wildcard' : 'names',
      signed,
      key: key.words.slice(0, key.count),
      place,
      version: versions.all[place] as number,
    };
  }

  /** The place that has the same name, else one that is free or stale, else each in turn. */
  #wayFor(key: PlanKey, versions: Uint32Array): number {
    const first = setOf(key);
    let free = first + ((this.#turn += 1) % WAYS);
    for (let at = first; at < first + WAYS; at += 1) {
      const kept = this.#kept[at];
      if (kept !== undefined && hasKey(kept, key)) return at;
      if (kept === undefined || kept.version !== versions[kept.place]) free = at;
    }
    return free;
  }
}

function setOf(key: PlanKey): number {
  return (key.hash >>> (32 - SET_BITS)) * WAYS;
}

function hasKey(kept: Kept, key: PlanKey): boolean {
  if (kept.key.length !== key.count) return false;
  for (let index = 0; index < key.count; index += 1) if (kept.key[index] !== key.words[index]) return false;
  return true;
}

function hasOnlyWildcard(zones: ZoneData, zoneId: string, name: NameKey): boolean {
  return zones.node(zoneId, name)?.children === 1 && zones.node(zoneId, name + WILDCARD) !== undefined;
}
