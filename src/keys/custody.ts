import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';
import { fingerprintOf, Wrapping, wrappingKeyOf, type Purpose } from './wrapping.ts';
import { newZoneKey, type NewZoneKey } from './zone-keys.ts';

export interface CustodyOptions {
  readonly masterSecret: Uint8Array;
  /** Has the data remember whose it is; called before the first key is wrapped. Rejects when it is another's already. */
  readonly adopt: (fingerprint: string) => Promise<void>;
}

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
