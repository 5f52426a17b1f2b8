import { HEADER_OCTETS } from '../../dns/message-layout.ts';
import { TYPE } from '../../dns/record-type.ts';
import { WireOverflow } from '../../dns/wire-writer.ts';
import type { FoundZone } from '../../zone/find-zone.ts';
import type { Fixed } from '../compile.ts';
import { COUNTER } from '../counters.ts';
import { finish, TRUNCATED_PLAN } from '../finish.ts';
import { FOR_ALL } from '../listener-sets.ts';
import { ANSWERED, CANNOT_SIGN, TOO_LARGE, TOO_MUCH_TO_SIGN } from '../outcome.ts';
import { zoneWord, type PlanCache } from '../plan-cache.ts';
import { OWN, PlanKey, SHARED } from '../plan-key.ts';
import { EMPTY_PLAN, ENDLESS, type Plan } from '../plan.ts';
import type { Query } from '../query.ts';
import type { ReadQuery } from '../read-query.ts';
import { compileBehind, type Question } from '../routed/compile-routed.ts';
import { CANONICAL_END, relocate, SHARED_BODY_OCTETS_MAX } from '../shared-plan.ts';
import type { World } from '../world.ts';
import { keepHead } from './denial-head.ts';
import { CannotSign, Signatures } from './signatures.ts';
import { readOwnKey, readSignedKey, secondsOf } from './signed-key.ts';
import type { SignedZone } from './zone-signings.ts';

/**
 * Answers with signatures. Their plans have keys of their own, with the period that they were signed in, so that who does not ask for
 * signatures is answered as if there were none, and signatures are made anew, name by name, when their period is over. When there is
 * no time for that, the plan of the period before answers on.
 */

/** Who asks for signatures: by DO, or by the type (RFC 4035 §3.1: without DO as any other). */
export function wantsSigned({ dnssecOk, qtype }: ReadQuery): boolean {
  return dnssecOk || qtype === TYPE.RRSIG;
}

/** The answer from the name's own plan with signatures, or -1. */
export function answerKept(world: World, query: Query, read: ReadQuery, response: Uint8Array, set: number): number {
  const { plans, versions, signed } = world;
  readOwnKey(key, query, read);
  const entry = plans.find(key, versions.all, set);
  if (entry !== 0) return finishKept(world, query, read, response, plans, entry, false);
  const endless = signed.endless.find(key, versions.all, set);
  return endless === 0 ? -1 : finishKept(world, query, read, response, signed.endless, endless, false);
}

/** The answer from an entry of plans with signatures. */
export function finishKept(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  plans: PlanCache,
  entry: number,
  shared: boolean,
): number {
  const bodyAt = plans.read(entry, found);
  found.shared = shared;
  world.zoneQueries.slot = plans.countedAt(entry);
  world.counters[COUNTER.planHits]! += 1;
  world.signed.answeredLast = true;
  return finish(world, query, read, response, found, bodyAt, ANSWERED);
}

/** A question whose answer is to be signed. */
export interface SignedQuestion {
  readonly zone: FoundZone;
  readonly signedZone: SignedZone;
  readonly question: Question;
  readonly set: number;
  /** The name does not exist, or not here; where its closest encloser begins. */
  readonly missingBelow: number | undefined;
}

