import { wireNameKey } from '../dns/name-key.ts';
import { CLASS, OPCODE, RCODE, TYPE } from '../dns/record-type.ts';
import { WireOverflow } from '../dns/wire-writer.ts';
import { findZone, type Zone } from '../zone/find-zone.ts';
import { lookup } from '../zone/lookup.ts';
import type { NameKey } from '../zone/zone-data.ts';
import { chaosPlan } from './chaos.ts';
import { AA } from './compile.ts';
import { COUNTER } from './counters.ts';
import { pad } from './edns/pad.ts';
import { optOctets, writeOpt } from './edns/write-opt.ts';
import {
  ANSWERED,
  BAD_COOKIE,
  BAD_VERSION,
  MALFORMED,
  NOT_AUTHORITATIVE,
  NOT_IMPLEMENTED,
  NOT_SUPPORTED,
  PROHIBITED,
  TOO_LARGE,
  UNRESOLVED_HOST,
  WITHHELD,
  type Outcome,
} from './outcome.ts';
import { findShared, keepEncloser } from './enclosers.ts';
import { FOR_ALL } from './listener-sets.ts';
import type { Desk } from './desk.ts';
import { Memory } from './memory.ts';
import { copyBody } from './copy-body.ts';
import { OWN, PlanKey, SHARED } from './plan-key.ts';
import { zoneWord } from './plan-cache.ts';
import { EMPTY_PLAN, type Plan } from './plan.ts';
import { choosePlan } from './routed/choose-plan.ts';
import { compileBehind, compileRouted, type Question } from './routed/compile-routed.ts';
import { ROUTED, stillHolds, UNRESOLVED } from './routed/routed-plan.ts';
import type { Query, Transport } from './query.ts';
import { ASKED } from './edns/read-options.ts';
import { ANSWER_KIND } from './rate-limit.ts';
import { readQuery, type ReadQuery } from './read-query.ts';
import { CANONICAL_END, closestEncloser, relocate, SHARED_BODY_OCTETS_MAX } from './shared-plan.ts';
import type { World } from './world.ts';

/**
 * The waist of the data plane: a query's bytes in, an answer's bytes out. Nothing here waits, throws, or asks the clock.
 *
 * A question that was asked before is a *plan*: ready bytes that are copied behind the question, which is answered as it was
 * written (RFC 1035's case is kept, so 0x20 works). Otherwise the zone is searched (core/zone), the result compiled, and kept: for
 * the name if it exists, else for its closest encloser, so random names cannot fill the cache (shared-plan.ts). `response` may be
 * the packet's own buffer, which is the fast case.
 */

const QR = 0x8000;
const TC = 0x0200;
const RD = 0x0100;
const OPCODE_MASK = 0x7800;
const HEADER_OCTETS = 12;
const TYPE_AND_CLASS_OCTETS = 4;
/** TKEY, TSIG, IXFR, AXFR, MAILB, MAILA: no data of these types is in a zone (RFC 6895 §3.1). */
const META_TYPES_FIRST = 249;
const STREAM_BYTES_MAX = 65_535;
/** RFC 1035 §4.2.1; also the least that an EDNS size counts for (RFC 6891 §6.2.3). */
const UDP_BYTES_MIN = 512;

const QUERY_COUNTERS = {
  udp: COUNTER.queriesUdp,
  tcp: COUNTER.queriesTcp,
  tls: COUNTER.queriesTls,
  https: COUNTER.queriesHttps,
} as const satisfies Record<Transport, number>;

/** Octets of the answer, or 0: say nothing. */
export function answerQuery(world: World, query: Query, response: Uint8Array): number {
  world.counters[QUERY_COUNTERS[query.transport]]! += 1;
  let length: number;
  try {
    length = answer(world, query, response);
  } catch {
    // A defect of ours; the counter tells the operator.
    world.counters[COUNTER.internalErrors]! += 1;
    length = writeError(world, query, RCODE.SERVFAIL, response);
  }
  if (length === 0) world.counters[COUNTER.dropped]! += 1;
  else world.counters[COUNTER.rcodes + ((response[3] as number) & 15)]! += 1;
  return length;
}

