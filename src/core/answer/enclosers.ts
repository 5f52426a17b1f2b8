import { wireLabelKey } from '../dns/name-key.ts';
import type { NameKey, ZoneData } from '../zone/zone-data.ts';
import type { Zone } from '../zone/find-zone.ts';
import { ENCLOSER, PlanKey, SHARED } from './plan-key.ts';
import type { World } from './world.ts';
import type { ZoneVersions } from './zone-versions.ts';

/**
 * What is known of the names below which names were asked for that do not exist: so that a random name costs at most one look into
 * the store, for the label below its closest encloser, instead of one for each of its labels in two tables. Nothing is kept for a
 * random name, so a flood of them fills nothing.
 */
export interface Encloser {
  readonly zoneId: string;
  readonly name: NameKey;
  /**
   * What the names below are to the zone: all of another's, as below a cut; none but the wildcard's; or some that are there.
   */
  readonly below: 'cut' | 'wildcard' | 'names';
  readonly signed: boolean;
}

/** The entry that answers for a name because it does not exist, or 0 when that has to be found out. */
export function findShared(world: World, packet: Uint8Array, nameEnd: number, qtype: number, set: number): number {
  const at = findMissing(world, packet, nameEnd, false);
  if (at === 0) return 0;
  keyAbove.read(packet, at, nameEnd, SHARED | qtype);
  return world.plans.find(keyAbove, world.versions.all, set);
}

/** Where the cut begins that a name is known to lie below, or 0. */
export function findReferral(world: World, packet: Uint8Array, nameEnd: number): number {
  return findMissing(world, packet, nameEnd, true);
}

/** Whether a name of a signed zone is known not to exist, nor to lie below a cut. */
export function isSignedMissing(world: World, packet: Uint8Array, nameEnd: number): boolean {
  const at = findMissing(world, packet, nameEnd, false);
  if (at === 0) return false;
  keyAbove.read(packet, at, nameEnd, ENCLOSER);
  const encloser = world.enclosers.find(keyAbove, world.versions.all);
  return encloser !== undefined && encloser.signed && encloser.below !== 'cut';
}

/**
 * Where the closest encloser begins of a name that does not exist, if that is known: it is the nearest of the names above that
 * exists, so one that is known, if the name right below it does not exist. 0 when it has to be found out.
 */
function findMissing(world: World, packet: Uint8Array, nameEnd: number, cutsOnly: boolean): number {
  const { enclosers, versions, zones } = world;
  for (let child = HEADER_OCTETS, at = child; at + 1 < nameEnd; child = at) {
    at += 1 + (packet[at] as number);
    keyAbove.read(packet, at, nameEnd, ENCLOSER);
    const encloser = enclosers.find(keyAbove, versions.all);
    if (encloser === undefined) continue;
    if (encloser.below === 'cut') return at;
    if (cutsOnly) return 0;
    const label = wireLabelKey(packet, child);
    const exists =
      encloser.below === 'wildcard' ? label === WILDCARD : zones.node(encloser.zoneId, encloser.name + label);
    return exists ? 0 : at;
  }
  return 0;
}

/** Keeps what is known of the encloser that begins at its offset in a question. */
export function keepEncloser(
  world: World,
  packet: Uint8Array,
  nameEnd: number,
  zone: Zone,
  encloser: { readonly offset: number; readonly name: NameKey },
  isCut: boolean,
  signed: boolean,
): void {
  keyAbove.read(packet, encloser.offset, nameEnd, ENCLOSER);
  world.enclosers.keep(keyAbove, zone, encloser.name, isCut, signed, world.zones, world.versions);
}

const keyAbove = new PlanKey();
const HEADER_OCTETS = 12;
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
    zone: Zone,
    name: NameKey,
    isCut: boolean,
    signed: boolean,
    zones: ZoneData,
    versions: ZoneVersions,
  ): void {
    // A zone that comes later changes the version of the one above it.
    if (zone.contested || zones.hasZonesBelow(name)) return;
    const place = versions.place(zone.id);
    this.#kept[this.#wayFor(key, versions.all)] = {
      zoneId: zone.id,
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
