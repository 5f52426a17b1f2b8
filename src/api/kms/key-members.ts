import type * as sdk from '@aws-sdk/client-kms';
import { KEY_POLICY_NAME } from '../../core/control/kms/key-members.ts';
import { kmsKeyArn } from '../../core/control/kms/kms-key.ts';
import type { Tag } from '../../core/control/tables.ts';
import { AwsError } from '../aws-error.ts';
import { optional } from '../route53/door.ts';
import { endOfPage, KEY_ID_MAX, keyById, pageOf, required, submit, text, type KmsDoor } from './door.ts';

const DESCRIPTION_MAX = 8192;
const POLICY_MAX = 131_072;
const POLICY_NAME_MAX = 128;

/** Throws `AwsError` for tags without a key or a value. */
export function kmsTags(tags: readonly sdk.Tag[]): Tag[] {
  return tags.map(({ TagKey: key, TagValue: value }, index) => ({
    key: required(key, `tags.${index + 1}.member.tagKey`),
    value: required(value, `tags.${index + 1}.member.tagValue`),
  }));
}

export const updateKeyDescriptionDoor: KmsDoor<sdk.UpdateKeyDescriptionRequest, object> = {
  operation: 'UpdateKeyDescription',
  async handle(input, desk) {
    const keyId = text(input.KeyId, 'keyId', 1, KEY_ID_MAX);
    const description = text(input.Description, 'description', 0, DESCRIPTION_MAX);
    await submit(desk, 'UpdateKeyDescription', { keyId, description });
    return {};
  },
};

export const putKeyPolicyDoor: KmsDoor<sdk.PutKeyPolicyRequest, object> = {
  operation: 'PutKeyPolicy',
  async handle(input, desk) {
    const { PolicyName: name } = input;
    await submit(desk, 'PutKeyPolicy', {
      keyId: text(input.KeyId, 'keyId', 1, KEY_ID_MAX),
      policy: text(input.Policy, 'policy', 1, POLICY_MAX),
      ...optional('policyName', name === undefined ? undefined : text(name, 'policyName', 1, POLICY_NAME_MAX)),
      bypassPolicyCheck: input.BypassPolicyLockoutSafetyCheck ?? false,
    });
    return {};
  },
};

export const getKeyPolicyDoor: KmsDoor<sdk.GetKeyPolicyRequest, sdk.GetKeyPolicyResponse> = {
  operation: 'GetKeyPolicy',
  handle(input, desk) {
    const { policy } = keyById(desk, input.KeyId);
    if ((input.PolicyName ?? KEY_POLICY_NAME) !== KEY_POLICY_NAME) {
      throw new AwsError('NotFoundException', 'No such policy exists');
    }
    return { Policy: policy, PolicyName: KEY_POLICY_NAME };
  },
};

const LIST_PAGE_MAX = 1000;

export const listKeyPoliciesDoor: KmsDoor<sdk.ListKeyPoliciesRequest, sdk.ListKeyPoliciesResponse> = {
  operation: 'ListKeyPolicies',
  handle(input, desk) {
    keyById(desk, input.KeyId);
    pageOf(input, LIST_PAGE_MAX, LIST_PAGE_MAX);
    return { PolicyNames: [KEY_POLICY_NAME], Truncated: false };
  },
};

export const tagResourceDoor: KmsDoor<sdk.TagResourceRequest, object> = {
  operation: 'TagResource',
  async handle(input, desk) {
    const keyId = text(input.KeyId, 'keyId', 1, KEY_ID_MAX);
    await submit(desk, 'TagResource', { keyId, tags: kmsTags(required(input.Tags, 'tags')) });
    return {};
  },
};

export const untagResourceDoor: KmsDoor<sdk.UntagResourceRequest, object> = {
  operation: 'UntagResource',
  async handle(input, desk) {
    const keyId = text(input.KeyId, 'keyId', 1, KEY_ID_MAX);
    await submit(desk, 'UntagResource', { keyId, tagKeys: required(input.TagKeys, 'tagKeys') });
    return {};
  },
};

/** A key has no more tags than this, which is KMS's own page, too. */
const TAGS_PAGE = 50;

export const listResourceTagsDoor: KmsDoor<sdk.ListResourceTagsRequest, sdk.ListResourceTagsResponse> = {
  operation: 'ListResourceTags',
  handle(input, desk) {
    const { tags } = keyById(desk, input.KeyId);
    const { limit, after } = pageOf(input, TAGS_PAGE, TAGS_PAGE);
    const rest = tags.slice(after === '' ? 0 : tags.findIndex(({ key }) => key === after) + 1);
    const page = rest.slice(0, limit);
    return {
      Tags: page.map(({ key, value }) => ({ TagKey: key, TagValue: value })),
      ...endOfPage(rest.length > limit ? page.at(-1)?.key : undefined),
    };
  },
};

/** Keys that sign are never rotated by KMS. */
export const getKeyRotationStatusDoor: KmsDoor<sdk.GetKeyRotationStatusRequest, sdk.GetKeyRotationStatusResponse> = {
  operation: 'GetKeyRotationStatus',
  handle: (input, desk) => ({
    KeyId: kmsKeyArn(keyById(desk, input.KeyId), desk.settings.accountId),
    KeyRotationEnabled: false,
  }),
};
