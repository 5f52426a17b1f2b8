import { createPublicKey, verify } from 'node:crypto';
import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';
import { P256Key } from './libcrypto.ts';
import { importPrivateKey, privateKeyInfo, rAndS, signWith } from './private-key.ts';

/** A private key in the clear. */
export interface HeldKey {
  /** As an RRSIG holds it, 64 octets. */
  sign(octets: Uint8Array): Uint8Array;
  /** Overwrites it, or leaves that to the collector where memory is Node's. Afterwards it must not be asked to sign. */
  release(): void;
}

/** Holds a private key of 32 octets, which the caller overwrites, so that it signs as fast as it can here. */
export function holdKey(algorithm: SigningAlgorithm, privateKey: Uint8Array): HeldKey {
  return (algorithm === 13 ? holdInLibcrypto(privateKey) : undefined) ?? holdInNode(algorithm, privateKey);
}

export function holdInNode(algorithm: SigningAlgorithm, privateKey: Uint8Array): HeldKey {
  const key = importPrivateKey(algorithm, privateKey);
  return { sign: (octets) => signWith(algorithm, key, octets), release: () => {} };
}

/** Undefined where OpenSSL cannot be called, or what it signs there is not what Node takes for a signature. */
export function holdInLibcrypto(privateKey: Uint8Array): HeldKey | undefined {
  if (trusted === false) return undefined;
  const der = privateKeyInfo(13, privateKey);
  const key = P256Key.open(der);
  der.fill(0);
  if (key === undefined) return undefined;
  trusted ??= signsRightly(key, privateKey);
  if (trusted) return { sign: (octets) => rAndS(key.sign(octets)), release: () => key.release() };
  key.release();
  return undefined;
}

/** Found out with the first key of a thread. */
let trusted: boolean | undefined;

function signsRightly(key: P256Key, privateKey: Uint8Array): boolean {
  const octets = Uint8Array.from({ length: 200 }, (_, at) => at);
  const room = key.sign(octets);
  const signature = room.subarray(0, 2 + (room[1] as number));
  return verify('sha256', octets, createPublicKey(importPrivateKey(13, privateKey)), signature);
}
