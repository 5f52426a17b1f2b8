import { HEADER_OCTETS } from '../dns/message-layout.ts';
import { CLASS, RCODE } from '../dns/record-type.ts';
import { AA } from './compile.ts';
import { copyBody } from './copy-body.ts';
import { COUNTER } from './counters.ts';
import { pad } from './edns/pad.ts';
import { ASKED } from './edns/read-options.ts';
import { optOctets, writeOpt } from './edns/write-opt.ts';
import { ANSWERED, BAD_COOKIE, type Outcome } from './outcome.ts';
import { COMPACT, EMPTY_PLAN, ENDLESS, HEADER_FLAGS, type Plan } from './plan.ts';
import type { Query } from './query.ts';
import { ANSWER_KIND } from './rate-limit.ts';
import type { ReadQuery } from './read-query.ts';
import { CANONICAL_END, relocate } from './shared-plan.ts';
import type { World } from './world.ts';

/** The end of every answer: what was found is put behind the question, as far as it may be sent and fits. */

const QR = 0x8000;
const TC = 0x0200;
const RD = 0x0100;
export const OPCODE_MASK = 0x7800;
const RCODE_MASK = 15;
const STREAM_BYTES_MAX = 65_535;
/** RFC 1035 §4.2.1; also the least that an EDNS size counts for (RFC 6891 §6.2.3). */
const UDP_BYTES_MIN = 512;

function limitOf(world: World, query: Query, read: ReadQuery, response: Uint8Array): number {
  if (query.transport !== 'udp') return Math.min(STREAM_BYTES_MAX, response.length);
  const most = world.settings.udpBytesMax;
  const asked = read.hasOpt ? Math.min(Math.max(read.udpSize, UDP_BYTES_MIN), most) : UDP_BYTES_MIN;
  return Math.min(asked, response.length);
}

/** Sends what was found, unless its network has had enough of it. Who proves an address, by cookie or TCP, is not limited. */
export function finish(
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

export const TRUNCATED_PLAN: Readonly<Plan> = { ...EMPTY_PLAN, flags: TC };

function kindOf(plan: Plan, outcome: Outcome): number {
  const rcode = (plan.flags & RCODE_MASK) | outcome.rcode;
  if (rcode === RCODE.NXDOMAIN) return ANSWER_KIND.nxdomain;
  if (rcode !== RCODE.NOERROR) return ANSWER_KIND.error;
  if (plan.answers > 0) return plan.shared || plan.flags & ENDLESS ? ANSWER_KIND.wildcard : ANSWER_KIND.answer;
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
  let flags =
    QR |
    (((packet[2] as number) << 8) & (OPCODE_MASK | RD)) |
    (plan.flags & HEADER_FLAGS) |
    (outcome.rcode & RCODE_MASK);
  if (plan.flags & COMPACT && !read.compactOk) flags &= ~RCODE_MASK;
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
export function writeError(world: World, query: Query, rcode: number, response: Uint8Array): number {
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
