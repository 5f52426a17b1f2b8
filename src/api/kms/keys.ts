import * as sdk from '@aws-sdk/client-kms';
import type { KmsKeyChanged } from '../../core/control/kms/change-kms-key.ts';
import type { KmsKeyCreated } from '../../core/control/kms/create-kms-key.ts';
import { isKmsSpec, KMS_SPECS, KMS_USAGE, kmsKeyArn } from '../../core/control/kms/kms-key.ts';
import { listKmsKeys } from '../../core/control/kms/list-kms.ts';
import type { KmsKeySpec } from '../../core/control/tables.ts';
import { AwsError } from '../aws-error.ts';
import { optional } from '../route53/door.ts';
import { constraint, endOfPage, KEY_ID_MAX, keyNamed, oneOf, pageOf, submit, text, type KmsDoor } from './door.ts';
import { keyMetadata } from './key-metadata.ts';
import { kmsTags } from './key-members.ts';
import { unsupported } from './kms-form.ts';

const DESCRIPTION_MAX = 8192;

export const createKeyDoor: KmsDoor<sdk.CreateKeyRequest, sdk.CreateKeyResponse> = {
  operation: 'CreateKey',
  async handle(input, desk) {
    const spec = specOf(input);
    const command = {
      spec,
      description: input.Description === undefined ? '' : text(input.Description, 'description', 0, DESCRIPTION_MAX),
      ...optional('policy', input.Policy),
      bypassPolicyCheck: input.BypassPolicyLockoutSafetyCheck ?? false,
      tags: kmsTags(input.Tags ?? []),
    };
    const key = await desk.custody.newKmsKey(KMS_SPECS[spec].algorithm);
    const created = await submit<KmsKeyCreated>(desk, 'CreateKey', { ...key, ...command });
    return { KeyMetadata: keyMetadata(created.key, desk.settings.accountId) };
  },
};

/** Throws `AwsError` for a key of another kind than zones are signed with. */
function specOf(input: Partial<sdk.CreateKeyRequest>): KmsKeySpec {
  const { KeySpec: spec, CustomerMasterKeySpec: oldSpec, KeyUsage: usage } = input;
  if (spec !== undefined && oldSpec !== undefined) {
    throw new AwsError(
      'ValidationException',
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    );
  }
  const asked = oneOf(spec ?? oldSpec ?? 'SYMMETRIC_DEFAULT', 'keySpec', sdk.KeySpec);
  if (usage !== undefined) oneOf(usage, 'keyUsage', sdk.KeyUsageType);
  if (usage === undefined && asked !== 'SYMMETRIC_DEFAULT') {
    const message = 'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.';
    throw new AwsError('ValidationException', message);
  }
  if (!isKmsSpec(asked)) throw unsupported(`Keys of KeySpec ${asked} are`);
  if (usage !== KMS_USAGE) {
    if (asked === 'ECC_NIST_P256' && usage === 'KEY_AGREEMENT') throw unsupported(`Keys of KeyUsage ${usage} are`);
    throw new AwsError('ValidationException', `KeyUsage ${usage} is not compatible with KeySpec ${asked}`);
  }
  if ((input.Origin ?? 'AWS_KMS') !== 'AWS_KMS') throw unsupported(`Keys of Origin ${input.Origin} are`);
  if (input.MultiRegion === true) throw unsupported('Multi-Region keys are');
  if (input.CustomKeyStoreId !== undefined || input.XksKeyId !== undefined) throw unsupported('Custom key stores are');
  return asked;
}

export const describeKeyDoor: KmsDoor<sdk.DescribeKeyRequest, sdk.DescribeKeyResponse> = {
  operation: 'DescribeKey',
  handle: (input, desk) => ({ KeyMetadata: keyMetadata(keyNamed(desk, input.KeyId), desk.settings.accountId) }),
};

const KEYS_PAGE = 100;
const KEYS_PAGE_MAX = 1000;

export const listKeysDoor: KmsDoor<sdk.ListKeysRequest, sdk.ListKeysResponse> = {
  operation: 'ListKeys',
  handle(input, desk) {
    const { limit, after } = pageOf(input, KEYS_PAGE, KEYS_PAGE_MAX);
    const { items, next } = listKmsKeys(desk.log.view(), desk.region, limit, after);
    const keys = items.map((key) => ({ KeyId: key.id, KeyArn: kmsKeyArn(key, desk.settings.accountId) }));
    return { Keys: keys, ...endOfPage(next) };
  },
};

type KeyRequest = { readonly KeyId: string };

function stateDoor(operation: string): KmsDoor<KeyRequest, object> {
  return {
    operation,
    async handle(input, desk) {
      await submit(desk, operation, { keyId: text(input.KeyId, 'keyId', 1, KEY_ID_MAX) });
      return {};
    },
  };
}

export const enableKeyDoor = stateDoor('EnableKey');
export const disableKeyDoor = stateDoor('DisableKey');

const DAYS = 30;
const DAYS_MAX = 365;

export const scheduleKeyDeletionDoor: KmsDoor<sdk.ScheduleKeyDeletionRequest, sdk.ScheduleKeyDeletionResponse> = {
  operation: 'ScheduleKeyDeletion',
  async handle(input, desk) {
    const keyId = text(input.KeyId, 'keyId', 1, KEY_ID_MAX);
    const days = input.PendingWindowInDays ?? DAYS;
    if (!(days >= 1)) throw constraint(`'${days}'`, 'pendingWindowInDays', 'have value greater than or equal to 1');
    if (days > DAYS_MAX) {
      throw constraint(`'${days}'`, 'pendingWindowInDays', `have value less than or equal to ${DAYS_MAX}`);
    }
    const { key } = await submit<KmsKeyChanged<string>>(desk, 'ScheduleKeyDeletion', { keyId, days });
    return {
      KeyId: kmsKeyArn(key, desk.settings.accountId),
      DeletionDate: new Date(key.deletionAt ?? 0),
      KeyState: key.state,
      PendingWindowInDays: days,
    };
  },
};

export const cancelKeyDeletionDoor: KmsDoor<sdk.CancelKeyDeletionRequest, sdk.CancelKeyDeletionResponse> = {
  operation: 'CancelKeyDeletion',
  async handle(input, desk) {
    const keyId = text(input.KeyId, 'keyId', 1, KEY_ID_MAX);
    const { key } = await submit<KmsKeyChanged<string>>(desk, 'CancelKeyDeletion', { keyId });
    return { KeyId: kmsKeyArn(key, desk.settings.accountId) };
  },
};
