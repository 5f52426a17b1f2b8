import { EDNS_OPTION } from '../../dns/edns.ts';
import { COOKIE_CLIENT_OCTETS } from './server-cookie.ts';

/** What the options of a query's OPT record ask for. Their data is copied, because the answer may be written over the query. */
export interface ReadOptions {
  /** Bits of `ASKED`. */
  asked: number;
  /** One that is not formed as its RFC says, which makes the query a FORMERR. */
  malformed: boolean;
  readonly cookie: Uint8Array;
  cookieOctets: number;
  /** Set once the cookie is found to prove its client's address. */
  cookieGood: boolean;
  /** FAMILY, SOURCE and SCOPE PREFIX-LENGTH, ADDRESS (RFC 7871 §6). */
  readonly subnet: Uint8Array;
  subnetOctets: number;
  /** Bits of the client's address that the answer depends on: the SCOPE PREFIX-LENGTH that is told back (RFC 7871 §7.2.1). */
  scopeBits: number;
}

export const ASKED = { NSID: 1, SUBNET: 2, COOKIE: 4, TCP_KEEPALIVE: 8, PADDING: 16 } as const;

/** RFC 7873 §4: a client cookie, then none or 8 to 32 octets of a server's. */
const COOKIE_OCTETS_MIN = 16;
const COOKIE_OCTETS_MAX = 40;
const SUBNET_HEADER_OCTETS = 4;
const SUBNET_OCTETS_MAX = SUBNET_HEADER_OCTETS + 16;

export function noOptions(): ReadOptions {
  return {
    asked: 0,
    malformed: false,
    cookie: new Uint8Array(COOKIE_OCTETS_MAX),
    cookieOctets: 0,
    cookieGood: false,
    subnet: new Uint8Array(SUBNET_OCTETS_MAX),
    subnetOctets: 0,
    scopeBits: 0,
  };
}

/** Reads the options between `from` and `end`; false when they do not fill that space. Unknown ones are passed over (RFC 6891 §6.1.2). */
export function readOptions(packet: Uint8Array, from: number, end: number, into: ReadOptions): boolean {
  let at = from;
  while (at + 4 <= end) {
    const code = get16(packet, at);
    const octets = get16(packet, at + 2);
    at += 4;
    if (at + octets > end) return false;
    switch (code) {
      case EDNS_OPTION.NSID:
        into.asked |= ASKED.NSID;
        break;
      case EDNS_OPTION.TCP_KEEPALIVE:
        into.asked |= ASKED.TCP_KEEPALIVE;
        break;
      case EDNS_OPTION.PADDING:
        into.asked |= ASKED.PADDING;
        break;
      case EDNS_OPTION.COOKIE:
        readCookie(packet, at, octets, into);
        break;
      case EDNS_OPTION.CLIENT_SUBNET:
        readSubnet(packet, at, octets, into);
        break;
    }
    at += octets;
  }
  return at === end;
}

/** RFC 7873 §5.2: of several the first counts; one of another length is FORMERR. */
function readCookie(packet: Uint8Array, from: number, octets: number, into: ReadOptions): void {
  if (into.asked & ASKED.COOKIE) return;
  if (octets !== COOKIE_CLIENT_OCTETS && (octets < COOKIE_OCTETS_MIN || octets > COOKIE_OCTETS_MAX)) {
    into.malformed = true;
    return;
  }
  into.asked |= ASKED.COOKIE;
  into.cookieOctets = octets;
  for (let at = 0; at < octets; at += 1) into.cookie[at] = packet[from + at] as number;
}

/**
 * RFC 7871 §6 and §7.1.2: as many octets of address as the prefix takes, no bit set behind it, no scope in a query. Family 0 with
 * an empty prefix is how clients ask for no subnet to be told on.
 */
function readSubnet(packet: Uint8Array, from: number, octets: number, into: ReadOptions): void {
  if (into.asked & ASKED.SUBNET) return;
  into.malformed ||= !subnetIsWhole(packet, from, octets);
  if (into.malformed) return;
  into.asked |= ASKED.SUBNET;
  into.subnetOctets = octets;
  for (let at = 0; at < octets; at += 1) into.subnet[at] = packet[from + at] as number;
}

function subnetIsWhole(packet: Uint8Array, from: number, octets: number): boolean {
  if (octets < SUBNET_HEADER_OCTETS) return false;
  const source = packet[from + 2] as number;
  if (source > (ADDRESS_BITS[get16(packet, from)] ?? -1) || packet[from + 3] !== 0) return false;
  if (octets !== SUBNET_HEADER_OCTETS + ((source + 7) >> 3)) return false;
  const bitsInLast = source & 7;
  return bitsInLast === 0 || ((packet[from + octets - 1] as number) & (0xff >> bitsInLast)) === 0;
}

/** By address family; there are no others. */
const ADDRESS_BITS: readonly number[] = [0, 32, 128];

function get16(packet: Uint8Array, at: number): number {
  return ((packet[at] as number) << 8) | (packet[at + 1] as number);
}
