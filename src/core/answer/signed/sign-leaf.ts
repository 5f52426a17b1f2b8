import { HEADER_OCTETS, TYPE_AND_CLASS_OCTETS } from '../../dns/message-layout.ts';
import { keyOfName, keyToText, wireNameKey } from '../../dns/name-key.ts';
import { TYPE } from '../../dns/record-type.ts';
import { WireReader } from '../../dns/wire-reader.ts';
import { WireWriter } from '../../dns/wire-writer.ts';
import { periodAt } from '../../dnssec/periods.ts';
import { findZone, type FoundZone } from '../../zone/find-zone.ts';
import type { Rrset } from '../../zone/lookup.ts';
import type { NameKey, ZoneData } from '../../zone/zone-data.ts';
import { AA, writeEnd, type Fixed, type Signing } from '../compile.ts';
import { COUNTER } from '../counters.ts';
import { finish } from '../finish.ts';
import { FOR_ALL } from '../listener-sets.ts';
import { ANSWERED } from '../outcome.ts';
import { zoneWord } from '../plan-cache.ts';
import { OWN, PlanKey, SIGNED } from '../plan-key.ts';
import { EMPTY_PLAN, ENDLESS, ROTATION_COUNTS, type Plan } from '../plan.ts';
import type { Query } from '../query.ts';
import type { ReadQuery } from '../read-query.ts';
import { CANONICAL_END, relocate } from '../shared-plan.ts';
import type { World } from '../world.ts';
import { answerUnsigned, putOff, sign } from './answer-signed.ts';
import { hashContent } from './content-hash.ts';
import { lookupSigned } from './zone-says.ts';
import { asSigned } from './zone-signings.ts';

/**
 * What routing chose, with signatures. The choice is made of plans without them; what was chosen is signed when that first happens, and
 * found again by its own octets. So nothing here knows how a choice is made or kept, and several sets that answer together are signed
 * as the one RRset that they are then.
 */
export function finishSignedLeaf(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  leaf: Plan,
  bodyAt: number,
): number {
  const { signed, versions, counters } = world;
  const set = world.listeners.numberOf(query.listener);
  const nowSeconds = Math.floor(query.nowMilliseconds / 1000);
  key.read(query.packet, HEADER_OCTETS, read.questionEnd - TYPE_AND_CLASS_OCTETS, SIGNED | OWN | read.qtype);
  key.add(periodAt(nowSeconds, key.hash));
  hashContent(leaf.body, bodyAt, bodyAt + leaf.requiredLength, content);
  key.add(content[0] as number);
  key.add(content[1] as number);
  // Of the sets that answer together there may be more selections than anybody can keep.
  const endless = leaf.shared || leaf.rotation >= ROTATION_COUNTS;
  const kept = endless ? signed.endless : world.plans;
  const entry = kept.find(key, versions.all, set);
  if (entry !== 0) {
    counters[COUNTER.planHits]! += 1;
    return finish(world, query, read, response, found, kept.read(entry, found), ANSWERED);
  }
  const name = wireNameKey(query.packet, HEADER_OCTETS);
  const foundZone = findZone(world.zones, name, read.qtype, world.listeners.keyOf(set));
  const signedZone = foundZone && signed.zones.of(world.zones, foundZone, versions, query.nowMilliseconds);
  if (foundZone === undefined || signedZone === undefined) {
    return finish(world, query, read, response, leaf, bodyAt, ANSWERED);
  }
  const zone = asSigned(foundZone);
  if (!signed.budget.allows(query.transport, endless, query.nowMilliseconds)) {
    return putOff(world, query, read, response);
  }
  const plan = sign(world, query, endless, signedZone, (signatures) =>
    withSignatures(world, zone, { packet: query.packet, end: read.questionEnd, name }, leaf, bodyAt, {
      zone: signedZone,
      signatures,
      qtype: read.qtype,
    }),
  );
  if (typeof plan === 'string') return answerUnsigned(world, query, read, response, plan);
  if (leaf.shared) plan.flags |= ENDLESS;
  const place = versions.place(zone.id);
  const word = zoneWord(place, world.zoneQueries.slot);
  const plans = endless ? signed.endless : world.plans;
  plans.add(plan, key, word, versions.all[place] as number, zone.contested ? set : FOR_ALL);
  return finish(world, query, read, response, plan, 0, ANSWERED);
}

