import { HEADER_OCTETS, TYPE_AND_CLASS_OCTETS } from '../dns/message-layout.ts';
import { wireNameKey } from '../dns/name-key.ts';
import { TYPE } from '../dns/record-type.ts';
import { WireOverflow } from '../dns/wire-writer.ts';
import { findZone, type FoundZone } from '../zone/find-zone.ts';
import type { Fixed } from './compile.ts';
import { lookup } from '../zone/lookup.ts';
import type { NameKey } from '../zone/zone-data.ts';
import { COUNTER } from './counters.ts';
import { ANSWERED, NOT_AUTHORITATIVE, TOO_LARGE, UNRESOLVED_HOST, WITHHELD } from './outcome.ts';
import { findNearest, isMissingBelow, keepEncloser } from './enclosers.ts';
import { finish } from './finish.ts';
import { FOR_ALL } from './listener-sets.ts';
import { Memory } from './memory.ts';
import { OWN, PlanKey, SHARED } from './plan-key.ts';
import { zoneWord } from './plan-cache.ts';
import { EMPTY_PLAN, SIGNED_TOO, type Plan } from './plan.ts';
import { choosePlan } from './routed/choose-plan.ts';
import { compileBehind, compileRouted, type Question, type Routed } from './routed/compile-routed.ts';
import { ROUTED, stillHolds, UNRESOLVED } from './routed/routed-plan.ts';
import type { Query } from './query.ts';
import type { ReadQuery } from './read-query.ts';
import { CANONICAL_END, closestEncloser, relocate, SHARED_BODY_OCTETS_MAX } from './shared-plan.ts';
import { answerKept, answerSigned, wantsSigned } from './signed/answer-signed.ts';
import { answerMissingSigned } from './signed/missing-signed.ts';
import { finishSignedLeaf } from './signed/sign-leaf.ts';
import { asSigned, type SignedZone } from './signed/zone-signings.ts';
import { lookupPlain, lookupSigned } from './signed/zone-says.ts';
import type { World } from './world.ts';

/**
 * What the zone says that a question is for, if one is.
 *
 * A question that was asked before is a *plan*: ready bytes that are copied behind the question, which is answered as it was
 * written (RFC 1035's case is kept, so 0x20 works). Otherwise the zone is searched (core/zone), the result compiled, and kept: for
 * the name if it exists, else for its closest encloser, so random names cannot fill the cache (shared-plan.ts).
 */

/** Octets of the answer, or 0: say nothing. */
export function answerQuestion(world: World, query: Query, read: ReadQuery, response: Uint8Array): number {
  const { signed } = world;
  const set = world.listeners.numberOf(query.listener);
  const signedWanted = wantsSigned(read);
  const signedFirst = signedWanted && signed.answeredLast;
  if (signedFirst) {
    const length = answerKept(world, query, read, response, set);
    if (length !== STALE) return length;
  }
  const length = answerPlain(world, query, read, response, set);
  if (length !== STALE) return length;
  if (signedWanted && !signedFirst) {
    const kept = answerKept(world, query, read, response, set);
    if (kept !== STALE) return kept;
  }
  const missing = answerMissing(world, query, read, response, set);
  return missing === STALE ? answerAnew(world, query, read, response, set) : missing;
}

/** The answer from the name's own plan without signatures, or that routing chooses from; `STALE` when there is none that will do. */
function answerPlain(world: World, query: Query, read: ReadQuery, response: Uint8Array, set: number): number {
  planKey.read(query.packet, HEADER_OCTETS, read.questionEnd - TYPE_AND_CLASS_OCTETS, OWN | read.qtype);
  const entry = world.plans.find(planKey, world.versions.all, set);
  return entry === 0 ? STALE : finishFound(world, query, read, response, entry, false);
}

/** The answer to a name that is known not to exist, or not to be worth finding out; else `STALE`. */
function answerMissing(world: World, query: Query, read: ReadQuery, response: Uint8Array, set: number): number {
  const { plans, versions } = world;
  const { packet } = query;
  const nameEnd = read.questionEnd - TYPE_AND_CLASS_OCTETS;
  const nearest = findNearest(world, packet, nameEnd);
  if (nearest === undefined) return STALE;
  planKey.read(packet, nearest.at, nameEnd, SHARED | read.qtype);
  const shared = plans.find(planKey, versions.all, set);
  if (wantsSigned(read) && nearest.encloser.signed) {
    // What routing chooses is signed when it is chosen.
    const routed = shared !== 0 && (plans.flagsAt(shared) & ROUTED) !== 0;
    if (!routed) return answerMissingSigned(world, query, read, response, set, nearest);
  }
  if (shared === 0 || !isMissingBelow(world, packet, nearest)) return STALE;
  return finishFound(world, query, read, response, shared, true);
}

