import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';

/**
 * Private keys of the two algorithms, as the 32 octets that RFC 5915 and RFC 8032 make of either; public keys as a DNSKEY holds them
 * (RFC 6605 §4, RFC 8080 §3).
 */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  /** Whoever has it overwrites it when it has been wrapped. */
  readonly privateKey: Uint8Array;
}

export const PRIVATE_KEY_OCTETS = 32;

/** DER of a PKCS #8 key up to its 32 octets (RFC 5958). Of P-256 it leaves the public key out, which follows. */
const PKCS8_HEAD: Readonly<Record<SigningAlgorithm, Uint8Array>> = {
  13: Buffer.from('3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420', 'hex'),
  15: Buffer.from('302e020100300506032b657004220420', 'hex'),
};

/** DER of a SubjectPublicKeyInfo up to the key as a DNSKEY has it (RFC 5480, RFC 8410). */
const SPKI_HEAD: Readonly<Record<SigningAlgorithm, Uint8Array>> = {
  13: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex'),
  15: Buffer.from('302a300506032b6570032100', 'hex'),
};

export function newKeyPair(algorithm: SigningAlgorithm): KeyPair {
  const { privateKey } =
    algorithm === 13 ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const { d = '' } = privateKey.export({ format: 'jwk' });
  return { publicKey: publicKeyOf(algorithm, privateKey), privateKey: Buffer.from(d, 'base64url') };
}

function publicKeyOf(algorithm: SigningAlgorithm, key: KeyObject): Uint8Array {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return spki.subarray(SPKI_HEAD[algorithm].length);
}

/** PKCS #8, in DER. Whoever has it overwrites it when it has been read. */
export function privateKeyInfo(algorithm: SigningAlgorithm, privateKey: Uint8Array): Buffer {
  return Buffer.concat([PKCS8_HEAD[algorithm], privateKey]);
}

export function importPrivateKey(algorithm: SigningAlgorithm, privateKey: Uint8Array): KeyObject {
  const der = privateKeyInfo(algorithm, privateKey);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return key;
}

/** DER, as KMS and PKCS #11 speak of public keys. */
export function publicKeyInfo(algorithm: SigningAlgorithm, publicKey: Uint8Array): Uint8Array {
  return Buffer.concat([SPKI_HEAD[algorithm], publicKey]);
}

export function importPublicKey(algorithm: SigningAlgorithm, publicKey: Uint8Array): KeyObject {
  const der = Buffer.from(publicKeyInfo(algorithm, publicKey));
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

/** The key as a DNSKEY holds it; undefined for one of another kind. */
export function publicKeyIn(algorithm: SigningAlgorithm, info: Uint8Array): Uint8Array | undefined {
  const head = SPKI_HEAD[algorithm];
  const key = info.subarray(head.length);
  return Buffer.compare(info.subarray(0, head.length), head) === 0 && key.length === PUBLIC_KEY_OCTETS[algorithm]
    ? key
    : undefined;
}

export const PUBLIC_KEY_OCTETS: Readonly<Record<SigningAlgorithm, number>> = { 13: 64, 15: 32 };

/** As an RRSIG holds it: r and s (RFC 6605 §4), or what Ed25519 makes. 64 octets. */
export function signWith(algorithm: SigningAlgorithm, key: KeyObject, octets: Uint8Array): Uint8Array {
  const signature = signAsKms(algorithm, key, octets);
  // Node's own conversion, `dsaEncoding`, takes as long as the signature.
  return algorithm === 13 ? rAndS(signature) : signature;
}

/** As KMS gives it: of ECDSA in DER. */
export function signAsKms(algorithm: SigningAlgorithm, key: KeyObject, octets: Uint8Array): Uint8Array {
  return sign(algorithm === 13 ? 'sha256' : null, octets, key);
}

const NUMBER_OCTETS = 32;

/** The two numbers of an ECDSA signature from their DER (RFC 3279 §2.2.3), which is under 128 octets for P-256: lengths are single octets. */
export function rAndS(der: Uint8Array): Uint8Array {
  const signature = new Uint8Array(2 * NUMBER_OCTETS);
  let at = 2;
  for (const end of [NUMBER_OCTETS, 2 * NUMBER_OCTETS]) {
    const length = der[at + 1] as number;
    at += 2 + length;
    // From the last octet on: a number may be shorter than its place, and have a zero in front of it.
    for (let back = 1; back <= Math.min(length, NUMBER_OCTETS); back += 1) {
      signature[end - back] = der[at - back] as number;
    }
  }
  return signature;
}

/** `signature` as KMS has it. What is no signature at all is none of this key either. */
export function isKmsSignature(
  algorithm: SigningAlgorithm,
  publicKey: Uint8Array,
  octets: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = importPublicKey(algorithm, publicKey);
  return verify(algorithm === 13 ? 'sha256' : null, octets, key, signature);
}

/** `signature` as an RRSIG has it. */
export function isSignature(
  algorithm: SigningAlgorithm,
  publicKey: Uint8Array,
  octets: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = importPublicKey(algorithm, publicKey);
  return algorithm === 13
    ? verify('sha256', octets, { key, dsaEncoding: 'ieee-p1363' }, signature)
    : verify(null, octets, key, signature);
}
