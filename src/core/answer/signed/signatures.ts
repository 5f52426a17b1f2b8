import { namesEqual, type Name } from '../../dns/name.ts';
import { parseRdata } from '../../dns/rdata-types.ts';
import { nsec } from '../../dns/rdata/nsec.ts';
import { rrsig, type Rrsig } from '../../dns/rdata/rrsig.ts';
import { CLASS, TYPE } from '../../dns/record-type.ts';
import { WireReader } from '../../dns/wire-reader.ts';
import type { WireWriter } from '../../dns/wire-writer.ts';
import { compactNsec } from '../../dnssec/compact-denial.ts';
import { periodAt, signedPeriodAt, validityOf } from '../../dnssec/periods.ts';
import { octetsToSign, rrsigFields, writeKeyTag, type Rrset, type RrsigFields } from '../../dnssec/rrset-signature.ts';
import type { ZoneSigner } from '../../dnssec/zone-signing.ts';
import { PlanKey } from '../plan-key.ts';
import { QNAME_POINTER } from '../plan.ts';
import { readRrset, type ReadRrset } from './read-rrset.ts';
import type { SignatureCache } from './signature-cache.ts';
import { signedAheadOf, type SignedZone } from './zone-signings.ts';

/** Thrown when a zone's key is not to be had; caught by who wanted the answer signed. */
export class CannotSign extends Error {
  constructor() {
    super('the key of the zone is not to be had');
    this.name = 'CannotSign';
  }
}

/** Writes the signatures of one answer behind the RRsets that they are for. Throws `CannotSign`, and `WireOverflow` as its writer does. */
export class Signatures {
  readonly #signer: ZoneSigner;
  readonly #cache: SignatureCache;
  readonly #zone: SignedZone;
  readonly #nowSeconds: number;
  /** The name that was asked for is one of infinitely many: its own signatures are kept nowhere but in its plan. */
  readonly #once: boolean;
  /** Signatures that had to be made. */
  made = 0;

  constructor(signer: ZoneSigner, cache: SignatureCache, zone: SignedZone, nowSeconds: number, once: boolean) {
    this.#signer = signer;
    this.#cache = cache;
    this.#zone = zone;
    this.#nowSeconds = nowSeconds;
    this.#once = once;
  }

  /** Signs every RRset between `from` and what was written last; how many records that takes. */
  cover(out: WireWriter, from: number): number {
    const end = out.position;
    let written = 0;
    for (let at = from; at < end;) {
      const rrset = readRrset(out.bytes, at, end);
      written += this.#writeSignatures(out, rrset);
      at = rrset.end;
    }
    return written;
  }

  /** Writes that these are all the types that a name has. */
  deny(out: WireWriter, name: Name, isQname: boolean, types: readonly number[], ttlSeconds: number): number {
    const from = out.position;
    if (isQname) out.u16(QNAME_POINTER);
    else out.name(name, true);
    writeRdata(out, TYPE.NSEC, ttlSeconds, () => nsec.write(compactNsec(name, types), out));
    return 1 + this.cover(out, from);
  }

  #writeSignatures(out: WireWriter, rrset: ReadRrset): number {
    const ahead = this.#aheadOf(rrset);
    const signatures = ahead ?? [this.#signatureOf(rrset)];
    for (const each of signatures)
      writeRecord(out, rrset.from, TYPE.RRSIG, rrset.ttlSeconds, () => rrsig.write(each, out));
    return signatures.length;
  }

  /** Signatures of the apex that key-signing keys made. */
  #aheadOf({ name, type }: Rrset): Rrsig[] | undefined {
    const { aheadTypes, apex } = this.#zone;
    const ahead = aheadTypes.includes(type) && namesEqual(name, apex) ? signedAheadOf(this.#zone, type) : undefined;
    const texts = ahead && signedPeriodAt(ahead, this.#nowSeconds)?.signatures;
    return texts?.map((text) => parseRdata(TYPE.RRSIG, text, 'zone-file') as Rrsig);
  }

  #signatureOf(rrset: ReadRrset): Rrsig {
    const { signing, apex } = this.#zone;
    const { tag: keyTag, algorithm } = signing.signer;
    key.read(rrset.name, 0, rrset.name.length, rrset.type);
    const period = periodAt(this.#nowSeconds, key.hash);
    const fields = rrsigFields(rrset, { signer: apex, algorithm, keyTag, ...validityOf(period, key.hash) });
    const octets = octetsToSign(fields, rrset);
    const once = this.#once && rrset.ofQname;
    if (once) return { ...fields, signature: this.#sign(octets) };
    const known = this.#cache.find(key, octets);
    if (known !== undefined) return { ...fields, signature: known };
    const former = this.#formerSignature(rrset, fields, octets);
    if (former !== undefined) return former;
    const signature = this.#sign(octets);
    this.#cache.keep(key, signature);
    return { ...fields, signature };
  }

  /** By the key that signed before, if it did so in this period: so that a new key need not sign all that is asked for at once. */
  #formerSignature({ name, type }: Rrset, fields: RrsigFields, octets: Uint8Array): Rrsig | undefined {
    const { formerTag } = this.#zone.signing;
    if (formerTag === undefined) return undefined;
    formerKey.read(name, 0, name.length, type);
    writeKeyTag(octets, formerTag);
    const signature = this.#cache.find(formerKey, octets);
    writeKeyTag(octets, fields.keyTag);
    return signature && { ...fields, keyTag: formerTag, signature };
  }

  #sign(octets: Uint8Array): Uint8Array {
    const signature = this.#signer.sign(this.#zone.signing.signer, octets);
    if (signature === undefined) throw new CannotSign();
    this.made += 1;
    return signature;
  }
}

/** One for all: it is read anew for each signature. */
const key = new PlanKey();
const formerKey = new PlanKey();

/** A record whose owner is that of the record at `owner`. */
function writeRecord(out: WireWriter, owner: number, type: number, ttlSeconds: number, rdata: () => void): void {
  const first = out.bytes[owner] as number;
  if (first >= POINTER) out.u16((first << 8) | (out.bytes[owner + 1] as number));
  else if (first === 0) out.u8(0);
  else if (owner <= POINTER_TARGET_MAX) out.u16((POINTER << 8) | owner);
  else out.name(new WireReader(out.bytes, owner).name(), false);
  writeRdata(out, type, ttlSeconds, rdata);
}

function writeRdata(out: WireWriter, type: number, ttlSeconds: number, rdata: () => void): void {
  out.u16(type);
  out.u16(CLASS.IN);
  out.u32(ttlSeconds);
  const lengthAt = out.position;
  out.u16(0);
  rdata();
  out.patch16(lengthAt, out.position - lengthAt - 2);
}

/** The first octet of a pointer, and how far pointers reach (RFC 1035 §4.1.4). */
const POINTER = 0xc0;
const POINTER_TARGET_MAX = 0x3fff;
