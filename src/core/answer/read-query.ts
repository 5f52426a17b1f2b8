import { NAME_OCTETS_MAX, LABEL_OCTETS_MAX } from '../dns/name.ts';
import { TYPE } from '../dns/record-type.ts';

/** What a query asks, apart from its name, which stays where it is: at octet 12. */
export interface ReadQuery {
  qtype: number;
  qclass: number;
  /** Where the question section ends. */
  questionEnd: number;
  hasOpt: boolean;
  ednsVersion: number;
  udpSize: number;
  dnssecOk: boolean;
}

const HEADER_OCTETS = 12;
/** OPT, TSIG and a little for what may come. */
const ADDITIONALS_MAX = 8;

/** Reused for every query: a thread answers one at a time. */
const read: ReadQuery = {
  qtype: 0,
  qclass: 0,
  questionEnd: 0,
  hasOpt: false,
  ednsVersion: 0,
  udpSize: 0,
  dnssecOk: false,
};

/** Undefined when the message is malformed, or is not one question with at most additional records. */
export function readQuery(packet: Uint8Array, length: number): ReadQuery | undefined {
  if (get16(packet, 4) !== 1 || get16(packet, 6) !== 0 || get16(packet, 8) !== 0) return undefined;
  const nameEnd = skipName(packet, HEADER_OCTETS, length);
  if (nameEnd === 0 || nameEnd + 4 > length) return undefined;
  read.qtype = get16(packet, nameEnd);
  // Part of the key that plans are found by, with the name before it; the class behind it is not.
  read.qclass = get16(packet, nameEnd + 2);
  read.questionEnd = nameEnd + 4;
  read.hasOpt = false;
  read.ednsVersion = 0;
  read.udpSize = 0;
  read.dnssecOk = false;
  return readAdditionals(packet, length, get16(packet, 10)) ? read : undefined;
}

function readAdditionals(packet: Uint8Array, length: number, count: number): boolean {
  if (count > ADDITIONALS_MAX) return false;
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
      if (read.hasOpt || !root || !optionsWhole(packet, at + 10, end)) return false;
      read.hasOpt = true;
      read.udpSize = get16(packet, at + 2);
      read.ednsVersion = packet[at + 5] as number;
      read.dnssecOk = ((packet[at + 6] as number) & 0x80) !== 0;
    }
    at = end;
  }
  return true;
}

function optionsWhole(packet: Uint8Array, from: number, end: number): boolean {
  let at = from;
  while (at + 4 <= end) at += 4 + get16(packet, at + 2);
  return at === end;
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
