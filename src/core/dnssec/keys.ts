import { printBase64 } from '../dns/field-reader.ts';
import { lowerName, type Name } from '../dns/name.ts';
import { dnskey, type Dnskey } from '../dns/rdata/dnskey.ts';
import { ds } from '../dns/rdata/ds.ts';
import { WireWriter } from '../dns/wire-writer.ts';

/** RFC 4034 §2.1.1: a key of the zone; with the last bit it is a secure entry point, which the parent's DS tells of. */
export const KEY_FLAGS = { ZONE_SIGNING: 256, KEY_SIGNING: 257 } as const;
/** RFC 4034 §2.1.2. */
const PROTOCOL = 3;
/** SHA-256 (RFC 4509). */
export const DIGEST_SHA256 = 2;

/** RFC 8078 §4: what a CDS and a CDNSKEY say to have the DS taken away. */
export const DELETE_CDS = '0 0 0 00';
export const DELETE_CDNSKEY = '0 3 0 AA==';

/** `publicKey` as RFC 6605 §4 (x, then y) and RFC 8080 §3 have it. CDNSKEY is the same (RFC 7344 §3.2). */
export function dnskeyOf(flags: number, algorithm: number, publicKey: Uint8Array): Dnskey {
  return { flags, protocol: PROTOCOL, algorithm, publicKey };
}

export function dnskeyRdata(key: Dnskey): Uint8Array {
  const out = new WireWriter(new Uint8Array(DNSKEY_NUMBERS_OCTETS + key.publicKey.length));
  dnskey.write(key, out);
  return out.bytes;
}

const DNSKEY_NUMBERS_OCTETS = 4;

/** `257 3 13 oJB1W6WNGv+ldvQ3WDG0…` */
export function dnskeyText(key: Dnskey): string {
  return `${key.flags} ${key.protocol} ${key.algorithm} ${printBase64(key.publicKey)}`;
}

/** RFC 4034 appendix B. */
export function keyTag(key: Dnskey): number {
  const rdata = dnskeyRdata(key);
  let sum = 0;
  for (let at = 0; at < rdata.length; at += 1)
    sum += (at & 1) === 0 ? (rdata[at] as number) << 8 : (rdata[at] as number);
  return (sum + (sum >>> 16)) & 0xffff;
}

/** What a DS record's digest is over (RFC 4034 §5.1.4). */
export function octetsToDigest(zone: Name, key: Dnskey): Uint8Array {
  const rdata = dnskeyRdata(key);
  const octets = new Uint8Array(zone.length + rdata.length);
  octets.set(lowerName(zone));
  octets.set(rdata, zone.length);
  return octets;
}

/** `60485 13 2 D4B7D520…`, for a DS and for a CDS (RFC 7344 §3.1). */
export function dsText(key: Dnskey, digestType: number, digest: Uint8Array): string {
  return ds.print({ keyTag: keyTag(key), algorithm: key.algorithm, digestType, digest });
}
