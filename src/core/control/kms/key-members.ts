import { refuse } from '../operation.ts';
import type { Tag } from '../tables.ts';
import { changeOfKmsKey, refusePendingDeletion, type KmsKeyCommand } from './change-kms-key.ts';
import { checkKeyPolicy } from './create-kms-key.ts';
import { checkKmsTags, kmsTagsAfter } from './kms-tags.ts';

/** What is said about a key: its description, its policy, its tags. */
export interface UpdateKmsKeyDescriptionCommand extends KmsKeyCommand {
  readonly description: string;
}

export const updateKmsKeyDescription = changeOfKmsKey<UpdateKmsKeyDescriptionCommand, 'KmsKeyDescribed'>(
  'kms:UpdateKeyDescription',
  'KmsKeyDescribed',
  (key, { description }, given) => refusePendingDeletion(key, given.settings.accountId) ?? { ...key, description },
);

export interface PutKmsKeyPolicyCommand extends KmsKeyCommand {
  readonly policyName?: string;
  readonly policy: string;
  readonly bypassPolicyCheck: boolean;
}

/** The only one that a key can have. */
export const KEY_POLICY_NAME = 'default';

/** Also of a key that is about to be deleted. https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html */
export const putKmsKeyPolicy = changeOfKmsKey<PutKmsKeyPolicyCommand, 'KmsKeyPolicyPut'>(
  'kms:PutKeyPolicy',
  'KmsKeyPolicyPut',
  (key, { policyName = KEY_POLICY_NAME, policy, bypassPolicyCheck }, given) => {
    if (policyName !== KEY_POLICY_NAME)
      return refuse('UnsupportedOperationException', 'Only default policy is supported');
    return checkKeyPolicy(policy, key, given, bypassPolicyCheck) ?? { ...key, policy };
  },
);

export interface TagKmsKeyCommand extends KmsKeyCommand {
  readonly tags: readonly Tag[];
}

export const tagKmsKey = changeOfKmsKey<TagKmsKeyCommand, 'KmsKeyTagged'>(
  'kms:TagResource',
  'KmsKeyTagged',
  (key, { tags }, given) =>
    refusePendingDeletion(key, given.settings.accountId) ??
    checkKmsTags(tags, key.tags) ?? { ...key, tags: kmsTagsAfter(key.tags, tags, []) },
);

export interface UntagKmsKeyCommand extends KmsKeyCommand {
  readonly tagKeys: readonly string[];
}

export const untagKmsKey = changeOfKmsKey<UntagKmsKeyCommand, 'KmsKeyUntagged'>(
  'kms:UntagResource',
  'KmsKeyUntagged',
  (key, { tagKeys }, given) =>
    refusePendingDeletion(key, given.settings.accountId) ?? { ...key, tags: kmsTagsAfter(key.tags, [], tagKeys) },
);
