import { refuse, type Refusal } from '../operation.ts';
import { tables, type KmsKey } from '../tables.ts';
import type { View } from '../view.ts';
import { kmsAliasArn, kmsKeyArn } from './kms-key.ts';

/** Who asks for a key: a request is signed for a region, and belongs to an account. */
export interface KmsScope {
  readonly region: string;
  readonly accountId: string;
}

const KEY_ID = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const ARN = /^arn:[a-z-]+:kms:([a-z0-9-]+):([0-9]{12}):(key\/|alias\/)(.+)$/;

/** By key id or ARN, as every operation names one. */
export function kmsKeyById(view: View, keyId: string, scope: KmsScope): KmsKey | Refusal {
  const arn = readArn(keyId, scope);
  if (typeof arn === 'object' && 'refused' in arn) return arn;
  const id = arn === undefined ? keyId : arn;
  if (!KEY_ID.test(id)) return refuse('NotFoundException', `Invalid keyId '${keyId}'`);
  return (
    view.get(tables.kmsKeys, [scope.region, id]) ??
    refuse('NotFoundException', `Key '${kmsKeyArn({ region: scope.region, id }, scope.accountId)}' does not exist`)
  );
}

/** By key id, ARN, alias or the ARN of an alias, as operations that use the key name it. */
export function kmsKeyNamed(view: View, name: string, scope: KmsScope): KmsKey | Refusal {
  const arn = readArn(name, scope);
  if (typeof arn === 'object' && 'refused' in arn) return arn;
  const local = arn ?? name;
  if (!local.startsWith('alias/')) return kmsKeyById(view, name, scope);
  const alias = view.get(tables.kmsAliases, [scope.region, local]);
  if (alias === undefined) return noSuchAlias(local, scope);
  return kmsKeyById(view, alias.keyId, scope);
}

export function noSuchAlias(alias: string, { region, accountId }: KmsScope): Refusal {
  return refuse('NotFoundException', `Alias ${kmsAliasArn(region, alias, accountId)} is not found.`);
}

/** The key id, or the alias with its `alias/`, that an ARN of this region and account names; undefined for what is no ARN. */
function readArn(text: string, { region, accountId }: KmsScope): string | Refusal | undefined {
  if (!text.startsWith('arn:')) return undefined;
  const [, ofRegion, ofAccount, kind, rest = ''] = ARN.exec(text) ?? [];
  if (ofRegion === undefined) return refuse('InvalidArnException', `Invalid arn ${text}`);
  if (ofRegion !== region) return refuse('NotFoundException', `Invalid arn ${ofRegion}`);
  if (ofAccount !== accountId) return refuse('NotFoundException', `Key '${text}' does not exist`);
  return kind === 'alias/' ? `alias/${rest}` : rest;
}