const key = new PlanKey();
const content = new Int32Array(2);
/** Filled for each kept answer. */
const found: Plan = { ...EMPTY_PLAN };

interface Asked {
  readonly packet: Uint8Array;
  /** Of the question. */
  readonly end: number;
  readonly name: NameKey;
}

/** The leaf's answer section as it is, signatures behind it, and what stands behind that section written anew. */
function withSignatures(
  { scratch, zones }: World,
  zone: FoundZone,
  { packet, end, name }: Asked,
  leaf: Plan,
  bodyAt: number,
  signing: Signing,
): Plan {
  const leafEnd = end + leaf.requiredLength;
  scratch.set(packet.subarray(0, end));
  scratch.set(leaf.body.subarray(bodyAt, bodyAt + leaf.requiredLength), end);
  if (leaf.shared) relocate(scratch, end, leafEnd, end - CANONICAL_END);
  if (leaf.rotation >= ROTATION_COUNTS) evenTtls(scratch, end + leaf.rotatedFrom, end + leaf.rotatedTo);
  const { answersEnd, target } = readAnswers(scratch, end, leafEnd, leaf.answers);
  const out = new WireWriter(scratch, answersEnd);
  out.remember(HEADER_OCTETS);
  const plan: Plan = { ...leaf, flags: leaf.flags & AA, authorities: 0, additionals: 0, shared: false };
  plan.answers += signing.signatures.cover(out, end);
  if (leaf.authorities > 0) {
    plan.flags = AA;
    writeEnd(zones, zone, name, endResult(zones, zone, signing, target ?? name, target), plan, out, signing);
  }
  plan.requiredAdditionals = plan.additionals;
  plan.body = scratch.subarray(end);
  plan.bodyLength = plan.requiredLength = out.position - end;
  return plan;
}

/** Where the answer section ends, and the name that its last CNAME leads to. */
function readAnswers(
  message: Uint8Array,
  from: number,
  end: number,
  answers: number,
): { readonly answersEnd: number; readonly target: NameKey | undefined } {
  const wire = new WireReader(message, from, end);
  let target: NameKey | undefined;
  for (let left = answers; left > 0; left -= 1) {
    wire.skipName();
    const type = wire.u16();
    wire.skip(CLASS_AND_TTL_OCTETS);
    const after = wire.u16() + wire.position;
    if (type === TYPE.CNAME) target = keyOfName(wire.name());
    wire.position = after;
  }
  return { answersEnd: wire.position, target };
}

const CLASS_AND_TTL_OCTETS = 6;

/** What the zone says to the name at a leaf's end; where routing would choose there, it has chosen nothing. */
function endResult(
  zones: ZoneData,
  zone: FoundZone,
  signing: Signing,
  end: NameKey,
  target: NameKey | undefined,
): Fixed {
  const chain = target === undefined ? [] : [cnameTo(target)];
  const result = lookupSigned(zones, zone, signing.zone, end, signing.qtype);
  return result.kind === 'nxdomain' || result.kind === 'referral' ? { ...result, chain } : { kind: 'nodata', chain };
}

/** Stands for a chain of which nothing matters but where it leads. */
function cnameTo(target: NameKey): Rrset {
  return { owner: target, type: TYPE.CNAME, ttlSeconds: 0, values: [keyToText(target)] };
}

/** Sets that answer together may have TTLs of their own; an RRset has one, the least of them (RFC 2181 §5.2). */
function evenTtls(message: Uint8Array, from: number, end: number): void {
  let least = Number.POSITIVE_INFINITY;
  const places: number[] = [];
  for (const wire = new WireReader(message, from, end); wire.position < end; wire.skip(wire.u16())) {
    wire.skipName();
    wire.skip(TYPE_AND_CLASS_OCTETS);
    places.push(wire.position);
    least = Math.min(least, wire.u32());
  }
  for (const place of places) new WireWriter(message, place).u32(least);
}
