import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';
import { rAndS, publicKeyInfo } from './private-key.ts';
import { Wrapping, wrappingKeyOf } from './wrapping.ts';
import { newZoneKey } from './zone-keys.ts';
import { createZoneSigner } from './zone-signer.ts';

const WRAPPING_KEY = wrappingKeyOf(new Uint8Array(32).fill(1), 'zone-signing-key');
const wrapping = new Wrapping(WRAPPING_KEY);
/** By Node's own reading of r and s. */
function isSignature(algorithm: SigningAlgorithm, publicKey: Uint8Array, signed: Uint8Array, signature: Uint8Array) {
  const info = Buffer.from(publicKeyInfo(algorithm, publicKey));
  const key = createPublicKey({ key: info, format: 'der', type: 'spki' });
  return verify(algorithm === 13 ? 'sha256' : null, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

const octets = Buffer.from('an RRset in canonical form');

describe.each<[SigningAlgorithm, number]>([
  [13, 64],
  [15, 32],
])('algorithm %d', (algorithm, publicOctets) => {
  const key = newZoneKey(wrapping, algorithm);
  const publicKey = Buffer.from(key.publicKey, 'base64');

  test('a key has what its DNSKEY needs', () => {
    expect(key).toMatchObject({ algorithm, tag: expect.any(Number) as number });
    expect(publicKey).toHaveLength(publicOctets);
  });

  test('a signature has 64 octets and is good', () => {
    const signature = createZoneSigner(WRAPPING_KEY).sign(key, octets) ?? new Uint8Array();
    expect(signature).toHaveLength(64);
    expect(isSignature(algorithm, publicKey, octets, signature)).toBe(true);
    expect(isSignature(algorithm, publicKey, Buffer.from('another'), signature)).toBe(false);
  });

  test.each([
    ['another tag', WRAPPING_KEY, { ...key, tag: key.tag ^ 1 }],
    ['the other algorithm', WRAPPING_KEY, { ...key, algorithm: algorithm === 13 ? (15 as const) : (13 as const) }],
    ['another master secret', wrappingKeyOf(new Uint8Array(32).fill(2), 'zone-signing-key'), key],
    ['the wrapping key of another purpose', wrappingKeyOf(new Uint8Array(32).fill(1), 'kms-key'), key],
  ])('with %s it signs nothing', (_, by, signing) => {
    expect(createZoneSigner(by).sign(signing, octets)).toBeUndefined();
  });
});

test('more keys than are kept unwrapped sign all the same', () => {
  const signer = createZoneSigner(WRAPPING_KEY, 4);
  const keys = Array.from({ length: 10 }, () => newZoneKey(wrapping, 13));
  for (const key of [...keys, ...keys.toReversed(), ...keys]) {
    const signature = signer.sign(key, octets) ?? new Uint8Array();
    expect(isSignature(13, Buffer.from(key.publicKey, 'base64'), octets, signature)).toBe(true);
  }
});

test('numbers of an ECDSA signature that are short in DER have their places', () => {
  const der = Buffer.from(`3026021f${'01'.repeat(31)}02020080`, 'hex');
  expect(Buffer.from(rAndS(der)).toString('hex')).toBe(`00${'01'.repeat(31)}${'00'.repeat(31)}80`);
});
