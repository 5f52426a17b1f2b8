import type { Name } from '../name.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE } from '../record-type.ts';
import { WireFormatError, WireReader } from '../wire-reader.ts';
import { WireWriter } from '../wire-writer.ts';
import type { RdataType } from './rdata-type.ts';
import { unknownType } from './unknown.ts';

/** A transaction signature (RFC 8945 §4.2). It signs one message for one hop and is never data of a zone. */
export interface Tsig {
  readonly algorithm: Name;
  /** Seconds since the epoch, 48 bits. */
  readonly timeSigned: number;
  /** How far the clocks may be apart. */
  readonly fudgeSeconds: number;
  /** Empty when the message could not be signed, because the key or the MAC of its request was bad. */
  readonly mac: Uint8Array;
  readonly originalId: number;
  /** 0 or one of `TSIG_ERROR`. */
  readonly error: number;
  /** With BADTIME the server's time, else empty. */
  readonly other: Uint8Array;
}

/** They share numbers with the response codes, not meanings: 16 is BADVERS there. */
export const TSIG_ERROR = { NOERROR: 0, BADSIG: 16, BADKEY: 17, BADTIME: 18, BADTRUNC: 22 } as const;

/** RFC 8945 gives TSIG no presentation format, so its text is RFC 3597's generic one. */
const generic = unknownType(TYPE.TSIG);

/** RFC 1035 §3.2.1: RDLENGTH has 16 bits. */
const RDATA_OCTETS_MAX = 0xffff;

export const tsig: RdataType<Tsig> = {
  code: TYPE.TSIG,
  name: 'TSIG',
  parse(fields) {
    const octets = generic.parse(fields);
    const wire = new WireReader(octets);
    try {
      const value = tsig.read(wire, octets.length);
      if (wire.position === octets.length) return value;
    } catch (error) {
      if (!(error instanceof WireFormatError)) throw error;
    }
    throw new PresentationError('InvalidGenericRdata', 'Data is not a transaction signature');
  },
  print(value) {
    const out = new WireWriter(new Uint8Array(RDATA_OCTETS_MAX));
    tsig.write(value, out);
    return generic.print(out.bytes.subarray(0, out.position));
  },
  write(value, out) {
    out.name(value.algorithm, false);
    out.u16(Math.floor(value.timeSigned / 2 ** 32));
    out.u32(value.timeSigned >>> 0);
    out.u16(value.fudgeSeconds);
    out.u16(value.mac.length);
    out.octets(value.mac);
    out.u16(value.originalId);
    out.u16(value.error);
    out.u16(value.other.length);
    out.octets(value.other);
  },
  read: (wire) => ({
    algorithm: wire.name(),
    timeSigned: wire.u16() * 2 ** 32 + wire.u32(),
    fudgeSeconds: wire.u16(),
    mac: wire.octets(wire.u16()),
    originalId: wire.u16(),
    error: wire.u16(),
    other: wire.octets(wire.u16()),
  }),
};
