import { tables, type KmsAlias, type KmsKey } from '../tables.ts';
import type { Table, View } from '../view.ts';

export interface KmsPage<T> {
  readonly items: readonly T[];
  /** The last item's id, when there are more behind it. */
  readonly next?: string;
}

/** Keys of a region by their ids. https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html */
export function listKmsKeys(view: View, region: string, limit: number, after = ''): KmsPage<KmsKey> {
  return pageOf(view, tables.kmsKeys, region, limit, after, ({ id }) => id);
}

/** Aliases of a region by their names. https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html */
export function listKmsAliases(view: View, region: string, limit: number, after = ''): KmsPage<KmsAlias> {
  return pageOf(view, tables.kmsAliases, region, limit, after, ({ name }) => name);
}

function pageOf<T>(
  view: View,
  table: Table<T>,
  region: string,
  limit: number,
  after: string,
  idOf: (item: T) => string,
): KmsPage<T> {
  const from = after === '' ? '' : `${after}\0`;
  const rows = view.range(table, { prefix: [region], from: [region, from], limit: limit + 1 });
  const items = rows.slice(0, limit).map(({ value }) => value);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, next: idOf(last) } : { items };
}