/** The ladder: each rung ends what can go no further. */
function answer(world: World, query: Query, response: Uint8Array): number {
  const { packet, length } = query;
  if (length < HEADER_OCTETS || (packet[2] as number) & 0x80) return 0;
  const opcode = (((packet[2] as number) << 8) & OPCODE_MASK) >> 11;
  if (opcode === OPCODE.NOTIFY && world.desk !== undefined) return atDesk(world, world.desk, query, response);
  const read = readQuery(packet, length);
  const isQuery = opcode === OPCODE.QUERY;
  if (read === undefined) return writeError(world, query, isQuery ? RCODE.FORMERR : RCODE.NOTIMP, response);
  if (world.desk !== undefined && isQuery && (read.signed || isTransfer(read))) {
    return atDesk(world, world.desk, query, response);
  }
  if (read.options.asked & ASKED.COOKIE) checkCookie(world, query, read);
  if (!isQuery) return finish(world, query, read, response, EMPTY_PLAN, 0, NOT_IMPLEMENTED);
  if (read.ednsVersion > 0) {
    world.counters[COUNTER.badVersion]! += 1;
    return finish(world, query, read, response, EMPTY_PLAN, 0, BAD_VERSION);
  }
  if (read.options.malformed) return finish(world, query, read, response, EMPTY_PLAN, 0, MALFORMED);
  if (read.questions === 0) return answerCookie(world, query, read, response);
  if (read.qclass === CLASS.CH) return answerChaos(world, query, read, response);
  if (read.qclass !== CLASS.IN && read.qclass !== CLASS.ANY) {
    return finish(world, query, read, response, EMPTY_PLAN, 0, NOT_SUPPORTED);
  }
  if (isTransfer(read)) {
    return finish(world, query, read, response, EMPTY_PLAN, 0, PROHIBITED);
  }
  if ((read.qtype >= META_TYPES_FIRST && read.qtype < TYPE.ANY) || read.qtype === TYPE.OPT) {
    return finish(world, query, read, response, EMPTY_PLAN, 0, NOT_SUPPORTED);
  }
  const { zoneQueries } = world;
  zoneQueries.slot = 0;
  const answered = answerQuestion(world, query, read, response);
  if (answered !== 0) zoneQueries.counts[zoneQueries.slot]! += 1;
  return answered;
}

function isTransfer(read: ReadQuery): boolean {
  return read.qtype === TYPE.AXFR || read.qtype === TYPE.IXFR;
}

function atDesk(world: World, desk: Desk, query: Query, response: Uint8Array): number {
  return desk.answer(query, response, (bare, room) => answer(world, bare, room));
}

function checkCookie(world: World, query: Query, read: ReadQuery): void {
  if (world.cookies === undefined) return;
  const { options } = read;
  const nowSeconds = Math.floor(query.nowMilliseconds / 1000);
  options.cookieGood = world.cookies.check(query.client, nowSeconds, options.cookie, options.cookieOctets);
}

/** A message without a question is how a client asks for a cookie alone (RFC 7873 §5.4). */
function answerCookie(world: World, query: Query, read: ReadQuery, response: Uint8Array): number {
  const wanted = world.cookies !== undefined && (read.options.asked & ASKED.COOKIE) !== 0;
  return finish(world, query, read, response, EMPTY_PLAN, 0, wanted ? ANSWERED : MALFORMED);
}

function answerChaos(world: World, query: Query, read: ReadQuery, response: Uint8Array): number {
  const plan = chaosPlan(world, query.packet, read.qtype);
  if (plan === undefined) return finish(world, query, read, response, EMPTY_PLAN, 0, PROHIBITED);
  return finish(world, query, read, response, plan, 0, ANSWERED);
}

function answerQuestion(world: World, query: Query, read: ReadQuery, response: Uint8Array): number {
  const { plans, versions, counters } = world;
  const { packet } = query;
  const nameEnd = read.questionEnd - TYPE_AND_CLASS_OCTETS;
  planKey.read(packet, HEADER_OCTETS, nameEnd, OWN | read.qtype);
  const set = world.listeners.numberOf(query.listener);
  const entry = plans.find(planKey, versions.all, set);
  if (entry !== 0) {
    const length = finishFound(world, query, read, response, entry, false);
    if (length !== STALE) return length;
  }
  const shared = findShared(world, packet, nameEnd, read.qtype, set);
  if (shared !== 0) {
    const length = finishFound(world, query, read, response, shared, true);
    if (length !== STALE) return length;
  }
  const name = wireNameKey(packet, HEADER_OCTETS);
  const zone = findZone(world.zones, name, read.qtype, world.listeners.keyOf(set));
  if (zone === undefined) {
    counters[COUNTER.planMisses]! += 1;
    return finish(world, query, read, response, EMPTY_PLAN, 0, NOT_AUTHORITATIVE);
  }
  world.zoneQueries.slot = world.zoneQueries.slotOf(zone, query.nowMilliseconds);
  if (zone.withheld) return finish(world, query, read, response, EMPTY_PLAN, 0, WITHHELD);
  if (world.zones.node(zone.id, name) === undefined) return answerMissing(world, query, read, response, zone, name);
  counters[COUNTER.planMisses]! += 1;
  const result = lookup(world.zones, zone, name, read.qtype);
  const question: Question = { packet, end: read.questionEnd, known: HEADER_OCTETS, name, type: read.qtype };
  if (result.kind === 'routed') {
    const routed = compiled(() => compileRouted(world, zone, result, question, false));
    if (routed === undefined) return finish(world, query, read, response, EMPTY_PLAN, 0, TOO_LARGE);
    keep(world, routed.memory, zone, set);
    return finishRouted(world, query, read, response, routed.memory, 0, false);
  }
  const plan = compiled(() => compileBehind(world, zone, result, question));
  if (plan === undefined) return finish(world, query, read, response, EMPTY_PLAN, 0, TOO_LARGE);
  // DS at our own apex is for a zone above, which may be made here at any time without a word to this one.
  if (read.qtype !== TYPE.DS || name !== zone.apex) keep(world, plan, zone, set);
  return finish(world, query, read, response, plan, 0, ANSWERED);
}

