import { HEADER_OCTETS, TYPE_AND_CLASS_OCTETS } from '../../dns/message-layout.ts';
import { lowerName } from '../../dns/name.ts';
import { WireWriter } from '../../dns/wire-writer.ts';
import { NO_NAME } from '../../dnssec/compact-denial.ts';
import type { FoundZone } from '../../zone/find-zone.ts';
import { COUNTER } from '../counters.ts';
import { isMissingBelow, type Nearest } from '../enclosers.ts';
import { finish } from '../finish.ts';
import { FOR_ALL } from '../listener-sets.ts';
import { ANSWERED } from '../outcome.ts';
import { zoneWord } from '../plan-cache.ts';
import { PlanKey, SHARED } from '../plan-key.ts';
import { EMPTY_PLAN, type Plan } from '../plan.ts';
import type { Query } from '../query.ts';
import type { ReadQuery } from '../read-query.ts';
import { CANONICAL_END, relocate } from '../shared-plan.ts';
import type { World } from '../world.ts';
import { answerUnsigned, finishKept, hasHead, putOff, sign } from './answer-signed.ts';
import { findHead, ttlIn } from './denial-head.ts';
import { readOwnKey, readSignedKey } from './signed-key.ts';

/**
 * The answer to a name without a plan, of which the nearest known name above is of a signed zone: a referral that others got below the
 * same cut, or, beyond the budget for names without end, that there is no time. -1 if it is to be found out.
 */
export function answerMissingSigned(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  set: number,
  nearest: Nearest,
): number {
  const { plans, versions, signed } = world;
  const { packet, transport, nowMilliseconds } = query;
  if (nearest.encloser.below === 'cut') {
    readSignedKey(key, query, read, nearest.at, SHARED | read.qtype);
    const shared = plans.find(key, versions.all, set);
    return shared === 0 ? -1 : finishKept(world, query, read, response, plans, shared, true);
  }
  if (signed.budget.allows(transport, true, nowMilliseconds)) {
    const head = hasHead(read) ? findHead(world, query, read, nearest.at, set) : 0;
    if (head === 0 || !isMissingBelow(world, packet, nearest)) return -1;
    return answerBehind(world, query, read, response, nearest.encloser.zone, head);
  }
  // Whether it exists takes as long to find out as an answer: so that is rationed, too, but not for what was asked for before.
  const worthALook =
    nearest.encloser.below === 'wildcard' ||
    signed.budget.allowsLook(transport, nowMilliseconds) ||
    wasSigned(world, query, read);
  if (worthALook && !isMissingBelow(world, packet, nearest)) return -1;
  world.zoneQueries.slot = world.zoneQueries.slotOf(nearest.encloser.zone, nowMilliseconds);
  return putOff(world, query, read, response);
}

/** Whether there is a plan with signatures for the name itself, of this period or the one before, though its zone may have changed. */
function wasSigned({ plans }: World, query: Query, read: ReadQuery): boolean {
  for (let back = 0; back <= 1; back += 1) {
    readOwnKey(key, query, read, back);
    if (plans.knows(key)) return true;
  }
  return false;
}

/** The denial of a name that does not exist: a head that is known, and an NSEC that is signed now. */
function answerBehind(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  zone: FoundZone,
  head: number,
): number {
  const { plans, versions, signed, scratch, counters, zoneQueries } = world;
  const { packet } = query;
  const { questionEnd } = read;
  const signedZone = signed.zones.of(world.zones, zone, versions, query.nowMilliseconds);
  if (signedZone === undefined) return -1;
  const headAt = plans.read(head, plan);
  zoneQueries.slot = plans.countedAt(head);
  counters[COUNTER.planMisses]! += 1;
  const headEnd = questionEnd + plan.bodyLength;
  scratch.set(packet.subarray(0, questionEnd));
  scratch.set(plan.body.subarray(headAt, headAt + plan.bodyLength), questionEnd);
  relocate(scratch, questionEnd, headEnd, questionEnd - CANONICAL_END);
  const ttlSeconds = ttlIn(scratch, questionEnd);
  const name = lowerName(packet.subarray(HEADER_OCTETS, questionEnd - TYPE_AND_CLASS_OCTETS));
  const denial = sign(world, query, true, signedZone, (signatures) => {
    const out = new WireWriter(scratch, headEnd);
    plan.authorities += signatures.deny(out, name, true, NO_NAME, ttlSeconds);
    plan.body = scratch.subarray(questionEnd);
    plan.bodyLength = plan.requiredLength = out.position - questionEnd;
    return plan;
  });
  if (typeof denial === 'string') return answerUnsigned(world, query, read, response, denial);
  const place = versions.place(zone.id);
  readOwnKey(key, query, read);
  signed.endless.add(denial, key, zoneWord(place, zoneQueries.slot), versions.all[place] as number, FOR_ALL);
  return finish(world, query, read, response, denial, 0, ANSWERED);
}

const key = new PlanKey();
/** Filled for each denial. */
const plan: Plan = { ...EMPTY_PLAN };
