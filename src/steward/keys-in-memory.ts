import { randomBytes, type KeyObject } from 'node:crypto';
import type { ZoneKey } from '../core/dnssec/zone-keys.ts';
import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';
import type { KeyFailure, KeyService } from '../keys/key-service.ts';
import { importPrivateKey, newKeyPair, signWith } from '../keys/private-key.ts';
import { Wrapping } from '../keys/wrapping.ts';
import { newZoneKey } from '../keys/zone-keys.ts';

interface Key {
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

/** For tests: a key service of which each key can be switched off. Keys are there once they are asked for by an ARN. */
export class KeysInMemory implements KeyService {
  readonly off = new Map<string, KeyFailure>();
  readonly #keys = new Map<string, Key>();
  readonly #wrapping = new Wrapping(randomBytes(32));
  readonly #algorithm: SigningAlgorithm;
  signatures = 0;

  constructor(algorithm: SigningAlgorithm = 13) {
    this.#algorithm = algorithm;
  }

  async describe(arn: string) {
    return {
      arn,
      spec: this.#algorithm === 13 ? 'ECC_NIST_P256' : 'ECC_NIST_EDWARDS25519',
      usage: 'SIGN_VERIFY',
      algorithm: this.#algorithm,
      enabled: !this.off.has(arn),
      permitted: true,
    };
  }

  async publicKey(arn: string) {
    return this.off.get(arn) ?? { algorithm: this.#algorithm, octets: this.#key(arn).publicKey };
  }

  async sign(arn: string, octets: Uint8Array) {
    this.signatures += 1;
    return this.off.get(arn) ?? signWith(this.#algorithm, this.#key(arn).privateKey, octets);
  }

  async newZoneKey(algorithm: SigningAlgorithm): Promise<ZoneKey> {
    return newZoneKey(this.#wrapping, algorithm);
  }

  #key(arn: string): Key {
    let key = this.#keys.get(arn);
    if (key === undefined) {
      const { publicKey, privateKey } = newKeyPair(this.#algorithm);
      key = { publicKey, privateKey: importPrivateKey(this.#algorithm, privateKey) };
      this.#keys.set(arn, key);
    }
    return key;
  }
}