/** Compiles and signs an answer, as far as there is time, and keeps it. */
export function answerSigned(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  asked: SignedQuestion,
  result: Fixed,
): number {
  const { zone, signedZone, question, missingBelow } = asked;
  const { signed, counters } = world;
  counters[COUNTER.planMisses]! += 1;
  signed.answeredLast = true;
  const referred = result.kind === 'referral' && result.chain.length === 0;
  const endless = missingBelow !== undefined && !referred;
  if (!signed.budget.allows(query.transport, endless, query.nowMilliseconds)) {
    return answerLater(world, query, read, response, asked);
  }
  const compiled = sign(world, query, endless, signedZone, (signatures) =>
    compileBehind(world, zone, result, question, { zone: signedZone, signatures, qtype: read.qtype }),
  );
  if (typeof compiled === 'string') return answerUnsigned(world, query, read, response, compiled);
  if (endless) compiled.flags |= ENDLESS;
  if (result.kind === 'nxdomain' && result.chain.length === 0 && missingBelow !== undefined && hasHead(read)) {
    keepHead(world, query, read, zone, missingBelow, compiled);
  }
  const shared = referred && missingBelow !== undefined && compiled.bodyLength <= SHARED_BODY_OCTETS_MAX;
  const from = shared ? missingBelow : HEADER_OCTETS;
  if (shared) {
    relocate(compiled.body, 0, compiled.bodyLength, CANONICAL_END - read.questionEnd);
    compiled.shared = true;
  }
  readSignedKey(key, query, read, from, (shared ? SHARED : OWN) | read.qtype);
  // DS at our own apex is for a zone above, which may be made here at any time without a word to this one.
  if (read.qtype !== TYPE.DS || question.name !== zone.apex) {
    keepSigned(world, endless ? signed.endless : world.plans, compiled, asked);
  }
  return finish(world, query, read, response, compiled, 0, ANSWERED);
}

/** Whether the denial of a name is answered with more than its NSEC, or that one's signature. */
export function hasHead({ qtype }: ReadQuery): boolean {
  return qtype !== TYPE.NSEC && qtype !== TYPE.RRSIG;
}

/** Why an answer was not signed. */
type Unsigned = 'cannot sign' | 'too large';

export function answerUnsigned(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  why: Unsigned,
): number {
  return finish(world, query, read, response, EMPTY_PLAN, 0, why === 'too large' ? TOO_LARGE : CANNOT_SIGN);
}

/** Makes an answer with signatures and counts what they take; or says why there is none. */
export function sign(
  world: World,
  query: Query,
  endless: boolean,
  zone: SignedZone,
  make: (signatures: Signatures) => Plan,
): Plan | Unsigned {
  const { signer, budget } = world.signed;
  if (signer === undefined) {
    world.counters[COUNTER.signingFailed]! += 1;
    return 'cannot sign';
  }
  if (!world.signed.hasRoom) world.plans = world.signed.takeRoom();
  const signatures = new Signatures(signer, world.signed.signatures, zone, secondsOf(query), endless);
  try {
    return make(signatures);
  } catch (error) {
    if (error instanceof WireOverflow) return 'too large';
    if (!(error instanceof CannotSign)) throw error;
    world.counters[COUNTER.signingFailed]! += 1;
    return 'cannot sign';
  } finally {
    world.counters[COUNTER.signatures]! += signatures.made;
    budget.spend(query.transport, endless, signatures.made);
  }
}

/** Keeps a plan under the key that was read last. */
function keepSigned(world: World, plans: PlanCache, plan: Plan, { zone, set }: SignedQuestion): void {
  const place = world.versions.place(zone.id);
  const word = zoneWord(place, world.zoneQueries.slot);
  plans.add(plan, key, word, world.versions.all[place] as number, zone.contested ? set : FOR_ALL);
}

/** There is no time to sign: what was signed in the period before answers, or the client comes again by TCP. */
function answerLater(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  { missingBelow, set }: SignedQuestion,
): number {
  const { plans, versions } = world;
  if (missingBelow === undefined) {
    readOwnKey(key, query, read, 1);
    const entry = plans.find(key, versions.all, set);
    if (entry !== 0) return finishKept(world, query, read, response, plans, entry, false);
  }
  return putOff(world, query, read, response);
}

/** UDP has TC, which sends the client to TCP; there another server must do. */
export function putOff(world: World, query: Query, read: ReadQuery, response: Uint8Array): number {
  world.counters[COUNTER.signingPutOff]! += 1;
  const [plan, outcome] = query.transport === 'udp' ? [TRUNCATED_PLAN, ANSWERED] : [EMPTY_PLAN, TOO_MUCH_TO_SIGN];
  return finish(world, query, read, response, plan, 0, outcome);
}

const key = new PlanKey();
/** Filled for each kept answer. */
const found: Plan = { ...EMPTY_PLAN };
