import { zoneNodes, type NamedNode } from '../core/control/record-sets/zone-nodes.ts';
import { sameValues } from '../core/control/record-sets/values.ts';
import { dataIdOf, type HostedZone } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import { nameKey } from '../core/dns/name-key.ts';
import { isSimple, type RecordSet } from '../core/zone/record-set.ts';
import type { NameKey } from '../core/zone/zone-data.ts';
import type { FileName, FileSet } from './file-names.ts';

/** How a file is held against the zone. */
export interface ImportRules {
  /** What the zone has and the file does not is removed. */
  readonly replace: boolean;
  /** The file's NS and SOA records at the zone's name take the place of the zone's own. */
  readonly takeApex: boolean;
  /** Aliases and routed record sets, which no file can hold, are replaced and removed like others. */
  readonly replaceAliases: boolean;
}

/** What becomes of one record set. */
export interface Planned {
  readonly action: 'PUT' | 'REMOVE' | 'KEEP';
  readonly set: RecordSet;
  /** What a PUT takes the place of. */
  readonly before?: RecordSet;
  /** Where the file says so. */
  readonly from?: FileSet;
  /** The file says otherwise and does not count: of the zone's own NS and SOA, of an alias or a routed set. */
  readonly overruled?: FileSet;
}

export interface PlannedName {
  readonly key: NameKey;
  readonly sets: readonly Planned[];
}

/** Walks through the file and the stored zone together, both in the order of the names, and holds one name of each at a time. */
export function* planImport(
  view: View,
  zone: HostedZone,
  names: Iterator<FileName, void, void>,
  rules: ImportRules,
): Generator<PlannedName, void, void> {
  const apex = nameKey(zone.name);
  const nodes = zoneNodes(view, dataIdOf(zone));
  let file = names.next();
  let node = nodes.next();
  while (file.done !== true || node.done !== true) {
    const key = leastKey(file.done === true ? undefined : file.value, node.done === true ? undefined : node.value);
    const fromFile = file.done !== true && file.value.key === key ? file.value.sets : [];
    const stored = node.done !== true && node.value.key === key ? node.value.node.recordSets : [];
    if (fromFile.length > 0) file = names.next();
    if (node.done !== true && node.value.key === key) node = nodes.next();
    const sets = planName(stored, fromFile, key === apex, rules);
    if (sets.length > 0) yield { key, sets };
  }
}

function leastKey(file: FileName | undefined, node: NamedNode | undefined): NameKey {
  if (file === undefined) return (node as NamedNode).key;
  return node === undefined || file.key < node.key ? file.key : node.key;
}

function planName(
  stored: readonly RecordSet[],
  fromFile: readonly FileSet[],
  isApex: boolean,
  rules: ImportRules,
): Planned[] {
  const planned: Planned[] = [];
  for (const set of stored) {
    const from = fromFile.find((each) => each.set.type === set.type);
    if (staysAnyway(set, isApex, rules)) {
      // Routed sets of one type, which stand together, overrule the file's once.
      const overrules = from !== undefined && planned.at(-1)?.set.type !== set.type;
      planned.push({ action: 'KEEP', set, ...(overrules ? { overruled: from } : {}) });
    } else if (from === undefined) planned.push({ action: rules.replace ? 'REMOVE' : 'KEEP', set });
    else if (isSame(set, from.set)) planned.push({ action: 'KEEP', set, from });
    else if (set.setIdentifier !== undefined) planned.push({ action: 'REMOVE', set });
    else planned.push({ action: 'PUT', set: from.set, before: set, from });
  }
  for (const from of fromFile) {
    const known = planned.some((each) => each.from === from || each.overruled === from);
    if (!known) planned.push({ action: 'PUT', set: from.set, from });
  }
  return planned;
}

function staysAnyway(set: RecordSet, isApex: boolean, rules: ImportRules): boolean {
  if (isApex && (set.type === 'NS' || set.type === 'SOA')) return !rules.takeApex;
  return !isSimple(set) && !rules.replaceAliases;
}

function isSame(stored: RecordSet, fromFile: RecordSet): boolean {
  if (!isSimple(stored) || stored.ttlSeconds !== fromFile.ttlSeconds) return false;
  const [left, right] = [stored.values as readonly string[], fromFile.values as readonly string[]];
  if (left.length !== right.length) return false;
  return left.every((value, index) => value === right[index]) || sameValues(stored.type, left, right);
}
