import { kmsKeyNamed } from '../core/control/kms/find-kms-key.ts';
import { allowsZoneSigning } from '../core/control/kms/key-policy.ts';
import { KMS_SPECS, KMS_USAGE, kmsKeyArn } from '../core/control/kms/kms-key.ts';
import { isRefusal } from '../core/control/operation.ts';
import type { KmsKey } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import type { Custody } from './custody.ts';
import type { KeyDescription, KeyFailure, KeyService, PublicKey } from './key-service.ts';
import { rAndS } from './private-key.ts';

export interface EmbeddedKeyServiceOptions {
  readonly view: () => View;
  readonly accountId: string;
  readonly custody: Custody;
}

/** Keys of the member's own key service, as Route 53 uses them. */
export class EmbeddedKeyService implements KeyService {
  readonly #options: EmbeddedKeyServiceOptions;

  constructor(options: EmbeddedKeyServiceOptions) {
    this.#options = options;
  }

  async describe(name: string, zoneId?: string): Promise<KeyDescription | KeyFailure> {
    const key = this.#named(name);
    if ('failed' in key) return key;
    return {
      arn: kmsKeyArn(key, this.#options.accountId),
      spec: key.spec,
      usage: KMS_USAGE,
      algorithm: KMS_SPECS[key.spec].algorithm,
      enabled: key.state === 'Enabled',
      permitted: this.#permits(key, zoneId),
    };
  }

  async publicKey(name: string, zoneId?: string): Promise<PublicKey | KeyFailure> {
    const key = this.#usable(name, zoneId);
    if ('failed' in key) return key;
    return { algorithm: KMS_SPECS[key.spec].algorithm, octets: Buffer.from(key.publicKey, 'base64') };
  }

  async sign(name: string, octets: Uint8Array, zoneId?: string): Promise<Uint8Array | KeyFailure> {
    const key = this.#usable(name, zoneId);
    if ('failed' in key) return key;
    const signature = this.#options.custody.signWithKmsKey(key, octets);
    if (signature === undefined) {
      return { failed: 'locked', message: `The key ${key.id} is wrapped with another master key.` };
    }
    return KMS_SPECS[key.spec].algorithm === 13 ? rAndS(signature) : signature;
  }

  #named(name: string): KmsKey | KeyFailure {
    const region = /^arn:[^:]*:kms:([^:]*):/.exec(name)?.[1] ?? ROUTE53_REGION;
    const key = kmsKeyNamed(this.#options.view(), name, { region, accountId: this.#options.accountId });
    return isRefusal(key) ? { failed: 'not-found', message: key.message } : key;
  }

  #usable(name: string, zoneId: string | undefined): KmsKey | KeyFailure {
    const key = this.#named(name);
    if ('failed' in key) return key;
    const arn = kmsKeyArn(key, this.#options.accountId);
    if (key.state !== 'Enabled') {
      const state = key.state === 'Disabled' ? 'disabled' : 'pending deletion';
      return { failed: 'disabled', message: `${arn} is ${state}.` };
    }
    if (!this.#permits(key, zoneId)) {
      return { failed: 'denied', message: `The policy of ${arn} does not let dnssec-route53.amazonaws.com sign.` };
    }
    return key;
  }

  #permits(key: KmsKey, zoneId: string | undefined): boolean {
    const { accountId } = this.#options;
    return allowsZoneSigning(key.policy, kmsKeyArn(key, accountId), accountId, zoneId);
  }
}

/** Where the key of a name without a region is: Route 53 takes keys of this one only. */
const ROUTE53_REGION = 'us-east-1';
