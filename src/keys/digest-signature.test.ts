import { createHash, sign, verify } from 'node:crypto';
import koffi from 'koffi';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { isDigestSignature, signDigest, signsDigests } from './digest-signature.ts';
import { importPrivateKey, importPublicKey, newKeyPair } from './private-key.ts';

const sha256 = (message: string): Uint8Array => createHash('sha256').update(message).digest();
const { publicKey, privateKey } = newKeyPair(13);

test('digests are signed here', () => {
  expect(signsDigests()).toBe(true);
});

test('the signature of a digest is its message’s, of whatever length its numbers are', () => {
  const key = importPublicKey(13, publicKey);
  const stranger = newKeyPair(13).publicKey;
  const lengths = new Set<number>();
  for (let count = 0; count < 300 || lengths.size < 4; count += 1) {
    const message = `message ${count}`;
    const signature = signDigest(privateKey, sha256(message));
    lengths.add(signature.length);
    expect(verify('sha256', Buffer.from(message), key, signature)).toBe(true);
    expect(isDigestSignature(publicKey, sha256(message), signature)).toBe(true);
    expect(isDigestSignature(publicKey, sha256(`${message}.`), signature)).toBe(false);
    expect(isDigestSignature(stranger, sha256(message), signature)).toBe(false);
  }
  expect(noted()).toBe(0);
});

test('the signature of a message is its digest’s', () => {
  const signature = sign('sha256', Buffer.from('a message'), importPrivateKey(13, privateKey));
  expect(isDigestSignature(publicKey, sha256('a message'), signature)).toBe(true);
});

test('a signature is not changed by the next', () => {
  const first = signDigest(privateKey, sha256('a'));
  const kept = first.slice();
  signDigest(privateKey, sha256('b'));
  expect(first).toEqual(kept);
});

describe('of RFC 6979 A.2.5, “sample” with SHA-256', () => {
  const key = Buffer.from(
    '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
    'hex',
  );
  const R = 'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716';
  const S = 'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8';
  const ORDER = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';

  test.each([
    ['as it is', `3046022100${R}022100${S}`, true],
    ['nothing', '', false],
    ['no head', R, false],
    ['cut short', `3046022100${R}022100${S.slice(2)}`, false],
    ['an octet behind', `3046022100${R}022100${S}00`, false],
    ['an octet within', `3047022100${R}022100${S}00`, false],
    ['a length in two octets', `308146022100${R}022100${S}`, false],
    ['a length of what is not there', `307f022100${R}022100${S}`, false],
    ['an endless length', `30ffffffff022100${R}022100${S}`, false],
    ['a negative number', `30440220${R}0220${S}`, false],
    ['zeroes in front', `304802220000${R}02220000${S}`, false],
    ['r of nothing', `3026020100022100${S}`, false],
    ['s of nothing', `3026022100${R}020100`, false],
    ['s of the order', `3046022100${R}022100${ORDER}`, false],
    ['r and s for each other', `3046022100${S}022100${R}`, false],
    ['as an RRSIG has it', `${R}${S}`, false],
    ['the most that KMS takes', `3046022100${R}022100${S}${'00'.repeat(6144 - 72)}`, false],
  ])('%s', (_, hex, expected) => {
    expect(isDigestSignature(key, sha256('sample'), Buffer.from(hex, 'hex'))).toBe(expected);
    expect(noted()).toBe(0);
  });
});

describe.each([0, 1, 31, 33, 64, 4096])('%d octets are no digest', (octets) => {
  const digest = new Uint8Array(octets);
  const message = `a digest has 32 octets, and not ${octets}`;

  test('to sign', () => {
    expect(() => signDigest(privateKey, digest)).toThrow(new RangeError(message));
  });

  test('to verify', () => {
    const signature = signDigest(privateKey, sha256('a'));
    expect(() => isDigestSignature(publicKey, digest, signature)).toThrow(new RangeError(message));
  });
});

describe('what is no key is refused, and OpenSSL’s error does not stay', () => {
  test('private: 31 octets', () => {
    expect(() => signDigest(new Uint8Array(31).fill(1), sha256('a'))).toThrow('d2i_AutoPrivateKey failed');
    expect(noted()).toBe(0);
  });

  test.each([
    ['a point that is not on the curve', new Uint8Array(64).fill(1)],
    ['63 octets', publicKey.subarray(0, 63)],
    ['65 octets', Uint8Array.of(...publicKey, 0)],
  ])('public: %s', (_, key) => {
    const signature = signDigest(privateKey, sha256('a'));
    expect(() => isDigestSignature(key, sha256('a'), signature)).toThrow('d2i_PUBKEY failed');
    expect(noted()).toBe(0);
  });
});

test('a key is not changed by what it signs', () => {
  const before = privateKey.slice();
  signDigest(privateKey, sha256('a'));
  expect(privateKey).toEqual(before);
});

test('where OpenSSL is another than Node says, no digest is signed', async () => {
  const { versions } = process;
  onTestFinished(() => void Object.defineProperty(process, 'versions', { value: versions }));
  Object.defineProperty(process, 'versions', { value: { ...versions, openssl: '1.1.1' } });
  vi.resetModules();
  const elsewhere = await import('./digest-signature.ts');
  expect(elsewhere.signsDigests()).toBe(false);
  expect(() => elsewhere.signDigest(privateKey, sha256('a'))).toThrow('OpenSSL cannot be called');
  expect(() => elsewhere.isDigestSignature(publicKey, sha256('a'), new Uint8Array(70))).toThrow(
    'OpenSSL cannot be called',
  );
});

/** What OpenSSL has left of an error for whoever asks next; 0 for nothing. */
const noted = koffi.load(null).func('unsigned long ERR_peek_error()') as () => number;
