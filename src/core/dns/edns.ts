import { WireFormatError, type WireReader } from './wire-reader.ts';
import type { WireWriter } from './wire-writer.ts';

/** What an OPT record says (RFC 6891 §6.1). It is a record in form only: class and TTL mean other things there. */
export interface Edns {
  /** The largest UDP message that the sender can take. */
  readonly udpSize: number;
  /** The upper eight bits of the message's rcode. */
  readonly extendedRcode: number;
  readonly version: number;
  readonly dnssecOk: boolean;
  /** In the order of the message; unknown ones too (RFC 6891 §6.1.2). */
  readonly options: readonly EdnsOption[];
}

export interface EdnsOption {
  readonly code: number;
  readonly data: Uint8Array;
}

/** Options that have names (IANA's registry). */
export const EDNS_OPTION = { NSID: 3, CLIENT_SUBNET: 8, COOKIE: 10, TCP_KEEPALIVE: 11, PADDING: 12, EDE: 15 } as const;

/** RFC 3225 §3. */
const DNSSEC_OK = 0x8000;

/** Reads what follows an OPT record's type. Throws `WireFormatError`. */
export function readEdns(wire: WireReader): Edns {
  const udpSize = wire.u16();
  const extendedRcode = wire.u8();
  const version = wire.u8();
  const flags = wire.u16();
  const end = wire.u16() + wire.position;
  const options: EdnsOption[] = [];
  while (wire.position < end) options.push({ code: wire.u16(), data: wire.octets(wire.u16()) });
  if (wire.position !== end) throw new WireFormatError('an EDNS option runs past its record');
  return { udpSize, extendedRcode, version, dnssecOk: (flags & DNSSEC_OK) !== 0, options };
}

/** Writes what follows an OPT record's type. Throws `WireOverflow`. */
export function writeEdns(edns: Edns, out: WireWriter): void {
  out.u16(edns.udpSize);
  out.u8(edns.extendedRcode);
  out.u8(edns.version);
  out.u16(edns.dnssecOk ? DNSSEC_OK : 0);
  out.u16(edns.options.reduce((sum, option) => sum + 4 + option.data.length, 0));
  for (const option of edns.options) {
    out.u16(option.code);
    out.u16(option.data.length);
    out.octets(option.data);
  }
}
