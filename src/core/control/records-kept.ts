import type { ChangeBase } from './operation.ts';
import { tables, type HistoryEntry, type RecordDifference } from './tables.ts';
import type { Draft } from './view.ts';

/** History entries kept for each zone: enough for an IXFR journal and a look back, small enough for millions of zones. */
export const HISTORY_ENTRIES_MAX = 1000;

/** Makes the change's id readable for ever (GetChange), because clients keep ids for days. */
export function keepChange(draft: Draft, change: ChangeBase & { comment?: string }, sequence: number): void {
  draft.put(tables.changes, [change.id], {
    id: change.id,
    sequence,
    submittedAt: change.at,
    ...(change.comment === undefined ? {} : { comment: change.comment }),
  });
}

/** More in one entry is not history that anyone reads, and a journal longer than the zone helps no one who copies it. */
const HISTORY_DIFFERENCES_MAX = 10_000;

/** Of too many differences only those of the SOA record are kept, which tell the serials before and after. */
export function keepHistory(
  draft: Draft,
  zoneId: string,
  change: ChangeBase & { comment?: string },
  sequence: number,
  records: readonly RecordDifference[],
  more: Pick<HistoryEntry, 'incomplete'> = {},
): void {
  const fits = records.length <= HISTORY_DIFFERENCES_MAX;
  const isSoa = ({ before, after }: RecordDifference): boolean => (after ?? before)?.type === 'SOA';
  draft.put(tables.history, [zoneId, sequence], {
    changeId: change.id,
    at: change.at,
    kind: change.kind,
    by: change.by,
    records: fits ? records : records.filter(isSoa),
    ...(fits ? more : { incomplete: true }),
    ...(change.comment === undefined ? {} : { comment: change.comment }),
  });
  const counter = ['history', zoneId].join('/');
  const entries = (draft.get(tables.counters, [counter]) ?? 0) + 1;
  if (entries > HISTORY_ENTRIES_MAX) {
    const oldest = draft.range(tables.history, { prefix: [zoneId], limit: 1 })[0];
    if (oldest !== undefined) draft.remove(tables.history, oldest.key);
  }
  draft.put(tables.counters, [counter], Math.min(entries, HISTORY_ENTRIES_MAX));
}

export function count(draft: Draft, counter: string, difference: number): void {
  draft.put(tables.counters, [counter], (draft.get(tables.counters, [counter]) ?? 0) + difference);
}
