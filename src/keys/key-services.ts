import type { EmbeddedKeyService } from './embedded-key-service.ts';
import type { KeyDescription, KeyFailure, KeyService, PublicKey } from './key-service.ts';
import type { KmsEndpointKeyService } from './kms-endpoint-key-service.ts';
import { PKCS11_ARN, type Pkcs11KeyService } from './pkcs11/pkcs11-key-service.ts';

export interface KeyServicesOptions {
  readonly embedded: EmbeddedKeyService;
  readonly endpoint: KmsEndpointKeyService | undefined;
  readonly pkcs11: Pkcs11KeyService | undefined;
}

/** All places where keys are: a name tells which. What the embedded service does not have may be in the KMS somewhere else. */
export class KeyServices implements KeyService {
  readonly #options: KeyServicesOptions;

  constructor(options: KeyServicesOptions) {
    this.#options = options;
  }

  describe(key: string, zoneId?: string): Promise<KeyDescription | KeyFailure> {
    return this.#at(key, (service) => service.describe(key, zoneId));
  }

  publicKey(key: string, zoneId?: string): Promise<PublicKey | KeyFailure> {
    return this.#at(key, (service) => service.publicKey(key, zoneId));
  }

  sign(key: string, octets: Uint8Array, zoneId?: string): Promise<Uint8Array | KeyFailure> {
    return this.#at(key, (service) => service.sign(key, octets, zoneId));
  }

  async close(): Promise<void> {
    await Promise.all([this.#options.endpoint?.close(), this.#options.pkcs11?.close()]);
  }

  async #at<T extends object>(
    key: string,
    ask: (service: KeyService) => Promise<T | KeyFailure>,
  ): Promise<T | KeyFailure> {
    const { embedded, endpoint, pkcs11 } = this.#options;
    if (key.startsWith(PKCS11_ARN)) {
      if (pkcs11 !== undefined) return ask(pkcs11);
      return { failed: 'not-found', message: `${key}: WAYPOST_PKCS11_MODULE names no module.` };
    }
    const answer = await ask(embedded);
    const elsewhere = 'failed' in answer && answer.failed === 'not-found' ? endpoint : undefined;
    return elsewhere === undefined ? answer : ask(elsewhere);
  }
}
