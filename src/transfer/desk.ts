import type { Answerer, Desk } from '../core/answer/desk.ts';
import type { Query } from '../core/answer/query.ts';
import { wireNameKey, keyToText } from '../core/dns/name-key.ts';
import { parseMessage } from '../core/dns/message.ts';
import { CLASS, OPCODE, RCODE, TYPE } from '../core/dns/record-type.ts';
import { WireFormatError } from '../core/dns/wire-reader.ts';
import { zoneNamed } from '../core/zone/find-zone.ts';
import { rrsetOf } from '../core/zone/lookup.ts';
import type { ZoneData } from '../core/zone/zone-data.ts';
import { errorResponse, questionEnd } from './error-response.ts';
import type { NotifiedZones } from './in/notified-zones.ts';
import { transferMessages } from './out/transfer-messages.ts';
import { asksForTransfer, readTransferRequest } from './out/transfer-request.ts';
import { allows, type TransferRules } from './settings/transfer-settings.ts';
import { TRANSFER_COUNTER, type TransferCounters } from './transfer-counters.ts';
import { ResponseSigner, signatureOctets } from './tsig/signing.ts';
import type { TsigKey } from './tsig/tsig-key.ts';
import { verifyRequest } from './tsig/verify-request.ts';

/**
 * The desk of an edge worker: what comes signed, NOTIFY, and requests for a zone that cannot be answered in many messages. A
 * signed query is answered like any other, and the answer signed.
 */
export interface DeskParts {
  readonly rules: () => TransferRules;
  readonly zones: ZoneData;
  /** For each listener the name-server set that it belongs to, if it does. */
  readonly listenerSets: readonly (string | undefined)[];
  readonly notified: NotifiedZones;
  readonly counters: TransferCounters;
  /** The largest UDP answer we send. */
  readonly udpBytesMax: number;
}

export function createDesk(parts: DeskParts): Desk {
  return {
    answer(query, response, plain) {
      const packet = query.packet.subarray(0, query.length);
      const verified = verifyRequest(packet, parts.rules().keys, Math.floor(query.nowMilliseconds / 1000));
      if (verified.kind === 'rejected') {
        parts.counters.add(TRANSFER_COUNTER.refused);
        return put(verified.response, response);
      }
      if (verified.kind === 'unsigned') return answerBare(parts, query, packet, undefined, response, plain);
      const { request, id, key, mac } = verified;
      const reserved = signatureOctets(key);
      const room = response.subarray(0, Math.max(0, sizeLimit(parts, query, request, response) - reserved));
      const length = answerBare(parts, query, request, key, room, plain);
      if (length === 0) return 0;
      const signer = new ResponseSigner(key, mac, id);
      return put(signer.sign(response.slice(0, length), Math.floor(query.nowMilliseconds / 1000)), response);
    },
  };
}

/** RFC 1035 §4.2.1. */
const UDP_BYTES_MIN = 512;

/** What the client takes, so that the signature finds room behind the answer. */
function sizeLimit(parts: DeskParts, query: Query, request: Uint8Array, response: Uint8Array): number {
  if (query.transport !== 'udp') return response.length;
  let asked = UDP_BYTES_MIN;
  try {
    asked = Math.max(asked, parseMessage(request).edns?.udpSize ?? 0);
  } catch (error) {
    if (!(error instanceof WireFormatError)) throw error;
  }
  return Math.min(asked, parts.udpBytesMax, response.length);
}

function answerBare(
  parts: DeskParts,
  query: Query,
  request: Uint8Array,
  key: TsigKey | undefined,
  response: Uint8Array,
  plain: Answerer,
): number {
  if (asksForTransfer(request)) return put(transferAnswer(parts, query, request, key, response.length), response);
  if ((request[2] as number) >> 3 === OPCODE.NOTIFY) return put(notifyAnswer(parts, query, request, key), response);
  return plain({ ...query, packet: request, length: request.length }, response);
}

function put(message: Uint8Array, response: Uint8Array): number {
  if (message.length > response.length) return 0;
  response.set(message);
  return message.length;
}

const TC = 0x02;
const AA = 0x04;

/** By datagram a zone is told to come by a stream: with its SOA alone (RFC 1995 §2). AXFR has no datagrams (RFC 5936 §4.2). */
function transferAnswer(
  parts: DeskParts,
  query: Query,
  message: Uint8Array,
  key: TsigKey | undefined,
  octetsMax: number,
): Uint8Array {
  const refuse = (rcode: number): Uint8Array => {
    parts.counters.add(TRANSFER_COUNTER.refused);
    return errorResponse(message, rcode);
  };
  const request = readTransferRequest(message);
  if (request === undefined) return refuse(RCODE.FORMERR);
  const isWelcome = parts.rules().mayTransfer(keyToText(request.apex), query.client, key);
  if (query.transport !== 'udp' || request.serial === undefined || !isWelcome) return refuse(RCODE.REFUSED);
  const zone = zoneNamed(parts.zones, request.apex, parts.listenerSets[query.listener]);
  if (zone === undefined) return refuse(RCODE.NOTAUTH);
  const soa = zone.withheld ? undefined : rrsetOf(parts.zones, zone, request.apex, 'SOA');
  if (soa === undefined) return refuse(RCODE.SERVFAIL);
  const [answer] = transferMessages(request, [soa], 0);
  if (answer !== undefined && answer.length <= octetsMax) return answer;
  const truncated = errorResponse(message, RCODE.NOERROR);
  truncated[2] = (truncated[2] as number) | TC;
  return truncated;
}

/** RFC 1996 §3.7: the answer only says that it came; the zone is looked at in its own time. */
function notifyAnswer(parts: DeskParts, query: Query, message: Uint8Array, key: TsigKey | undefined): Uint8Array {
  const end = questionEnd(message);
  if (end === undefined) return errorResponse(message, RCODE.FORMERR);
  const [type, qclass] = [get16(message, end - 4), get16(message, end - 2)];
  if (type !== TYPE.SOA || qclass !== CLASS.IN) return errorResponse(message, RCODE.NOTIMP);
  const secondary = parts.rules().secondary(wireNameKey(message, 12));
  const isWelcome = secondary !== undefined && allows(secondary.rule.allowNotify, query.client, key);
  if (!isWelcome) {
    parts.counters.add(TRANSFER_COUNTER.refused);
    return errorResponse(message, secondary === undefined ? RCODE.NOTAUTH : RCODE.REFUSED);
  }
  parts.counters.add(TRANSFER_COUNTER.notifiesReceived);
  parts.notified.mark(secondary.place);
  const answer = errorResponse(message, RCODE.NOERROR);
  answer[2] = (answer[2] as number) | AA;
  return answer;
}

function get16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
