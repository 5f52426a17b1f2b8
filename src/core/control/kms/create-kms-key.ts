import { lane } from '../lanes.ts';
import { isRefusal, refuse, type ChangeBase, type Refusal, type WriteOperation } from '../operation.ts';
import { count } from '../records-kept.ts';
import { tables, type KmsKey, type KmsKeySpec, type Tag } from '../tables.ts';
import { allowsPolicyChange, defaultKeyPolicy } from './key-policy.ts';
import { kmsKeyArn } from './kms-key.ts';
import { checkKmsTags } from './kms-tags.ts';
import { readPolicy } from './policy-document.ts';

export interface CreateKmsKeyCommand {
  readonly region: string;
  /** A new UUID. It comes with the command because the private key is wrapped under it. */
  readonly id: string;
  readonly spec: KmsKeySpec;
  /** As a DNSKEY holds it. Base64. */
  readonly publicKey: string;
  readonly wrapped: string;
  readonly description: string;
  readonly policy?: string;
  readonly bypassPolicyCheck: boolean;
  readonly tags: readonly Tag[];
}

export interface KmsKeyCreated extends ChangeBase {
  readonly kind: 'KmsKeyCreated';
  readonly key: KmsKey;
}

/** AWS's quota of a region; here of all together. */
export const KMS_KEYS_MAX = 100_000;

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
export const createKmsKey: WriteOperation<CreateKmsKeyCommand, KmsKeyCreated> = {
  operation: 'kms:CreateKey',
  kind: 'KmsKeyCreated',
  decide(view, { policy, bypassPolicyCheck, ...command }, given) {
    const refusal = checkKmsTags(command.tags) ?? checkKeyPolicy(policy, command, given, bypassPolicyCheck);
    if (refusal !== undefined) return refusal;
    if ((view.get(tables.counters, ['kms-keys']) ?? 0) >= KMS_KEYS_MAX) {
      return refuse('LimitExceededException', `You have reached the limit of ${KMS_KEYS_MAX} keys.`);
    }
    const { accountId } = given.settings;
    return {
      kind: 'KmsKeyCreated',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      key: { ...command, policy: policy ?? defaultKeyPolicy(accountId), state: 'Enabled', createdAt: given.now },
    };
  },
  lanes: () => ({ advances: [lane.kms], reliesOn: [] }),
  apply(draft, { key }) {
    draft.put(tables.kmsKeys, [key.region, key.id], key);
    count(draft, 'kms-keys', 1);
  },
  touches: () => [],
};

/** What is wrong with the policy that a key is to have; with none given it has the default one. */
export function checkKeyPolicy(
  policy: string | undefined,
  key: Pick<KmsKey, 'region' | 'id'>,
  given: { readonly principal: string; readonly settings: { readonly accountId: string } },
  bypass: boolean,
): Refusal | undefined {
  if (policy === undefined) return undefined;
  const read = readPolicy(policy);
  if (isRefusal(read)) return read;
  const { accountId } = given.settings;
  if (bypass || allowsPolicyChange(read, kmsKeyArn(key, accountId), accountId, given.principal)) return undefined;
  return refuse(
    'MalformedPolicyDocumentException',
    'The new key policy will not allow you to update the key policy in the future.',
  );
}
