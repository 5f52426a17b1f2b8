import { readRdata, rdataType } from '../../dns/rdata-types.ts';
import { namesEqual } from '../../dns/name.ts';
import { TYPE } from '../../dns/record-type.ts';
import { WireReader } from '../../dns/wire-reader.ts';
import { WireWriter } from '../../dns/wire-writer.ts';
import type { Rrset } from '../../dnssec/rrset-signature.ts';
import { QNAME_POINTER } from '../plan.ts';

/** An RRset of a message, and where in it its first record and what follows its last one begin. */
export interface ReadRrset extends Rrset {
  readonly from: number;
  readonly end: number;
  /** Its name is the question's own, and written as a pointer to that. */
  readonly ofQname: boolean;
}

/** Types whose names may be compressed (RFC 3597 §4), as far as we write them so. */
const COMPRESSED: ReadonlySet<number> = new Set([TYPE.NS, TYPE.CNAME, TYPE.SOA, TYPE.PTR, TYPE.MX]);

/** The RRset that begins at `from`: records of one name and type in a row, no further than `end`. */
export function readRrset(message: Uint8Array, from: number, end: number): ReadRrset {
  const wire = new WireReader(message, from, end);
  const name = wire.name();
  const type = wire.u16();
  wire.skip(CLASS_OCTETS);
  const ttlSeconds = wire.u32();
  const rdata = [readRdataOctets(wire, type)];
  let after = wire.position;
  while (wire.position < end && namesEqual(wire.name(), name) && wire.u16() === type) {
    wire.skip(CLASS_OCTETS + TTL_OCTETS);
    rdata.push(readRdataOctets(wire, type));
    after = wire.position;
  }
  const ofQname = message[from] === QNAME_POINTER >> 8 && message[from + 1] === (QNAME_POINTER & 0xff);
  return { name, type, ttlSeconds, rdata, from, end: after, ofQname };
}

const CLASS_OCTETS = 2;
const TTL_OCTETS = 4;

/** From the length on; uncompressed. */
function readRdataOctets(wire: WireReader, type: number): Uint8Array {
  const length = wire.u16();
  if (!COMPRESSED.has(type)) return wire.octets(length);
  const out = new WireWriter(scratch);
  out.remembering = false;
  rdataType(type).write(readRdata(type, wire, length), out);
  return scratch.slice(0, out.position);
}

/** The longest of them is SOA: two names and five numbers. */
const scratch = new Uint8Array(1024);