/** The answer from the zone. */
function answerAnew(world: World, query: Query, read: ReadQuery, response: Uint8Array, set: number): number {
  const { zones, counters, signed } = world;
  const { packet } = query;
  const signedWanted = wantsSigned(read);
  const name = wireNameKey(packet, HEADER_OCTETS);
  const foundZone = findZone(zones, name, read.qtype, world.listeners.keyOf(set));
  if (foundZone === undefined) {
    counters[COUNTER.planMisses]! += 1;
    return finish(world, query, read, response, EMPTY_PLAN, 0, NOT_AUTHORITATIVE);
  }
  world.zoneQueries.slot = world.zoneQueries.slotOf(foundZone, query.nowMilliseconds);
  if (foundZone.withheld) return finish(world, query, read, response, EMPTY_PLAN, 0, WITHHELD);
  const signedZone = signed.zones.of(zones, foundZone, world.versions, query.nowMilliseconds);
  const zone = signedZone === undefined ? foundZone : asSigned(foundZone);
  const node = zones.node(zone.id, name);
  const encloser = node === undefined ? closestEncloser(zones, zone, name, packet) : undefined;
  const known = encloser?.offset ?? HEADER_OCTETS;
  const question: Question = { packet, end: read.questionEnd, known, name, type: read.qtype };
  const asked: Asked = { zone, signedZone, question, set, encloser };
  if (encloser !== undefined && !(signedWanted && signedZone !== undefined)) {
    const length = answerAsOthers(world, query, read, response, asked, encloser);
    if (length !== STALE) return length;
  }
  const result =
    signedZone === undefined
      ? lookup(zones, zone, name, read.qtype, undefined, node)
      : (signedWanted ? lookupSigned : lookupPlain)(zones, zone, signedZone, name, read.qtype, node);
  if (result.kind === 'routed') return answerRouted(world, query, read, response, asked, result);
  if (!signedWanted || signedZone === undefined) return answerFixed(world, query, read, response, asked, result);
  // What exists above a name below a cut is the cut or below it.
  if (encloser !== undefined && result.chain.length === 0)
    keepAbove(world, query, read, asked, result.kind === 'referral');
  const missingBelow = encloser?.offset;
  return answerSigned(world, query, read, response, { zone, signedZone, question, set, missingBelow }, result);
}

interface Asked {
  readonly zone: FoundZone;
  readonly signedZone: SignedZone | undefined;
  readonly question: Question;
  /** Number of the name servers that were asked. */
  readonly set: number;
  /** Of a name that does not exist. */
  readonly encloser: { readonly offset: number; readonly name: NameKey } | undefined;
}

/** The answer that another name got that does not exist below the same one. */
function answerAsOthers(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  asked: Asked,
  encloser: { readonly offset: number },
): number {
  const { plans, versions } = world;
  planKey.read(query.packet, encloser.offset, read.questionEnd - TYPE_AND_CLASS_OCTETS, SHARED | read.qtype);
  const entry = plans.find(planKey, versions.all, asked.set);
  if (entry === 0) return STALE;
  // Only a referral has neither AA nor an rcode.
  plans.read(entry, found);
  keepAbove(world, query, read, asked, (found.flags & ~SIGNED_TOO) === 0);
  return finishFound(world, query, read, response, entry, true);
}

function answerRouted(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  asked: Asked,
  result: Routed,
): number {
  const { zone, question, encloser, signedZone } = asked;
  world.counters[COUNTER.planMisses]! += 1;
  // A chain can come back to the name that was asked for, so it is not the same for all.
  const shared = encloser !== undefined && result.chain.length === 0;
  const routed = compiled(() => compileRouted(world, zone, result, question, shared));
  if (routed === undefined) return finish(world, query, read, response, EMPTY_PLAN, 0, TOO_LARGE);
  if (encloser === undefined || (shared && routed.pointersReach)) {
    keep(world, query, read, asked, routed.memory);
    if (shared) keepAbove(world, query, read, asked, false);
  }
  return finishRouted(world, query, read, response, routed.memory, 0, shared, signedZone !== undefined);
}

