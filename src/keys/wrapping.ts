import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** What a wrapped key is for. Each purpose has a wrapping key of its own, so that who may unwrap one kind cannot unwrap another. */
export type Purpose = 'zone-signing-key' | 'kms-key';

const KEY_OCTETS = 32;
const CIPHER = 'aes-256-gcm';
/** NIST SP 800-38D §8.2: drawn for each key anew, which is safe for 2³² keys of a purpose. */
const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;
/** The first octet of what is wrapped. */
const FORM = 1;

/** Derived from the master secret (HKDF, RFC 5869), which does not follow from it. Plain octets: it crosses to threads. */
export function wrappingKeyOf(masterSecret: Uint8Array, purpose: Purpose): Uint8Array {
  return derived(masterSecret, `waypost 1 wrapping ${purpose}`, KEY_OCTETS);
}

/** Tells one master secret from another, and nothing else about it. 32 hexadecimal digits. */
export function fingerprintOf(masterSecret: Uint8Array): string {
  return Buffer.from(derived(masterSecret, 'waypost 1 fingerprint', 16)).toString('hex');
}

function derived(masterSecret: Uint8Array, about: string, octets: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterSecret, '', about, octets));
}

/**
 * Keys as they rest: AES-256-GCM with the key's id as additional data, so that a wrapped key is of no use under another's name.
 * Base64 of form, nonce, ciphertext, tag.
 */
export class Wrapping {
  readonly #key: Uint8Array;

  constructor(wrappingKey: Uint8Array) {
    this.#key = wrappingKey;
  }

  wrap(id: string, key: Uint8Array): string {
    const nonce = randomBytes(NONCE_OCTETS);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(id));
    const parts = [Uint8Array.of(FORM), nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(parts).toString('base64');
  }

  /** Undefined for what was not wrapped with this key under this id. */
  unwrap(id: string, wrapped: string): Uint8Array | undefined {
    const octets = Buffer.from(wrapped, 'base64');
    const end = octets.length - TAG_OCTETS;
    if (octets[0] !== FORM || end < 1 + NONCE_OCTETS) return undefined;
    const nonce = octets.subarray(1, 1 + NONCE_OCTETS);
    const decipher = createDecipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_OCTETS });
    decipher.setAAD(Buffer.from(id)).setAuthTag(octets.subarray(end));
    const key = decipher.update(octets.subarray(1 + NONCE_OCTETS, end));
    try {
      decipher.final();
      return key;
    } catch {
      return undefined;
    }
  }
}
