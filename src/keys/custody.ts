import { createHash, randomUUID } from 'node:crypto';
import { KMS_SPECS } from '../core/control/kms/kms-key.ts';
import type { KmsKey } from '../core/control/tables.ts';
import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';
import { signDigest, signsDigests } from './digest-signature.ts';
import { importPrivateKey, newKeyPair, signAsKms } from './private-key.ts';
import { fingerprintOf, Wrapping, wrappingKeyOf, type Purpose } from './wrapping.ts';
import { newZoneKey, type NewZoneKey } from './zone-keys.ts';

export interface NewKmsKey {
  readonly id: string;
  /** As a DNSKEY holds it. Base64. */
  readonly publicKey: string;
  readonly wrapped: string;
}

export interface CustodyOptions {
  readonly masterSecret: Uint8Array;
  /** Has the data remember whose it is; called before the first key is wrapped. Rejects when it is another's already. */
  readonly adopt: (fingerprint: string) => Promise<void>;
}

type WrappedKmsKey = Pick<KmsKey, 'id' | 'spec' | 'wrapped'>;

/** The member's private keys: makes and wraps them. */
export class Custody {
  readonly #options: CustodyOptions;
  readonly #wrappings = new Map<Purpose, Wrapping>();
  #adopted: Promise<void> | undefined;

  constructor(options: CustodyOptions) {
    this.#options = options;
  }

  async newZoneKey(algorithm: SigningAlgorithm): Promise<NewZoneKey> {
    await this.#adoption();
    return newZoneKey(this.#wrapping('zone-signing-key'), algorithm);
  }

  /** A key of the embedded key service, by its id. */
  async newKmsKey(algorithm: SigningAlgorithm): Promise<NewKmsKey> {
    await this.#adoption();
    const id = randomUUID();
    const { publicKey, privateKey } = newKeyPair(algorithm);
    const wrapped = this.#wrapping('kms-key').wrap(id, privateKey);
    privateKey.fill(0);
    return { id, publicKey: Buffer.from(publicKey).toString('base64'), wrapped };
  }

  /** As KMS gives a signature. Undefined when the key is wrapped with another master secret. */
  signWithKmsKey(key: WrappedKmsKey, octets: Uint8Array): Uint8Array | undefined {
    const { algorithm } = KMS_SPECS[key.spec];
    // Node would leave the key in memory until it collects it.
    if (algorithm === 13 && signsDigests()) {
      return this.signDigestWithKmsKey(key, createHash('sha256').update(octets).digest());
    }
    return this.#inClear(key, (privateKey) => signAsKms(algorithm, importPrivateKey(algorithm, privateKey), octets));
  }

  /** The same of octets whose SHA-256 is `digest`. Throws for a key that is not of P-256, and where `signsDigests` says no. */
  signDigestWithKmsKey(key: WrappedKmsKey, digest: Uint8Array): Uint8Array | undefined {
    if (KMS_SPECS[key.spec].algorithm !== 13) throw new TypeError(`${key.spec} signs no digests`);
    return this.#inClear(key, (privateKey) => signDigest(privateKey, digest));
  }

  /** The private key is in clear only meanwhile. */
  #inClear(key: WrappedKmsKey, sign: (privateKey: Uint8Array) => Uint8Array): Uint8Array | undefined {
    const privateKey = this.#wrapping('kms-key').unwrap(key.id, key.wrapped);
    if (privateKey === undefined) return undefined;
    try {
      return sign(privateKey);
    } finally {
      privateKey.fill(0);
    }
  }

  #wrapping(purpose: Purpose): Wrapping {
    let wrapping = this.#wrappings.get(purpose);
    if (wrapping === undefined) {
      wrapping = new Wrapping(wrappingKeyOf(this.#options.masterSecret, purpose));
      this.#wrappings.set(purpose, wrapping);
    }
    return wrapping;
  }

  #adoption(): Promise<void> {
    this.#adopted ??= this.#options.adopt(fingerprintOf(this.#options.masterSecret)).catch((error: unknown) => {
      this.#adopted = undefined;
      throw error;
    });
    return this.#adopted;
  }
}
