import { lane } from '../lanes.ts';
import { isRefusal, refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import { count } from '../records-kept.ts';
import { tables, type KmsKey } from '../tables.ts';
import type { View } from '../view.ts';
import type { KmsKeyCommand } from './change-kms-key.ts';
import { kmsKeyById } from './find-kms-key.ts';

export interface KmsKeyDeleted extends ChangeBase {
  readonly kind: 'KmsKeyDeleted';
  readonly region: string;
  readonly keyId: string;
  readonly aliases: readonly string[];
  readonly deletionAt: number;
}

/** Carries out a deletion that is due: AWS has no operation for it, time does it. */
export const deleteKmsKey: WriteOperation<KmsKeyCommand, KmsKeyDeleted> = {
  operation: 'kms:DeleteKey',
  kind: 'KmsKeyDeleted',
  decide(view, command, given) {
    const key = kmsKeyById(view, command.keyId, { region: command.region, accountId: given.settings.accountId });
    if (isRefusal(key)) return key;
    const { region, id, deletionAt } = key;
    if (deletionAt === undefined || deletionAt > given.now) {
      return refuse('KMSInvalidStateException', `The deletion of ${id} is not due.`);
    }
    const aliases = aliasesOfKmsKey(view, key);
    const by = { id: given.newId('change'), at: given.now, by: given.principal };
    return { kind: 'KmsKeyDeleted', ...by, region, keyId: id, aliases, deletionAt };
  },
  lanes: ({ keyId }) => ({ advances: [lane.kms, lane.kmsKey(keyId)], reliesOn: [] }),
  apply(draft, { region, keyId, aliases, deletionAt }) {
    for (const alias of aliases) {
      draft.remove(tables.kmsAliases, [region, alias]);
      draft.remove(tables.kmsAliasesOfKey, [region, keyId, alias]);
    }
    draft.remove(tables.kmsDeletions, [deletionAt, region, keyId]);
    draft.remove(tables.kmsKeys, [region, keyId]);
    count(draft, 'kms-keys', -1);
  },
  touches: () => [],
};

/** Deletions that are due, the longest due first: commands for `deleteKmsKey`. */
export function dueKmsDeletions(view: View, now: number, limit: number): KmsKeyCommand[] {
  return view
    .range(tables.kmsDeletions, { limit })
    .map(({ key: [at, region, keyId] }) => ({ at: Number(at), region: String(region), keyId: String(keyId) }))
    .filter(({ at }) => at <= now)
    .map(({ region, keyId }) => ({ region, keyId }));
}

/** When the next deletion is due, in milliseconds since the epoch; undefined for never. */
export function nextKmsDeletion(view: View): number | undefined {
  const at = view.range(tables.kmsDeletions, { limit: 1 })[0]?.key[0];
  return at === undefined ? undefined : Number(at);
}

/** KMS lets a key have this many, so this is all of them. */
export const ALIASES_PER_KEY_MAX = 50;

export function aliasesOfKmsKey(view: View, { region, id }: Pick<KmsKey, 'region' | 'id'>): string[] {
  const rows = view.range(tables.kmsAliasesOfKey, { prefix: [region, id], limit: ALIASES_PER_KEY_MAX });
  return rows.map(({ key }) => String(key[2]));
}
