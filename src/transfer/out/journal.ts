import { nameKey } from '../../core/dns/name-key.ts';
import { parseStored } from '../../core/dns/rdata-types.ts';
import type { Soa } from '../../core/dns/rdata/soa.ts';
import { TYPE } from '../../core/dns/record-type.ts';
import { isLaterSerial } from '../../core/dns/serial.ts';
import {
  dataIdOf,
  tables,
  type HistoryEntry,
  type HostedZone,
  type RecordDifference,
} from '../../core/control/tables.ts';
import { aliasesTo, readAliasRow } from '../../core/control/alias-rows.ts';
import { compareRecordSets } from '../../core/control/nodes.ts';
import type { View } from '../../core/control/view.ts';
import { zoneDataOf } from '../../core/control/zone-data.ts';
import { defaultAnswer } from '../../core/zone/default-answer.ts';
import { rrsetOf, type Rrset } from '../../core/zone/lookup.ts';
import { sameKey, type RecordSet } from '../../core/zone/record-set.ts';
import type { NameKey, ZoneData } from '../../core/zone/zone-data.ts';
import { serialOf } from './zone-records.ts';

/** What leads from one version of a zone to another (RFC 1995 §4). Each list begins with its version's SOA. */
export interface Difference {
  readonly deleted: readonly Rrset[];
  readonly added: readonly Rrset[];
}

/** Entries read at a time; an entry may be a megabyte. */
const ENTRIES_AT_ONCE = 16;
/** Record sets that a difference may touch. Beyond it the whole zone is the simpler answer, and seldom the longer one. */
const TOUCHED_MAX = 20_000;

/**
 * The difference between the version that had `serial` and the one in `view`; undefined when the zone's history does not tell it
 * for certain. Then the whole zone has to be sent.
 *
 * History holds record sets as they were before each change. So there is no replay: the old version is the present one with every
 * touched record set as it was before it was first touched, and one difference leads from there to here (RFC 1995 §5 allows to
 * leave out the versions between). Aliases and routed names are compared by their default answers, then and now. Those of hosts outside are
 * in the history as the addresses that they were when these changed; one that itself was changed is told by no history.
 */
export function differenceSince(view: View, zone: HostedZone, serial: number): Difference | undefined {
  const touched = touchedSince(view, zone, serial);
  if (touched === undefined) return undefined;
  const wereOutside = [...touched.values()].some((sets) => sets.some(({ before }) => before?.alias?.outside === true));
  if (wereOutside) return undefined;
  const apex = nameKey(zone.name);
  const now = zoneDataOf(view);
  const then = asItWas(now, dataIdOf(zone), touched);
  const place = { id: dataIdOf(zone), apex };
  const [oldSoa, newSoa] = [rrsetOf(then, place, apex, 'SOA'), rrsetOf(now, place, apex, 'SOA')];
  if (oldSoa === undefined || newSoa === undefined || serialOf(oldSoa) !== serial) return undefined;
  const affected = withAliases(view, place.id, touched);
  if (affected === undefined) return undefined;
  const deleted: Rrset[] = [oldSoa];
  const added: Rrset[] = [newSoa];
  for (const [name, types] of affected) {
    for (const type of types) {
      if (name === apex && type === 'SOA') continue;
      compare(defaultAnswer(then, place, name, type), defaultAnswer(now, place, name, type), deleted, added);
    }
  }
  return { deleted, added };
}

/** By name: the record sets that were touched, as they were before. */
type Touched = ReadonlyMap<NameKey, readonly Before[]>;

interface Before {
  /** What was touched, for its type and set identifier. */
  readonly set: RecordSet;
  readonly before: RecordSet | undefined;
}

/**
 * Reads the history from its oldest entry on. What counts is the last time that the zone left `serial`, and that no change before was
 * made without giving the zone another serial: else two versions had this one.
 */
function touchedSince(view: View, zone: HostedZone, serial: number): Touched | undefined {
  let touched: Map<NameKey, Before[]> | undefined;
  let count = 0;
  // What was before the oldest entry that is kept, nobody knows.
  let ambiguous = true;
  for (const entry of historyOf(view, zone.id)) {
    const { before, after } = serialsOf(zone, entry);
    const moves = before !== undefined && after !== undefined && isLaterSerial(after, before);
    if (moves && before === serial) {
      touched = ambiguous ? undefined : new Map();
      count = 0;
    } else if (before !== undefined && after !== undefined && before !== after && !moves) touched = undefined;
    if (entry.incomplete) touched = undefined;
    if (after !== undefined) ambiguous = before === after;
    else if (entry.records.length > 0 || entry.incomplete) ambiguous = true;
    if (touched === undefined) continue;
    count += entry.records.length;
    if (count > TOUCHED_MAX) return undefined;
    for (const record of entry.records) touch(touched, record);
  }
  return touched;
}

