import type * as sdk from '@aws-sdk/client-kms';
import { KMS_SPECS, KMS_USAGE, kmsKeyArn } from '../../core/control/kms/kms-key.ts';
import type { KmsKey } from '../../core/control/tables.ts';

export function keyMetadata(key: KmsKey, accountId: string): sdk.KeyMetadata {
  return {
    AWSAccountId: accountId,
    KeyId: key.id,
    Arn: kmsKeyArn(key, accountId),
    CreationDate: new Date(key.createdAt),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: KMS_USAGE,
    KeyState: key.state,
    ...(key.deletionAt === undefined ? {} : { DeletionDate: new Date(key.deletionAt) }),
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    ...specMembers(key),
    MultiRegion: false,
  };
}

/** What KMS says of a key's kind, here and with its public key. */
export function specMembers({ spec }: KmsKey): {
  readonly CustomerMasterKeySpec: sdk.CustomerMasterKeySpec;
  readonly KeySpec: sdk.KeySpec;
  readonly SigningAlgorithms: sdk.SigningAlgorithmSpec[];
} {
  return {
    // The older member's type has not heard of newer specs; the service puts the same into both.
    CustomerMasterKeySpec: spec as sdk.CustomerMasterKeySpec,
    KeySpec: spec,
    SigningAlgorithms: [KMS_SPECS[spec].signing as sdk.SigningAlgorithmSpec],
  };
}
