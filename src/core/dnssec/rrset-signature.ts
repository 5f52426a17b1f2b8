import { labelCount, lowerName, type Name } from '../dns/name.ts';
import { rdataWire } from '../dns/rdata-types.ts';
import { writeRrsigFields, type Rrsig } from '../dns/rdata/rrsig.ts';
import { CLASS } from '../dns/record-type.ts';
import { WireWriter } from '../dns/wire-writer.ts';
import { canonicalOrder } from './canonical.ts';

/** Records of one name and type, with their data in uncompressed wire form. Every record of a zone is of class IN. */
export interface Rrset {
  readonly name: Name;
  readonly type: number;
  readonly ttlSeconds: number;
  readonly rdata: readonly Uint8Array[];
}

/** All of an RRSIG that is known before its signature is made. */
export type RrsigFields = Omit<Rrsig, 'signature'>;

/** Who signs, and from when until when that counts; seconds since the epoch. */
export interface SigningTerms {
  /** The apex of the zone. */
  readonly signer: Name;
  readonly algorithm: number;
  readonly keyTag: number;
  readonly inception: number;
  readonly expiration: number;
}

/** An RRset whose data is as zone data has it. Throws `PresentationError`. */
export function rrsetOfValues(name: Name, type: number, ttlSeconds: number, values: readonly string[]): Rrset {
  return { name, type, ttlSeconds, rdata: values.map((value) => rdataWire(type, value, 'route53')) };
}

/** The labels are the name's (RFC 4034 §3.1.3, without an asterisk in front): what a wildcard answers is signed as a name of its own. */
export function rrsigFields({ name, type, ttlSeconds }: Rrset, terms: SigningTerms): RrsigFields {
  const asterisk = name[0] === 1 && name[1] === ASTERISK ? 1 : 0;
  return {
    typeCovered: type,
    labels: labelCount(name) - asterisk,
    originalTtlSeconds: ttlSeconds,
    signer: lowerName(terms.signer),
    algorithm: terms.algorithm,
    keyTag: terms.keyTag,
    inception: terms.inception,
    expiration: terms.expiration,
  };
}

const ASTERISK = 0x2a;
/** What a message can hold of one RRset, and some: names are compressed there. */
const OCTETS_MAX = 2 ** 18;
/** One for all calls: octets that are made once are hashed at once. */
const scratch = new Uint8Array(OCTETS_MAX);

/**
 * What is signed (RFC 4034 §3.1.8.1): the fields of the RRSIG, then each record in canonical form and order, under the name as it was
 * answered. Valid until the next call. Throws `WireOverflow` for an RRset that no message holds.
 */
export function octetsToSign(fields: RrsigFields, { name, type, rdata }: Rrset): Uint8Array {
  const out = new WireWriter(scratch);
  out.remembering = false;
  writeRrsigFields(fields, out);
  const owner = lowerName(name);
  for (const each of canonicalOrder(type, rdata)) {
    out.octets(owner);
    out.u16(type);
    out.u16(CLASS.IN);
    out.u32(fields.originalTtlSeconds);
    out.u16(each.length);
    out.octets(each);
  }
  return scratch.subarray(0, out.position);
}

/** Makes of such octets what another key of the same algorithm would sign. */
export function writeKeyTag(octets: Uint8Array, keyTag: number): void {
  octets[KEY_TAG_AT] = keyTag >> 8;
  octets[KEY_TAG_AT + 1] = keyTag & 0xff;
}

/** RFC 4034 §3.1: behind the type, algorithm, labels, TTL, expiration and inception. */
const KEY_TAG_AT = 16;
