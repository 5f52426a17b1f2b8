import { HEADER_OCTETS } from '../dns/message-layout.ts';
import { CLASS, OPCODE, RCODE, TYPE } from '../dns/record-type.ts';
import { answerQuestion } from './answer-question.ts';
import { chaosPlan } from './chaos.ts';
import { COUNTER } from './counters.ts';
import {
  ANSWERED,
  BAD_VERSION,
  MALFORMED,
  NOT_IMPLEMENTED,
  NO_QUERY_TYPE,
  NOT_SUPPORTED,
  PROHIBITED,
} from './outcome.ts';
import { finish, OPCODE_MASK, writeError } from './finish.ts';
import type { Desk } from './desk.ts';
import { EMPTY_PLAN } from './plan.ts';
import type { Query, Transport } from './query.ts';
import { ASKED } from './edns/read-options.ts';
import { readQuery, type ReadQuery } from './read-query.ts';
import type { World } from './world.ts';

/**
 * The waist of the data plane: a query's bytes in, an answer's bytes out. Nothing here waits, throws, or asks the clock.
 *
 * Here is the ladder of what ends without a look at a zone; a question that gets to its end goes to answer-question.ts. `response` may
 * be the packet's own buffer, which is the fast case.
 */

/** TKEY, TSIG, IXFR, AXFR, MAILB, MAILA: no data of these types is in a zone (RFC 6895 §3.1). */
const META_TYPES_FIRST = 249;

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
  if (read.qtype === TYPE.NXNAME) return finish(world, query, read, response, EMPTY_PLAN, 0, NO_QUERY_TYPE);
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
