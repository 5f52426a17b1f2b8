import { createHash, verify } from 'node:crypto';
import { isDigestSignature, signDigest } from '../../src/keys/digest-signature.ts';
import { importPublicKey, newKeyPair } from '../../src/keys/private-key.ts';
import type { Random } from './random.ts';

const pair = newKeyPair(13);
const key = importPublicKey(13, pair.publicKey);

/** The signature of a digest is its message's, and of what is made of it OpenSSL, asked for the digest, and Node say the same. */
export function askOfDigest(random: Random, octets: Uint8Array): void {
  const digest = createHash('sha256').update(octets).digest();
  const signature = signDigest(pair.privateKey, digest);
  if (!verify('sha256', octets, key, signature)) throw new Error(`not for Node: ${said(octets, signature)}`);
  if (!isDigestSignature(pair.publicKey, digest, signature)) throw new Error(`not for us: ${said(octets, signature)}`);
  const hostile = spoilt(random, signature);
  if (isDigestSignature(pair.publicKey, digest, hostile) !== verify('sha256', octets, key, hostile)) {
    throw new Error(`Node and we differ: ${said(octets, hostile)}`);
  }
}

/** Mostly in the octets that hold lengths and kinds, which are read before anything else. */
function spoilt(random: Random, signature: Uint8Array): Uint8Array {
  const spoilt = Uint8Array.from([...signature, ...random.octets(random.below(8))]);
  const heads = [0, 1, 2, 3, 4, 4 + (signature[3] as number), 5 + (signature[3] as number)];
  for (let left = random.below(3); left > 0; left -= 1) {
    const at = random.oneIn(3) ? random.below(spoilt.length) : random.pick(heads);
    spoilt[at] = random.below(256);
  }
  return spoilt.subarray(0, random.oneIn(3) ? random.below(spoilt.length + 1) : signature.length);
}

function said(octets: Uint8Array, signature: Uint8Array): string {
  return `${Buffer.from(octets).toString('hex')} → ${Buffer.from(signature).toString('hex')}`;
}
