import type * as sdk from '@aws-sdk/client-kms';
import { aliasesOfKmsKey } from '../../core/control/kms/delete-kms-key.ts';
import { kmsAliasArn } from '../../core/control/kms/kms-key.ts';
import { listKmsAliases, type KmsPage } from '../../core/control/kms/list-kms.ts';
import { tables, type KmsAlias } from '../../core/control/tables.ts';
import { endOfPage, KEY_ID_MAX, keyNamed, pageOf, required, submit, text, type KmsDesk, type KmsDoor } from './door.ts';

function putAliasDoor(operation: string): KmsDoor<sdk.CreateAliasRequest, object> {
  return {
    operation,
    async handle(input, desk) {
      const alias = required(input.AliasName, 'aliasName');
      const keyId = text(input.TargetKeyId, 'targetKeyId', 1, KEY_ID_MAX);
      await submit(desk, operation, { alias, keyId });
      return {};
    },
  };
}

export const createAliasDoor = putAliasDoor('CreateAlias');
export const updateAliasDoor = putAliasDoor('UpdateAlias');

export const deleteAliasDoor: KmsDoor<sdk.DeleteAliasRequest, object> = {
  operation: 'DeleteAlias',
  async handle(input, desk) {
    await submit(desk, 'DeleteAlias', { alias: required(input.AliasName, 'aliasName') });
    return {};
  },
};

const PAGE = 50;
const PAGE_MAX = 100;

export const listAliasesDoor: KmsDoor<sdk.ListAliasesRequest, sdk.ListAliasesResponse> = {
  operation: 'ListAliases',
  handle(input, desk) {
    const { limit, after } = pageOf(input, PAGE, PAGE_MAX);
    const { region } = desk;
    const { items, next } =
      input.KeyId === undefined
        ? listKmsAliases(desk.log.view(), region, limit, after)
        : aliasesOf(desk, input.KeyId, limit, after);
    const aliases = items.map(({ name, keyId, createdAt, updatedAt }) => ({
      AliasName: name,
      AliasArn: kmsAliasArn(region, name, desk.settings.accountId),
      TargetKeyId: keyId,
      CreationDate: new Date(createdAt),
      LastUpdatedDate: new Date(updatedAt),
    }));
    return { Aliases: aliases, ...endOfPage(next) };
  },
};

/** A key has a page of them at most. */
function aliasesOf(desk: KmsDesk, name: string, limit: number, after: string): KmsPage<KmsAlias> {
  const key = keyNamed(desk, name);
  const view = desk.log.view();
  const names = aliasesOfKmsKey(view, key).filter((alias) => alias > after);
  const items = names.slice(0, limit).flatMap((alias) => view.get(tables.kmsAliases, [desk.region, alias]) ?? []);
  const last = items.at(-1);
  return names.length > limit && last !== undefined ? { items, next: last.name } : { items };
}
