import { createHash, sign, verify } from 'node:crypto';
import { isP256Signature, P256Key } from './libcrypto.ts';
import { importPrivateKey, importPublicKey, newKeyPair, privateKeyInfo, publicKeyInfo } from './private-key.ts';

/*
 * ECDSA with P-256 and SHA-256, of a digest that somebody else made. Only OpenSSL itself does that: `node:crypto` hashes whatever it is
 * given (docs/decisions/0023-custody-of-keys.md).
 */

/** Whether OpenSSL can be called, and Node agrees with what comes of it. Found out when a thread asks first. */
export function signsDigests(): boolean {
  trusted ??= agreesWithNode();
  return trusted;
}

let trusted: boolean | undefined;

/** In DER (RFC 3279 §2.2.3). The caller overwrites the private key. Throws where `signsDigests` says no. */
export function signDigest(privateKey: Uint8Array, digest: Uint8Array): Uint8Array {
  const key = opened(privateKey) ?? unavailable();
  try {
    const room = key.signDigest(digest);
    return room.slice(0, 2 + (room[1] as number));
  } finally {
    key.release();
  }
}

function opened(privateKey: Uint8Array): P256Key | undefined {
  const der = privateKeyInfo(13, privateKey);
  try {
    return P256Key.open(der);
  } finally {
    der.fill(0);
  }
}

/** `publicKey` as a DNSKEY holds it. What is no signature at all is none of this key either. Throws where `signsDigests` says no. */
export function isDigestSignature(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  return isP256Signature(publicKeyInfo(13, publicKey), digest, signature) ?? unavailable();
}

function unavailable(): never {
  throw new Error('OpenSSL cannot be called');
}

/** By a key that is for nothing else: each takes the other's signature, and OpenSSL not that of another digest. */
function agreesWithNode(): boolean {
  const { publicKey, privateKey } = newKeyPair(13);
  const octets = Uint8Array.from({ length: 200 }, (_, at) => at);
  const [digest, another] = [octets, octets.subarray(1)].map((each) => createHash('sha256').update(each).digest());
  const nodes = sign('sha256', octets, importPrivateKey(13, privateKey));
  const info = publicKeyInfo(13, publicKey);
  return (
    isP256Signature(info, digest as Uint8Array, nodes) === true &&
    isP256Signature(info, another as Uint8Array, nodes) === false &&
    verify('sha256', octets, importPublicKey(13, publicKey), signDigest(privateKey, digest as Uint8Array))
  );
}
