import { parseName } from '../../src/core/dns/name.ts';
import { CLASS, TYPE } from '../../src/core/dns/record-type.ts';
import { WireWriter } from '../../src/core/dns/wire-writer.ts';

/** A query with everything about it that an answer may depend on, or must not. */
export interface Query {
  /** In zone-file notation. */
  readonly name: string;
  readonly type: number;
  /** RD, AD, CD and others of the header's second 16 bits. */
  readonly flags: number;
  readonly edns: EdnsOffer | undefined;
  readonly transport: 'udp' | 'tcp';
}

export interface EdnsOffer {
  readonly udpSize: number;
  readonly version: number;
  /** DO and, in the lower fifteen bits, what is reserved. */
  readonly flags: number;
  /** Codes of options, each with four octets of data. */
  readonly options: readonly number[];
}

export const FLAG = { AA: 0x0400, TC: 0x0200, RD: 0x0100, RA: 0x0080, Z: 0x0040, AD: 0x0020, CD: 0x0010 } as const;
export const DO = 0x8000;
/** Compact answers are understood (RFC 9824 §5.1). */
export const CO = 0x4000;

/** The query's octets; the id is 0. */
export function writeQuery(query: Query): Uint8Array {
  const out = new WireWriter(new Uint8Array(600));
  const { edns } = query;
  for (const field of [0, query.flags, 1, 0, 0, edns === undefined ? 0 : 1]) out.u16(field);
  out.name(parseName(query.name), false);
  out.u16(query.type);
  out.u16(CLASS.IN);
  if (edns !== undefined) {
    out.u8(0);
    out.u16(TYPE.OPT);
    out.u16(edns.udpSize);
    out.u16(edns.version);
    out.u16(edns.flags);
    out.u16(edns.options.length * 8);
    for (const code of edns.options) {
      out.u16(code);
      out.u16(4);
      out.u32(0x01020304);
    }
  }
  return out.bytes.slice(0, out.position);
}
