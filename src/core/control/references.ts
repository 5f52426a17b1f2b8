import { nameKey } from '../dns/name-key.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { NameKey } from '../zone/zone-data.ts';
import { aliasRow } from './alias-rows.ts';
import { leaveOutsideTarget, useOutsideTarget } from './outside-targets.ts';
import { tables } from './tables.ts';
import type { Draft, Key, Table } from './view.ts';

/** Rows that say what a set refers to or depends on, so that it can be found from there: those of `before` make room for those of `after`. */
export function replaceReferences(
  draft: Draft,
  dataId: string,
  name: NameKey,
  before: RecordSet | undefined,
  after: RecordSet | undefined,
): void {
  const old = before === undefined ? NONE : referencesOf(dataId, name, before);
  const fresh = after === undefined ? NONE : referencesOf(dataId, name, after);
  for (const each of fresh) {
    if (isAmong(each, old)) continue;
    if (each.table === tables.outsideUses && after?.alias) useOutsideTarget(draft, each.key, after.alias);
    else draft.put(each.table, each.key, true);
  }
  for (const each of old) {
    if (isAmong(each, fresh)) continue;
    if (each.table === tables.outsideUses) leaveOutsideTarget(draft, each.key);
    else draft.remove(each.table, each.key);
  }
}

interface Reference {
  readonly table: Table<true>;
  readonly key: Key;
}

const NONE: readonly Reference[] = [];

function referencesOf(dataId: string, name: NameKey, set: RecordSet): readonly Reference[] {
  const { alias, routing, type, setIdentifier = '' } = set;
  if (alias === undefined && routing === undefined) return NONE;
  const rows: Reference[] = [];
  if (alias?.outside === true) {
    rows.push({ table: tables.outsideUses, key: [nameKey(alias.name), type, dataId, name, setIdentifier] });
  } else if (alias !== undefined) {
    rows.push({ table: tables.aliases, key: aliasRow(dataId, name, set, nameKey(alias.name)) });
  }
  switch (routing?.policy) {
    case 'ip-based':
      rows.push({ table: tables.cidrUses, key: [routing.collectionId, dataId, name, type, setIdentifier] });
      break;
    case 'geolocation':
    case 'geoproximity':
    case 'latency':
      rows.push({ table: tables.placedSets, key: [dataId, name, type, setIdentifier] });
      break;
  }
  return rows;
}

function isAmong({ table, key }: Reference, others: readonly Reference[]): boolean {
  return others.some((other) => other.table === table && other.key.every((part, at) => part === key[at]));
}
