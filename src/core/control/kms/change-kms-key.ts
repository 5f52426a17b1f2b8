import { lane } from '../lanes.ts';
import { isRefusal, refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import { tables, type KmsKey } from '../tables.ts';
import type { Draft } from '../view.ts';
import { kmsKeyById } from './find-kms-key.ts';
import { kmsKeyArn } from './kms-key.ts';

export interface KmsKeyCommand {
  readonly region: string;
  /** A key id or ARN. */
  readonly keyId: string;
}

export interface KmsKeyChanged<K extends string> extends ChangeBase {
  readonly kind: K;
  /** As it is from now on. */
  readonly key: KmsKey;
}

/** An operation that makes another of a key. One that is about to be deleted is not changed any more, but by its rescue. */
export function changeOfKmsKey<C extends KmsKeyCommand, K extends string>(
  operation: string,
  kind: K,
  change: (key: KmsKey, command: C, given: Given) => KmsKey | Refusal,
): WriteOperation<C, KmsKeyChanged<K>> {
  return {
    operation,
    kind,
    decide(view, command, given) {
      const { accountId } = given.settings;
      const found = kmsKeyById(view, command.keyId, { region: command.region, accountId });
      const key = isRefusal(found) ? found : change(found, command, given);
      return isRefusal(key) ? key : { kind, id: given.newId('change'), at: given.now, by: given.principal, key };
    },
    lanes: ({ key }) => ({ advances: [lane.kmsKey(key.id)], reliesOn: [lane.kms] }),
    apply: (draft, { key }) => putKmsKey(draft, key),
    touches: () => [],
  };
}

function putKmsKey(draft: Draft, key: KmsKey): void {
  const at = [key.region, key.id];
  const before = draft.get(tables.kmsKeys, at)?.deletionAt;
  if (before !== undefined) draft.remove(tables.kmsDeletions, [before, ...at]);
  if (key.deletionAt !== undefined) draft.put(tables.kmsDeletions, [key.deletionAt, ...at], true);
  draft.put(tables.kmsKeys, at, key);
}

export function refusePendingDeletion(key: KmsKey, accountId: string): Refusal | undefined {
  if (key.state !== 'PendingDeletion') return undefined;
  return refuse('KMSInvalidStateException', `${kmsKeyArn(key, accountId)} is pending deletion.`);
}
