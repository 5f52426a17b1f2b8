import { TYPE_AND_CLASS_OCTETS } from '../../dns/message-layout.ts';
import { TYPE } from '../../dns/record-type.ts';
import { WireReader } from '../../dns/wire-reader.ts';
import type { Zone } from '../../zone/find-zone.ts';
import { FOR_ALL } from '../listener-sets.ts';
import { zoneWord } from '../plan-cache.ts';
import { DENIAL, PlanKey } from '../plan-key.ts';
import type { Plan } from '../plan.ts';
import type { Query } from '../query.ts';
import type { ReadQuery } from '../read-query.ts';
import { CANONICAL_END, relocate, SHARED_BODY_OCTETS_MAX } from '../shared-plan.ts';
import type { World } from '../world.ts';
import { readSignedKey } from './signed-key.ts';

/**
 * What all denials below one name begin with: the SOA and its signatures. Only the NSEC behind it is of the name that was asked for. It is
 * kept as a shared plan is (shared-plan.ts), under the closest encloser, so that a name which does not exist costs its one signature
 * and little else. It may be used for a period after the SOA was signed for the last time, and then has a day left, like a plan that answers on.
 */
export function keepHead(
  world: World,
  query: Query,
  read: ReadQuery,
  zone: Zone,
  encloserAt: number,
  denial: Readonly<Plan>,
): void {
  const { plans, versions } = world;
  // Who is asked for a zone that has its name with another gets to no encloser that is known.
  if (zone.contested) return;
  const { octets, records } = headOf(denial);
  if (octets > SHARED_BODY_OCTETS_MAX) return;
  const body = denial.body.slice(0, octets);
  relocate(body, 0, octets, CANONICAL_END - read.questionEnd);
  readSignedKey(key, query, read, encloserAt, DENIAL);
  const place = versions.place(zone.id);
  const head = { ...denial, body, bodyLength: octets, requiredLength: octets, authorities: records };
  plans.add(head, key, zoneWord(place, world.zoneQueries.slot), versions.all[place] as number, FOR_ALL);
}

/** Where the head's entry among the plans begins, or 0. */
export function findHead(world: World, query: Query, read: ReadQuery, encloserAt: number, set: number): number {
  readSignedKey(key, query, read, encloserAt, DENIAL);
  return world.plans.find(key, world.versions.all, set);
}

/** The TTL of the first record of a head that begins at `from`. */
export function ttlIn(bytes: Uint8Array, from: number): number {
  const wire = new WireReader(bytes, from);
  wire.skipName();
  wire.skip(TYPE_AND_CLASS_OCTETS);
  return wire.u32();
}

function headOf({ body, bodyLength }: Readonly<Plan>): { readonly octets: number; readonly records: number } {
  const wire = new WireReader(body, 0, bodyLength);
  for (let records = 0; ; records += 1) {
    const octets = wire.position;
    wire.skipName();
    if (wire.u16() === TYPE.NSEC) return { octets, records };
    wire.skip(CLASS_AND_TTL_OCTETS);
    wire.skip(wire.u16());
  }
}

const key = new PlanKey();
const CLASS_AND_TTL_OCTETS = 6;
