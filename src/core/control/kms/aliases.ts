import { lane } from '../lanes.ts';
import { isRefusal, refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import { tables, type KmsAlias, type KmsKey } from '../tables.ts';
import type { View } from '../view.ts';
import { refusePendingDeletion } from './change-kms-key.ts';
import { ALIASES_PER_KEY_MAX, aliasesOfKmsKey } from './delete-kms-key.ts';
import { kmsKeyById, noSuchAlias } from './find-kms-key.ts';
import { kmsAliasArn } from './kms-key.ts';

export interface PutKmsAliasCommand {
  readonly region: string;
  /** With its `alias/`. */
  readonly alias: string;
  readonly keyId: string;
}

export interface KmsAliasPut<K extends string> extends ChangeBase {
  readonly kind: K;
  readonly region: string;
  readonly alias: KmsAlias;
  /** The key that it named until now. */
  readonly before?: string;
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html */
export const createKmsAlias = puttingAlias('kms:CreateAlias', 'KmsAliasCreated', (view, { region, alias }, given) => {
  if (view.get(tables.kmsAliases, [region, alias]) === undefined) return undefined;
  const arn = kmsAliasArn(region, alias, given.settings.accountId);
  return refuse('AlreadyExistsException', `An alias with the name ${arn} already exists`);
});

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html */
export const updateKmsAlias = puttingAlias('kms:UpdateAlias', 'KmsAliasUpdated', (view, { region, alias }, given) =>
  view.get(tables.kmsAliases, [region, alias]) === undefined
    ? noSuchAlias(alias, { region, accountId: given.settings.accountId })
    : undefined,
);

function puttingAlias<K extends string>(
  operation: string,
  kind: K,
  check: (view: View, command: PutKmsAliasCommand, given: Given) => Refusal | undefined,
): WriteOperation<PutKmsAliasCommand, KmsAliasPut<K>> {
  return {
    operation,
    kind,
    decide(view, command, given) {
      const { region, alias: name, keyId } = command;
      const { accountId } = given.settings;
      const refusal = checkAliasName(name) ?? check(view, command, given);
      if (refusal !== undefined) return refusal;
      const key = kmsKeyById(view, keyId, { region, accountId });
      if (isRefusal(key)) return key;
      const before = view.get(tables.kmsAliases, [region, name]);
      const wrong = refusePendingDeletion(key, accountId) ?? checkRoom(view, key, before);
      if (wrong !== undefined) return wrong;
      return {
        kind,
        id: given.newId('change'),
        at: given.now,
        by: given.principal,
        region,
        alias: { name, keyId: key.id, createdAt: before?.createdAt ?? given.now, updatedAt: given.now },
        ...(before === undefined ? {} : { before: before.keyId }),
      };
    },
    lanes: ({ alias }) => ({ advances: [lane.kms], reliesOn: [lane.kmsKey(alias.keyId)] }),
    apply(draft, { region, alias, before }) {
      if (before !== undefined) draft.remove(tables.kmsAliasesOfKey, [region, before, alias.name]);
      draft.put(tables.kmsAliasesOfKey, [region, alias.keyId, alias.name], true);
      draft.put(tables.kmsAliases, [region, alias.name], alias);
    },
    touches: () => [],
  };
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/alias-create.html */
const ALIAS_MAX = 256;

function checkAliasName(name: string): Refusal | undefined {
  if (!name.startsWith('alias/')) {
    return refuse(
      'ValidationException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  }
  const wrong =
    name.length > ALIAS_MAX
      ? `have length less than or equal to ${ALIAS_MAX}`
      : /^[a-zA-Z0-9:/_-]+$/.test(name)
        ? undefined
        : 'satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$';
  if (wrong !== undefined) {
    return refuse(
      'ValidationException',
      `1 validation error detected: Value '${name}' at 'aliasName' failed to satisfy constraint: Member must ${wrong}`,
    );
  }
  if (name.startsWith('alias/aws/')) return refuse('NotAuthorizedException', '');
  return name === 'alias/' ? refuse('InvalidAliasNameException', 'An alias needs a name behind "alias/".') : undefined;
}

function checkRoom(view: View, key: KmsKey, before: KmsAlias | undefined): Refusal | undefined {
  if (before?.keyId === key.id || aliasesOfKmsKey(view, key).length < ALIASES_PER_KEY_MAX) return undefined;
  return refuse('LimitExceededException', `A key can have at most ${ALIASES_PER_KEY_MAX} aliases.`);
}

export interface KmsAliasDeleted extends ChangeBase {
  readonly kind: 'KmsAliasDeleted';
  readonly region: string;
  readonly alias: string;
  readonly keyId: string;
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html */
export const deleteKmsAlias: WriteOperation<Pick<PutKmsAliasCommand, 'region' | 'alias'>, KmsAliasDeleted> = {
  operation: 'kms:DeleteAlias',
  kind: 'KmsAliasDeleted',
  decide(view, { region, alias }, given) {
    const refusal = checkAliasName(alias);
    if (refusal !== undefined) return refusal;
    const found = view.get(tables.kmsAliases, [region, alias]);
    if (found === undefined) return noSuchAlias(alias, { region, accountId: given.settings.accountId });
    const by = { id: given.newId('change'), at: given.now, by: given.principal };
    return { kind: 'KmsAliasDeleted', ...by, region, alias, keyId: found.keyId };
  },
  lanes: () => ({ advances: [lane.kms], reliesOn: [] }),
  apply(draft, { region, alias, keyId }) {
    draft.remove(tables.kmsAliases, [region, alias]);
    draft.remove(tables.kmsAliasesOfKey, [region, keyId, alias]);
  },
  touches: () => [],
};
