import { FieldReader } from './field-reader.ts';
import type { Name, Notation } from './name.ts';
import { parseIpv4 } from './ip-address.ts';
import { PresentationError } from './presentation-error.ts';
import { a } from './rdata/a.ts';
import { aaaa } from './rdata/aaaa.ts';
import { caa } from './rdata/caa.ts';
import { cname } from './rdata/cname.ts';
import { cdnskey, dnskey } from './rdata/dnskey.ts';
import { cds, ds } from './rdata/ds.ts';
import { mx } from './rdata/mx.ts';
import { naptr } from './rdata/naptr.ts';
import { ns } from './rdata/ns.ts';
import { nsec } from './rdata/nsec.ts';
import { opt } from './rdata/opt.ts';
import { ptr } from './rdata/ptr.ts';
import type { RdataType } from './rdata/rdata-type.ts';
import { rrsig } from './rdata/rrsig.ts';
import { soa } from './rdata/soa.ts';
import { srv } from './rdata/srv.ts';
import { sshfp } from './rdata/sshfp.ts';
import { https, svcb } from './rdata/svcb.ts';
import { tlsa } from './rdata/tlsa.ts';
import { tsig } from './rdata/tsig.ts';
import { spf, txt } from './rdata/txt.ts';
import { unknownType } from './rdata/unknown.ts';
import { TYPE } from './record-type.ts';
import { toRoute53Notation } from './route53-notation.ts';
import { WireFormatError, WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

/** The record types whose data we know the format of. */
const known: ReadonlyMap<number, RdataType<unknown>> = new Map(
  [
    a,
    aaaa,
    caa,
    cdnskey,
    cds,
    cname,
    dnskey,
    ds,
    https,
    mx,
    naptr,
    ns,
    nsec,
    opt,
    ptr,
    rrsig,
    soa,
    spf,
    srv,
    sshfp,
    svcb,
    tlsa,
    tsig,
    txt,
  ].map((type) => [type.code, type as RdataType<unknown>]),
);

/** The format of a type's data; opaque octets when it is unknown (RFC 3597). */
export function rdataType(code: number): RdataType<unknown> {
  return known.get(code) ?? unknownType(code);
}

/** Types whose text is one field; Route 53 has an error of its own for a space in them. */
const SINGLE_FIELD: ReadonlySet<number> = new Set([a, aaaa, cname, ns, ptr].map((type) => type.code));

/** Reads a value's text. Throws `PresentationError`. */
export function parseRdata(code: number, text: string, notation: Notation, origin?: Name): unknown {
  return parseFields(code, new FieldReader(text, notation, origin));
}

/**
 * Reads a value's text as it is stored: in Route 53's notation, or as octets (RFC 3597 §5) where that has no words for them. See
 * `printRdata`. Throws `PresentationError`.
 */
export function parseStored(code: number, text: string): unknown {
  // Most values there are.
  const address = code === TYPE.A ? parseIpv4(text) : undefined;
  if (address !== undefined) return address;
  if (text.startsWith('\\#')) return parseGeneric(code, new FieldReader(text, 'zone-file'));
  return parseRdata(code, text, 'route53');
}

/** Reads a value from its fields, all of them. Throws `PresentationError`. */
export function parseFields(code: number, fields: FieldReader): unknown {
  if (fields.generic) return parseGeneric(code, fields);
  if (SINGLE_FIELD.has(code) && fields.remaining > 1) {
    throw new PresentationError('ARRDATANotSingleField', 'Value contains spaces');
  }
  const value = rdataType(code).parse(fields);
  fields.end();
  return value;
}

/** RFC 3597 §5: octets may be written for any type; those of a type that is known must be of its format. */
function parseGeneric(code: number, fields: FieldReader): unknown {
  const octets = unknownType(code).parse(fields);
  fields.end();
  try {
    return readRdata(code, new WireReader(octets), octets.length);
  } catch (error) {
    if (!(error instanceof WireFormatError)) throw error;
    throw new PresentationError('InvalidGenericRdata', 'Data is not of its type');
  }
}

/** Reads a value from a message. Throws `WireFormatError`. */
export function readRdata(code: number, wire: WireReader, length: number): unknown {
  const end = wire.position + length;
  if (end > wire.end) throw new WireFormatError('rdata runs past the end');
  const value = rdataType(code).read(wire, end);
  if (wire.position !== end) throw new WireFormatError('rdata and its length differ');
  return value;
}

/** Types whose words say whatever their octets can: there nothing need be tried. */
const WORDS_FOR_ALL: ReadonlySet<number> = new Set(
  [a, aaaa, cname, mx, ns, ptr, srv, spf, txt].map((type) => type.code),
);

/**
 * A value's text that stands for the same octets again. What others may say and our parsers refuse (a TLSA usage of 255, an SOA
 * refresh of a century, an empty digest) is written as octets.
 */
export function printRdata(code: number, value: unknown, notation: Notation): string {
  const words = rdataType(code).print(value);
  const text = notation === 'route53' ? toRoute53Notation(words) : words;
  if (WORDS_FOR_ALL.has(code)) return text;
  const octets = octetsOf(code, value);
  try {
    if (sameOctets(octetsOf(code, parseRdata(code, text, notation)), octets)) return text;
  } catch (error) {
    if (!(error instanceof PresentationError)) throw error;
  }
  return unknownType(code).print(octets);
}

function sameOctets(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((octet, at) => octet === right[at]);
}

/** RFC 1035 §3.2.1: RDLENGTH has 16 bits. */
const RDATA_OCTETS_MAX = 0xffff;
/** One for all calls: to make it anew costs more than to write the value. */
const scratch = new Uint8Array(RDATA_OCTETS_MAX);

/** The uncompressed wire form of a value's text. Throws `PresentationError`. */
export function rdataWire(code: number, text: string, notation: Notation, origin?: Name): Uint8Array {
  return octetsOf(code, parseRdata(code, text, notation, origin));
}

function octetsOf(code: number, value: unknown): Uint8Array {
  const writer = new WireWriter(scratch);
  // No name is compressed against another.
  writer.remembering = false;
  rdataType(code).write(value, writer);
  return writer.bytes.slice(0, writer.position);
}