function answerFixed(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  asked: Asked,
  result: Fixed,
): number {
  const { zone, question, encloser } = asked;
  world.counters[COUNTER.planMisses]! += 1;
  const plan = compiled(() => compileBehind(world, zone, result, question));
  if (plan === undefined) return finish(world, query, read, response, EMPTY_PLAN, 0, TOO_LARGE);
  if (encloser === undefined) {
    // DS at our own apex is for a zone above, which may be made here at any time without a word to this one.
    if (read.qtype !== TYPE.DS || question.name !== zone.apex) keep(world, query, read, asked, plan);
  } else if (result.chain.length === 0 && plan.bodyLength <= SHARED_BODY_OCTETS_MAX) {
    relocate(plan.body, 0, plan.bodyLength, CANONICAL_END - read.questionEnd);
    plan.shared = true;
    keep(world, query, read, asked, plan);
    keepAbove(world, query, read, asked, result.kind === 'referral');
  }
  return finish(world, query, read, response, plan, 0, ANSWERED);
}

/** What was compiled; undefined when no message holds it. */
function compiled<P>(compile: () => P): P | undefined {
  try {
    return compile();
  } catch (error) {
    if (error instanceof WireOverflow) return undefined;
    throw error;
  }
}

/** Keeps a plan, or a routed one: for the name, or for all that do not exist below its closest encloser. */
function keep(
  world: World,
  query: Query,
  read: ReadQuery,
  { zone, signedZone, set, encloser }: Asked,
  plan: Plan | Memory,
): void {
  const { plans, versions, counters } = world;
  const nameEnd = read.questionEnd - TYPE_AND_CLASS_OCTETS;
  const kind = encloser === undefined ? OWN : SHARED;
  planKey.read(query.packet, encloser?.offset ?? HEADER_OCTETS, nameEnd, kind | read.qtype);
  const place = versions.place(zone.id);
  const word = zoneWord(place, world.zoneQueries.slot);
  const version = versions.all[place] as number;
  const listeners = zone.contested ? set : FOR_ALL;
  const signedToo = signedZone === undefined ? 0 : SIGNED_TOO;
  if (plan instanceof Memory) plans.addRouted(plan, planKey, word, version, listeners, signedToo);
  else {
    plan.flags |= signedToo;
    plans.add(plan, planKey, word, version, listeners);
  }
  counters[COUNTER.planEntries] = plans.entries;
  counters[COUNTER.planBytes] = plans.bytesUsed;
  counters[COUNTER.planLaps] = plans.laps;
}

function keepAbove(world: World, query: Query, read: ReadQuery, asked: Asked, isCut: boolean): void {
  const { zone, signedZone, encloser } = asked;
  if (encloser === undefined) return;
  const nameEnd = read.questionEnd - TYPE_AND_CLASS_OCTETS;
  keepEncloser(world, query.packet, nameEnd, zone, encloser, isCut, signedZone !== undefined);
}

/** The answer from an entry, or `STALE` when it leads to a routed plan that is gone or holds no more, or signatures are wanted. */
function finishFound(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  entry: number,
  shared: boolean,
): number {
  const { plans } = world;
  const bodyAt = plans.read(entry, found);
  world.zoneQueries.slot = plans.countedAt(entry);
  const signedToo = (found.flags & SIGNED_TOO) !== 0;
  if (found.flags & ROUTED) {
    const routed = bodyAt >> 2;
    if (!stillHolds(plans.memory, routed, world.outside, world.asker.collections)) return STALE;
    world.counters[COUNTER.planHits]! += 1;
    return finishRouted(world, query, read, response, plans.memory, routed, shared, signedToo);
  }
  const signedWanted = wantsSigned(read);
  if (signedWanted) {
    if (signedToo) return STALE;
    world.signed.answeredLast = false;
  }
  world.counters[COUNTER.planHits]! += 1;
  found.shared = shared;
  return finish(world, query, read, response, found, bodyAt, ANSWERED);
}

/** No answer has this length. */
const STALE = -1;

/** The key that was read last; like `found`, filled for each query, so that none is allocated. */
const planKey = new PlanKey();

/** Filled for each cached answer, and each that routing chooses. */
const found: Plan = { ...EMPTY_PLAN };

/** The answer from a routed plan that begins at a word of the memory. */
function finishRouted(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  memory: Memory,
  routed: number,
  shared: boolean,
  signedToo: boolean,
): number {
  const { asker } = world;
  const signed = signedToo && wantsSigned(read);
  asker.fill(query, read);
  if (signed) asker.drawFromFew();
  const bodyAt = choosePlan(memory, routed, asker, found);
  found.shared = shared;
  if (asker.bySubnet) read.options.scopeBits = asker.scopeBits;
  // The turn of the chosen records must not depend on the draw that chose them.
  query.draw = asker.dice();
  if (found.flags === UNRESOLVED) return finish(world, query, read, response, EMPTY_PLAN, 0, UNRESOLVED_HOST);
  if (signed) return finishSignedLeaf(world, query, read, response, found, bodyAt);
  return finish(world, query, read, response, found, bodyAt, ANSWERED);
}
