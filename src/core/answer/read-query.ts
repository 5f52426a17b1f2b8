import { HEADER_OCTETS } from '../dns/message-layout.ts';
import { NAME_OCTETS_MAX, LABEL_OCTETS_MAX } from '../dns/name.ts';
import { TYPE } from '../dns/record-type.ts';
import { noOptions, readOptions, type ReadOptions } from './edns/read-options.ts';

/** What a query asks, apart from its name, which stays where it is: at octet 12. */
export interface ReadQuery {
  /** 1; or 0, which is of use only with a cookie (RFC 7873 §5.4). */
  questions: number;
  qtype: number;
  qclass: number;
  /** Where the question section ends. */
  questionEnd: number;
  hasOpt: boolean;
  ednsVersion: number;
  udpSize: number;
  dnssecOk: boolean;
  /** CO, from who asks for signatures (RFC 9824 §5.1). */
  compactOk: boolean;
  /** It has a TSIG record, in its place or not. */
  signed: boolean;
  readonly options: ReadOptions;
}

/** Of the first octet of an OPT record's flags. */
const DNSSEC_OK = 0x80;
const DNSSEC_AND_COMPACT_OK = 0xc0;
/** SOA, OPT, TSIG and a little for what may come. */
const RECORDS_MAX = 8;

/** Reused for every query: a thread answers one at a time. */
const read: ReadQuery = {
  questions: 0,
  qtype: 0,
  qclass: 0,
  questionEnd: 0,
  hasOpt: false,
  ednsVersion: 0,
  udpSize: 0,
  dnssecOk: false,
  compactOk: false,
  signed: false,
  options: noOptions(),
};

/** Undefined when the message is malformed, or has more than one question (RFC 9619) or records that no query has. */
export function readQuery(packet: Uint8Array, length: number): ReadQuery | undefined {
  read.hasOpt = false;
  read.ednsVersion = 0;
  read.udpSize = 0;
  read.dnssecOk = false;
  read.compactOk = false;
  read.signed = false;
  read.options.asked = 0;
  read.options.malformed = false;
  read.options.cookieGood = false;
  read.options.scopeBits = 0;
  read.questions = get16(packet, 4);
  if (read.questions > 1 || get16(packet, 6) !== 0 || !readQuestion(packet, length)) return undefined;
  const authorities = get16(packet, 8);
  // A client that asks for what changed says there what it has (RFC 1995 §3).
  if (authorities !== 0 && (read.qtype !== TYPE.IXFR || authorities > 1)) return undefined;
  return readRecords(packet, length, authorities, authorities + get16(packet, 10)) ? read : undefined;
}

function readQuestion(packet: Uint8Array, length: number): boolean {
  read.qtype = 0;
  read.qclass = 0;
  read.questionEnd = HEADER_OCTETS;
  if (read.questions === 0) return true;
  const nameEnd = skipName(packet, HEADER_OCTETS, length);
  if (nameEnd === 0 || nameEnd + 4 > length) return false;
  read.qtype = get16(packet, nameEnd);
  // The type is part of the key that plans are found by, with the name before it; the class behind it is not.
  read.qclass = get16(packet, nameEnd + 2);
  read.questionEnd = nameEnd + 4;
  return true;
}

/** Reads `count` records, of which those before `additional` may not be OPT. */
function readRecords(packet: Uint8Array, length: number, additional: number, count: number): boolean {
  if (count > RECORDS_MAX) return false;
  let at = read.questionEnd;
  for (let index = 0; index < count; index += 1) {
    const root = packet[at] === 0;
    at = skipName(packet, at, length, true);
    if (at === 0 || at + 10 > length) return false;
    const type = get16(packet, at);
    const end = at + 10 + get16(packet, at + 8);
    if (end > length) return false;
    if (type === TYPE.OPT) {
      // RFC 6891 §6.1.1: at most one, and owned by the root.
      if (read.hasOpt || !root || index < additional) return false;
      if (end > at + 10 && !readOptions(packet, at + 10, end, read.options)) return false;
      read.hasOpt = true;
      read.udpSize = get16(packet, at + 2);
      read.ednsVersion = packet[at + 5] as number;
      const flags = packet[at + 6] as number;
      read.dnssecOk = (flags & DNSSEC_OK) !== 0;
      read.compactOk = (flags & DNSSEC_AND_COMPACT_OK) === DNSSEC_AND_COMPACT_OK;
    }
    if (type === TYPE.TSIG) read.signed = true;
    at = end;
  }
  return true;
}

/** Where the name at `from` ends, or 0. A pointer is allowed only where a name may come before. */
function skipName(packet: Uint8Array, from: number, length: number, pointers = false): number {
  let at = from;
  while (at < length) {
    const octets = packet[at] as number;
    if (octets === 0) return at + 1 - from > NAME_OCTETS_MAX ? 0 : at + 1;
    if (octets >= 0xc0) return pointers && at + 2 <= length ? at + 2 : 0;
    if (octets > LABEL_OCTETS_MAX) return 0;
    at += 1 + octets;
  }
  return 0;
}

function get16(packet: Uint8Array, at: number): number {
  return ((packet[at] as number) << 8) | (packet[at + 1] as number);
}