function* historyOf(view: View, zoneId: string): Generator<HistoryEntry, void, void> {
  for (let from = 0; ;) {
    const rows = view.range(tables.history, { prefix: [zoneId], from: [zoneId, from], limit: ENTRIES_AT_ONCE });
    for (const row of rows) yield row.value;
    const last = rows.at(-1);
    if (last === undefined || rows.length < ENTRIES_AT_ONCE) return;
    from = (last.key[1] as number) + 1;
  }
}

/** The zone's serial before and after a change that touched its SOA record. */
function serialsOf(zone: HostedZone, entry: HistoryEntry): { before: number | undefined; after: number | undefined } {
  const soas = entry.records.filter((record) => record.name === zone.name && setOf(record).type === 'SOA');
  const before = soas.find((record) => record.before !== undefined)?.before;
  const after = soas.findLast((record) => record.after !== undefined)?.after;
  return { before: before && serialIn(before), after: after && serialIn(after) };
}

function serialIn(set: RecordSet): number {
  return (parseStored(TYPE.SOA, set.values?.[0] ?? '') as Soa).serial;
}

function setOf(record: RecordDifference): RecordSet {
  return (record.after ?? record.before) as RecordSet;
}

/** The first time counts: that is how the record set was in the version to start from. */
function touch(touched: Map<NameKey, Before[]>, record: RecordDifference): void {
  const key = nameKey(record.name);
  const known = touched.get(key);
  const set = setOf(record);
  if (known?.some((each) => sameKey(each.set, set))) return;
  const before = { set, before: record.before };
  if (known === undefined) touched.set(key, [before]);
  else known.push(before);
}

/** The zone with every touched record set as it was before. */
function asItWas(now: ZoneData, dataId: string, touched: Touched): ZoneData {
  return {
    ...now,
    node(id, name) {
      const node = now.node(id, name);
      const changes = id === dataId ? touched.get(name) : undefined;
      if (changes === undefined) return node;
      const kept = (node?.recordSets ?? []).filter((set) => !changes.some((change) => sameKey(change.set, set)));
      const back = changes.map((change) => change.before).filter((set) => set !== undefined);
      return { children: node?.children ?? 0, recordSets: [...kept, ...back].sort(compareRecordSets) };
    },
  };
}

/**
 * Names and types whose answers may differ: what was touched, and the aliases that lead there. An alias that came, went or turned
 * was touched itself, so those that there are now are all there is to look for.
 */
function withAliases(
  view: View,
  dataId: string,
  touched: Touched,
): ReadonlyMap<NameKey, ReadonlySet<string>> | undefined {
  const affected = new Map<NameKey, Set<string>>();
  const waiting: [name: NameKey, type: string][] = [];
  const add = (name: NameKey, type: string): void => {
    const types = affected.get(name);
    if (types?.has(type)) return;
    if (types === undefined) affected.set(name, new Set([type]));
    else types.add(type);
    waiting.push([name, type]);
  };
  for (const [name, changes] of touched) for (const { set } of changes) add(name, set.type);
  let count = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const aliases = view.range(tables.aliases, { prefix: aliasesTo(dataId, ...next), limit: TOUCHED_MAX + 1 });
    count += aliases.length + 1;
    if (count > TOUCHED_MAX) return undefined;
    for (const { key } of aliases) add(readAliasRow(key).owner, next[1]);
  }
  return affected;
}

function compare(before: Rrset | undefined, after: Rrset | undefined, deleted: Rrset[], added: Rrset[]): void {
  // A record's TTL is a part of it here: with another TTL all records are others.
  const alike = before?.ttlSeconds === after?.ttlSeconds;
  const gone = before?.values.filter((value) => !alike || !after?.values.includes(value)) ?? [];
  const come = after?.values.filter((value) => !alike || !before?.values.includes(value)) ?? [];
  if (before !== undefined && gone.length > 0) deleted.push({ ...before, values: gone });
  if (after !== undefined && come.length > 0) added.push({ ...after, values: come });
}
