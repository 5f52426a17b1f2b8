import type { ChangeBase, Lanes } from '../core/control/operation.ts';
import { tables } from '../core/control/tables.ts';
import type { Draft, Table, View } from '../core/control/view.ts';
import { LOG_IDS_TABLE, LOG_TABLE } from '../store/store.ts';

/** Where lanes ended when a change was decided: lane → sequence. */
export type LaneEnds = Readonly<Record<string, number>>;

export interface LaneConditions {
  readonly advances: LaneEnds;
  readonly reliesOn: LaneEnds;
}

export interface LoggedChange {
  readonly sequence: number;
  readonly change: ChangeBase;
}

const entries: Table<ChangeBase> = LOG_TABLE;
const sequences: Table<number> = LOG_IDS_TABLE;

/** Entries kept for followers to read. The log is transport; what must last is state, written by `apply`. */
export const ENTRIES_MAX = 10_000;
/** Octets of bulk (imports) that these entries may hold together: some minutes of the longest import. */
export const BULK_OCTETS_MAX = 64 * 2 ** 20;
const BULK_COUNTER = ['log-bulk-octets'];

/** Reads where a change's lanes end now. */
export function laneEnds(view: View, lanes: Lanes): LaneConditions {
  const ends = (names: readonly string[]): LaneEnds =>
    Object.fromEntries(names.map((name) => [name, view.get(tables.lanes, [name]) ?? 0]));
  return { advances: ends(lanes.advances), reliesOn: ends(lanes.reliesOn) };
}

/**
 * Appends within a transaction. The change is taken only if each of its lanes still ends where the deciding view saw it; appending
 * a change that is already there (by its id) gives its sequence again, which is not after `last`: it must not be applied twice.
 */
export function append(draft: Draft, last: number, change: ChangeBase, lanes: LaneConditions): number | 'conflict' {
  const known = draft.get(sequences, [change.id]);
  if (known !== undefined) return known;
  for (const [name, end] of Object.entries({ ...lanes.reliesOn, ...lanes.advances })) {
    if ((draft.get(tables.lanes, [name]) ?? 0) !== end) return 'conflict';
  }
  const sequence = last + 1;
  draft.put(entries, [sequence], change);
  draft.put(sequences, [change.id], sequence);
  const bulk = bulkOctets(change);
  if (bulk > 0) countBulk(draft, bulk);
  trim(draft, sequence - ENTRIES_MAX);
  for (const name of Object.keys(lanes.advances)) draft.put(tables.lanes, [name], sequence);
  return sequence;
}

function trim(draft: Draft, sequence: number): void {
  const old = sequence > 0 ? draft.get(entries, [sequence]) : undefined;
  if (old !== undefined) forget(draft, sequence, old);
}

function forget(draft: Draft, sequence: number, change: ChangeBase): void {
  draft.remove(entries, [sequence]);
  draft.remove(sequences, [change.id]);
  const bulk = bulkOctets(change);
  if (bulk > 0) draft.put(tables.counters, BULK_COUNTER, (draft.get(tables.counters, BULK_COUNTER) ?? 0) - bulk);
}

function countBulk(draft: Draft, more: number): void {
  draft.put(tables.counters, BULK_COUNTER, (draft.get(tables.counters, BULK_COUNTER) ?? 0) + more);
  while ((draft.get(tables.counters, BULK_COUNTER) ?? 0) > BULK_OCTETS_MAX) {
    const oldest = draft.range(entries, { limit: 1 })[0];
    if (oldest === undefined) return;
    forget(draft, oldest.key[0] as number, oldest.value);
  }
}

/** What a change, or a command on its way to become one, carries as octets. */
export function bulkOctets(value: object): number {
  let octets = 0;
  for (const member of Object.values(value)) if (member instanceof Uint8Array) octets += member.length;
  return octets;
}

/** The entries after a sequence, in order. */
export function read(view: View, after: number, limit: number): LoggedChange[] {
  return view
    .range(entries, { from: [after + 1], limit })
    .map((row) => ({ sequence: row.key[0] as number, change: row.value }));
}
