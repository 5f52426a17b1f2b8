import { HEADER_OCTETS } from '../dns/message-layout.ts';
import { parentKey } from '../dns/name-key.ts';
import { TYPE } from '../dns/record-type.ts';
import type { NameKey, ZoneData } from '../zone/zone-data.ts';
import type { Zone } from '../zone/find-zone.ts';

/**
 * Plans of names that do not exist. All such names right below one closest encloser (RFC 4592 §3.3.1) get the same answer, from its
 * wildcard, a negative one or a referral, so they share one plan: a flood of random names adds one entry for each type, not for
 * each name.
 *
 * Their questions differ in length, so the plan is kept as if the question ended at `CANONICAL_END`. Its compression pointers lead
 * to the encloser's name, at a fixed distance before that end, or into the body behind it: all move by one difference. Only
 * the pointer to the question's own name stays.
 */
export const CANONICAL_END = 512;

/** A pointer to the question's name, which is at octet 12. */
const QNAME_TARGET = 12;
/** Pointers reach 0x3fff; a longer question must not push one beyond. */
export const SHARED_BODY_OCTETS_MAX = 0x3fff - 2 * CANONICAL_END;

/** Where the closest encloser of a name that does not exist begins in the question, and its key. */
export function closestEncloser(
  zones: ZoneData,
  zone: Zone,
  name: NameKey,
  packet: Uint8Array,
): { readonly offset: number; readonly name: NameKey } {
  let offset = HEADER_OCTETS;
  let at: NameKey = name;
  while (at !== zone.apex && zones.node(zone.id, at) === undefined) {
    offset += 1 + (packet[offset] as number);
    at = parentKey(at) ?? zone.apex;
  }
  return { offset, name: at };
}

/** Moves every pointer in the records between `from` and `end`, apart from those to the question's name. */
export function relocate(bytes: Uint8Array, from: number, end: number, difference: number): void {
  for (let at = from; at < end;) {
    at = relocateName(bytes, at, difference);
    const type = get16(bytes, at);
    const rdata = at + 10;
    // The types whose names may be compressed (RFC 3597 §4), as far as we write them so.
    if (type === TYPE.NS || type === TYPE.CNAME || type === TYPE.PTR) relocateName(bytes, rdata, difference);
    else if (type === TYPE.MX) relocateName(bytes, rdata + 2, difference);
    else if (type === TYPE.SOA) relocateName(bytes, relocateName(bytes, rdata, difference), difference);
    at = rdata + get16(bytes, at + 8);
  }
}

function relocateName(bytes: Uint8Array, from: number, difference: number): number {
  let at = from;
  while ((bytes[at] as number) < 0xc0) {
    if (bytes[at] === 0) return at + 1;
    at += 1 + (bytes[at] as number);
  }
  const target = get16(bytes, at) & 0x3fff;
  if (target !== QNAME_TARGET) {
    const moved = 0xc000 | (target + difference);
    bytes[at] = moved >>> 8;
    bytes[at + 1] = moved;
  }
  return at + 2;
}

function get16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
