import type { SigningAlgorithm } from '../../dnssec/zone-signing.ts';
import type { KmsKey, KmsKeySpec } from '../tables.ts';

/** What is fixed by a key's spec; all of them sign and verify. */
export interface KmsSpec {
  /** KMS's name of it. */
  readonly signing: string;
  readonly algorithm: SigningAlgorithm;
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html */
export const KMS_SPECS: Readonly<Record<KmsKeySpec, KmsSpec>> = {
  ECC_NIST_P256: { signing: 'ECDSA_SHA_256', algorithm: 13 },
  ECC_NIST_EDWARDS25519: { signing: 'ED25519_SHA_512', algorithm: 15 },
};

export const KMS_USAGE = 'SIGN_VERIFY';

export function isKmsSpec(spec: string): spec is KmsKeySpec {
  return Object.hasOwn(KMS_SPECS, spec);
}

export function kmsKeyArn({ region, id }: Pick<KmsKey, 'region' | 'id'>, accountId: string): string {
  return `arn:aws:kms:${region}:${accountId}:key/${id}`;
}

/** `alias` with its `alias/`. */
export function kmsAliasArn(region: string, alias: string, accountId: string): string {
  return `arn:aws:kms:${region}:${accountId}:${alias}`;
}
