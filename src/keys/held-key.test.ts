import { sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { holdInLibcrypto, holdInNode, holdKey, type HeldKey } from './held-key.ts';
import { importPrivateKey, isSignature, newKeyPair } from './private-key.ts';

const { publicKey, privateKey } = newKeyPair(13);

function inLibcrypto(): HeldKey {
  const key = holdInLibcrypto(privateKey);
  if (key === undefined) throw new Error('the OpenSSL of this Node cannot be called');
  return key;
}

describe.each([
  ['OpenSSL called directly', inLibcrypto],
  ['Node', () => holdInNode(13, privateKey)],
])('by %s', (_, hold) => {
  // Around the blocks of SHA-256, within a larger array, and more than a page.
  test.each([1, 55, 56, 63, 64, 65, 119, 120, 4096, 70_000])('%d octets have a good signature', (octets) => {
    const all = Uint8Array.from({ length: octets + 7 }, (_each, at) => at);
    const signed = all.subarray(7);
    const signature = hold().sign(signed);
    expect(signature).toHaveLength(64);
    expect(isSignature(13, publicKey, signed, signature)).toBe(true);
    expect(isSignature(13, publicKey, all.subarray(0, octets), signature)).toBe(false);
  });
});

test('a signature is not changed by the next', () => {
  const [key, octets] = [inLibcrypto(), Uint8Array.of(1, 2, 3)];
  const first = key.sign(octets);
  const kept = first.slice();
  key.sign(Uint8Array.of(4, 5, 6));
  expect(first).toEqual(kept);
});

test('two keys at once sign each for itself, until each is released', () => {
  const other = newKeyPair(13);
  const [left, right] = [inLibcrypto(), holdKey(13, other.privateKey)];
  const octets = Uint8Array.of(1, 2, 3);
  left.sign(octets);
  expect(isSignature(13, other.publicKey, octets, right.sign(octets))).toBe(true);
  left.release();
  expect(isSignature(13, other.publicKey, octets, right.sign(octets))).toBe(true);
  expect(() => left.sign(octets)).toThrow('EVP_PKEY_sign failed');
});

test('what OpenSSL has refused is no error of what Node does next', () => {
  const key = inLibcrypto();
  key.release();
  expect(() => key.sign(Uint8Array.of(1))).toThrow('EVP_PKEY_sign failed');
  expect(() => holdInLibcrypto(Uint8Array.of(1, 2, 3))).toThrow('d2i_AutoPrivateKey failed');
  expect(sign('sha256', Uint8Array.of(1), importPrivateKey(13, privateKey)).length).toBeGreaterThan(60);
});

test('what a key was made of may be overwritten', () => {
  const pair = newKeyPair(13);
  const key = holdKey(13, pair.privateKey);
  pair.privateKey.fill(0);
  const octets = Uint8Array.of(7);
  expect(isSignature(13, pair.publicKey, octets, key.sign(octets))).toBe(true);
});
