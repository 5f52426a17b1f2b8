import { nameKey, parentKey } from '../dns/name-key.ts';
import { sameKey, type AliasTarget, type RecordSet } from '../zone/record-set.ts';
import type { NameNode } from '../zone/zone-data.ts';
import { tables } from './tables.ts';
import type { Draft, Key } from './view.ts';

/**
 * Puts record sets into a zone and takes them out, keeping the tree of nodes whole: each node's ancestors up to the apex exist, so
 * that an empty non-terminal (RFC 4592 §2.2.2) is found by a point lookup like any other name. Aliases are indexed by their target.
 */
export function putRecordSet(
  draft: Draft,
  zoneId: string,
  apex: string,
  name: string,
  set: RecordSet,
): RecordSet | undefined {
  const node = ensureNode(draft, zoneId, apex, name);
  const before = node.recordSets.find((each) => sameKey(each, set));
  const recordSets = [...node.recordSets.filter((each) => each !== before), set].sort(compareRecordSets);
  draft.put(tables.nodes, [zoneId, name], { ...node, recordSets });
  if (before?.alias !== undefined) draft.remove(tables.aliases, aliasKey(zoneId, name, before, before.alias));
  if (set.alias !== undefined) draft.put(tables.aliases, aliasKey(zoneId, name, set, set.alias), true);
  return before;
}

function aliasKey(zoneId: string, name: string, set: RecordSet, alias: AliasTarget): Key {
  return [zoneId, nameKey(alias.name), set.type, name, set.setIdentifier ?? ''];
}

export function removeRecordSet(draft: Draft, zoneId: string, apex: string, name: string, set: RecordSet): void {
  const node = draft.get(tables.nodes, [zoneId, name]);
  if (node === undefined) return;
  const recordSets = node.recordSets.filter((each) => !sameKey(each, set));
  draft.put(tables.nodes, [zoneId, name], { ...node, recordSets });
  if (set.alias !== undefined) draft.remove(tables.aliases, aliasKey(zoneId, name, set, set.alias));
  removeIfEmpty(draft, zoneId, apex, name);
}

/** Type, then set identifier: the order in which a name's record sets are listed. */
export function compareRecordSets(a: RecordSet, b: RecordSet): number {
  return compareText(a.type, b.type) || compareText(a.setIdentifier ?? '', b.setIdentifier ?? '');
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const EMPTY: NameNode = { children: 0, recordSets: [] };

function ensureNode(draft: Draft, zoneId: string, apex: string, name: string): NameNode {
  const existing = draft.get(tables.nodes, [zoneId, name]);
  if (existing !== undefined) return existing;
  const parent = name === apex ? undefined : parentKey(name);
  if (parent !== undefined) {
    const above = ensureNode(draft, zoneId, apex, parent);
    draft.put(tables.nodes, [zoneId, parent], { ...above, children: above.children + 1 });
  }
  return EMPTY;
}

function removeIfEmpty(draft: Draft, zoneId: string, apex: string, name: string): void {
  for (let at = name; ;) {
    const node = draft.get(tables.nodes, [zoneId, at]);
    if (node === undefined || node.children > 0 || node.recordSets.length > 0) return;
    draft.remove(tables.nodes, [zoneId, at]);
    const parent = parentKey(at);
    if (at === apex || parent === undefined) return;
    const above = draft.get(tables.nodes, [zoneId, parent]) ?? EMPTY;
    draft.put(tables.nodes, [zoneId, parent], { ...above, children: Math.max(0, above.children - 1) });
    at = parent;
  }
}