/** The answer for a name that does not exist. Its closest encloser keeps it for all of them. */
function answerMissing(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  zone: Zone,
  name: NameKey,
): number {
  const { plans, versions, counters, zones } = world;
  const { packet } = query;
  const nameEnd = read.questionEnd - TYPE_AND_CLASS_OCTETS;
  const encloser = closestEncloser(zones, zone, name, packet);
  planKey.read(packet, encloser.offset, nameEnd, SHARED | read.qtype);
  const set = world.listeners.numberOf(query.listener);
  const entry = plans.find(planKey, versions.all, set);
  if (entry !== 0) {
    // Only a referral has neither AA nor an rcode.
    plans.read(entry, found);
    keepEncloser(world, packet, nameEnd, zone, encloser, found.flags === 0);
    const length = finishFound(world, query, read, response, entry, true);
    if (length !== STALE) return length;
  }
  counters[COUNTER.planMisses]! += 1;
  const result = lookup(zones, zone, name, read.qtype);
  const question: Question = { packet, end: read.questionEnd, known: encloser.offset, name, type: read.qtype };
  if (result.kind === 'routed') {
    const shared = result.chain.length === 0;
    const routed = compiled(() => compileRouted(world, zone, result, question, shared));
    if (routed === undefined) return finish(world, query, read, response, EMPTY_PLAN, 0, TOO_LARGE);
    if (shared && routed.pointersReach) {
      keep(world, routed.memory, zone, set);
      keepEncloser(world, packet, nameEnd, zone, encloser, false);
    }
    return finishRouted(world, query, read, response, routed.memory, 0, shared);
  }
  const plan = compiled(() => compileBehind(world, zone, result, question));
  if (plan === undefined) return finish(world, query, read, response, EMPTY_PLAN, 0, TOO_LARGE);
  // A chain can come back to the name that was asked for, so it is not the same for all.
  if (result.chain.length === 0 && plan.bodyLength <= SHARED_BODY_OCTETS_MAX) {
    relocate(plan.body, 0, plan.bodyLength, CANONICAL_END - read.questionEnd);
    plan.shared = true;
    keep(world, plan, zone, set);
    // What exists above a name below a cut is the cut or below it.
    keepEncloser(world, packet, nameEnd, zone, encloser, result.kind === 'referral');
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

/** Keeps a plan, or a routed one, under the key that was read last. */
function keep(world: World, plan: Plan | Memory, zone: Zone, set: number): void {
  const { plans, versions, counters } = world;
  const place = versions.place(zone.id);
  const word = zoneWord(place, world.zoneQueries.slot);
  const version = versions.all[place] as number;
  const listeners = zone.contested ? set : FOR_ALL;
  if (plan instanceof Memory) plans.addRouted(plan, planKey, word, version, listeners);
  else plans.add(plan, planKey, word, version, listeners);
  counters[COUNTER.planEntries] = plans.entries;
  counters[COUNTER.planBytes] = plans.bytesUsed;
  counters[COUNTER.planLaps] = plans.laps;
}

/** The answer from an entry, or `STALE` when it is a routed plan of something that is no longer so. */
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
  if (found.flags === ROUTED) {
    const routed = bodyAt >> 2;
    if (!stillHolds(plans.memory, routed, world.outside, world.asker.collections)) return STALE;
    world.counters[COUNTER.planHits]! += 1;
    return finishRouted(world, query, read, response, plans.memory, routed, shared);
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
): number {
  const { asker } = world;
  asker.fill(query, read);
  const bodyAt = choosePlan(memory, routed, asker, found);
  found.shared = shared;
  if (asker.bySubnet) read.options.scopeBits = asker.scopeBits;
  // The turn of the chosen records must not depend on the draw that chose them.
  query.draw = asker.dice();
  if (found.flags === UNRESOLVED) return finish(world, query, read, response, EMPTY_PLAN, 0, UNRESOLVED_HOST);
  return finish(world, query, read, response, found, bodyAt, ANSWERED);
}

function limitOf(world: World, query: Query, read: ReadQuery, response: Uint8Array): number {
  if (query.transport !== 'udp') return Math.min(STREAM_BYTES_MAX, response.length);
  const most = world.settings.udpBytesMax;
  const asked = read.hasOpt ? Math.min(Math.max(read.udpSize, UDP_BYTES_MIN), most) : UDP_BYTES_MIN;
  return Math.min(asked, response.length);
}

/** Sends what was found, unless its network has had enough of it. Who proves an address, by cookie or TCP, is not limited. */
function finish(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  plan: Plan,
  bodyAt: number,
  outcome: Outcome,
): number {
  if (world.rateLimit === undefined || query.transport !== 'udp' || read.options.cookieGood) {
    return write(world, query, read, response, plan, bodyAt, outcome);
  }
  const verdict = world.rateLimit.judge(query, kindOf(plan, outcome));
  if (verdict === 'pass') return write(world, query, read, response, plan, bodyAt, outcome);
  world.counters[verdict === 'slip' ? COUNTER.rateSlipped : COUNTER.rateDropped]! += 1;
  if (verdict === 'drop') return 0;
  // TC sends an honest client to TCP; one that does cookies need not go so far (RFC 7873 §5.2.3).
  const cookies = world.cookies !== undefined && (read.options.asked & ASKED.COOKIE) !== 0;
  return write(world, query, read, response, cookies ? EMPTY_PLAN : TRUNCATED_PLAN, 0, cookies ? BAD_COOKIE : ANSWERED);
}

const TRUNCATED_PLAN: Readonly<Plan> = { ...EMPTY_PLAN, flags: TC };

function kindOf(plan: Plan, outcome: Outcome): number {
  const rcode = (plan.flags & 15) | outcome.rcode;
  if (rcode === RCODE.NXDOMAIN) return ANSWER_KIND.nxdomain;
  if (rcode !== RCODE.NOERROR) return ANSWER_KIND.error;
  if (plan.answers > 0) return plan.shared ? ANSWER_KIND.wildcard : ANSWER_KIND.answer;
  return plan.flags & AA ? ANSWER_KIND.nodata : ANSWER_KIND.referral;
}

/** Puts header, question, as much of the plan as fits, and OPT together. */
function write(
  world: World,
  query: Query,
  read: ReadQuery,
  response: Uint8Array,
  plan: Plan,
  bodyAt: number,
  outcome: Outcome,
): number {
  const { packet } = query;
  const opt = optOctets(world, query, read, outcome);
  const room = limitOf(world, query, read, response) - read.questionEnd - opt;
  let flags = QR | (((packet[2] as number) << 8) & (OPCODE_MASK | RD)) | plan.flags | (outcome.rcode & 15);
  // RFC 1035 §6.2: what covers all classes cannot be authoritative, and there may be data in others elsewhere.
  if (read.qclass === CLASS.ANY) flags &= ~AA;
  let { bodyLength, answers, authorities, additionals } = plan;
  if (bodyLength > room && plan.requiredLength < bodyLength) {
    bodyLength = plan.requiredLength;
    additionals = plan.requiredAdditionals;
  }
  if (bodyLength > room) {
    bodyLength = answers = authorities = additionals = 0;
    flags |= TC;
    world.counters[COUNTER.truncated]! += 1;
  }
  if (response !== packet) response.set(packet.subarray(0, read.questionEnd));
  copyBody(plan, bodyAt, bodyLength, response, read.questionEnd, query.draw);
  const end = read.questionEnd + bodyLength;
  if (plan.shared) relocate(response, read.questionEnd, end, read.questionEnd - CANONICAL_END);
  if (read.hasOpt) writeOpt(world, query, read, outcome, response, end, opt);
  put16(response, 2, flags);
  put16(response, 4, read.questions);
  put16(response, 6, answers);
  put16(response, 8, authorities);
  put16(response, 10, additionals + (read.hasOpt ? 1 : 0));
  return pad(query, read, response, end, end + opt);
}

/** A header alone: for what we could not read, or may not. Above the rate nothing, since TC would say nothing to anyone. */
function writeError(world: World, query: Query, rcode: number, response: Uint8Array): number {
  const { packet } = query;
  if (world.rateLimit !== undefined && query.transport === 'udp') {
    if (world.rateLimit.judge(query, ANSWER_KIND.error) !== 'pass') {
      world.counters[COUNTER.rateDropped]! += 1;
      return 0;
    }
  }
  if (response !== packet) response.set(packet.subarray(0, HEADER_OCTETS));
  const asked = ((packet[2] as number) << 8) & (OPCODE_MASK | RD);
  put16(response, 2, QR | asked | rcode);
  response.fill(0, 4, HEADER_OCTETS);
  return HEADER_OCTETS;
}

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}
