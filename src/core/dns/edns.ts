import { opt, type EdnsOption } from './rdata/opt.ts';
import { WireFormatError, type WireReader } from './wire-reader.ts';
import type { WireWriter } from './wire-writer.ts';

/** What an OPT record says (RFC 6891 §6.1). It is a record in form only: class and TTL mean other things there. */
export interface Edns {
  /** The largest UDP message that the sender can take, in octets. */
  readonly udpSize: number;
  /** The upper eight bits of the message's rcode; `writeMessage` takes them from there. */
  readonly extendedRcode: number;
  readonly version: number;
  readonly dnssecOk: boolean;
  /** CO: an rcode of NXDOMAIN may go with compact denial (RFC 9824 §5.1). */
  readonly compactOk?: boolean;
  /** In the order of the message; unknown ones too (RFC 6891 §6.1.2). */
  readonly options: readonly EdnsOption[];
}

/** Codes of options that Waypost reads or writes (IANA's registry). */
export const EDNS_OPTION = {
  NSID: 3,
  CLIENT_SUBNET: 8,
  COOKIE: 10,
  TCP_KEEPALIVE: 11,
  PADDING: 12,
  EXTENDED_ERROR: 15,
} as const;

/** Info codes of the extended DNS error (RFC 8914 §4, RFC 9824 §9). */
export const EXTENDED_ERROR = {
  OTHER: 0,
  NOT_READY: 14,
  PROHIBITED: 18,
  NOT_AUTHORITATIVE: 20,
  NOT_SUPPORTED: 21,
  NO_REACHABLE_AUTHORITY: 22,
  INVALID_DATA: 24,
  INVALID_QUERY_TYPE: 30,
} as const;

/** RFC 3225 §3. */
const DNSSEC_OK = 0x8000;
/** RFC 9824 §5.1. */
const COMPACT_OK = 0x4000;

/** Reads what follows an OPT record's type. Throws `WireFormatError`. */
export function readEdns(wire: WireReader): Edns {
  const udpSize = wire.u16();
  const extendedRcode = wire.u8();
  const version = wire.u8();
  const flags = wire.u16();
  const end = wire.u16() + wire.position;
  const options = opt.read(wire, end);
  if (wire.position !== end) throw new WireFormatError('an EDNS option runs past its record');
  const compactOk = (flags & COMPACT_OK) !== 0;
  const dnssecOk = (flags & DNSSEC_OK) !== 0;
  return { udpSize, extendedRcode, version, dnssecOk, ...(compactOk && { compactOk }), options };
}

/** Writes what follows an OPT record's type. Throws `WireOverflow`. */
export function writeEdns(edns: Edns, out: WireWriter): void {
  out.u16(edns.udpSize);
  out.u8(edns.extendedRcode);
  out.u8(edns.version);
  out.u16((edns.dnssecOk ? DNSSEC_OK : 0) | (edns.compactOk === true ? COMPACT_OK : 0));
  const lengthAt = out.position;
  out.u16(0);
  opt.write(edns.options, out);
  out.patch16(lengthAt, out.position - lengthAt - 2);
}
