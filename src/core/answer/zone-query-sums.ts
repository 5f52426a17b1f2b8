import { MARKED_LATELY, zoneOfSlot, zoneQueryTable, type ZoneQueryTable } from './zone-queries.ts';

export interface QueriesByZone {
  readonly queries: ReadonlyMap<string, number>;
  /** There may have been zones that are left out because they were not counted all the time. */
  readonly missed: boolean;
}

/** Adds up what several threads count (zone-queries.ts). To be asked every minute. */
export class ZoneQuerySums {
  readonly #threads: readonly { readonly table: ZoneQueryTable; readonly before: Int32Array }[];

  constructor(memories: readonly SharedArrayBuffer[]) {
    this.#threads = memories.map((memory) => {
      const table = zoneQueryTable(memory);
      return { table, before: new Int32Array(table.counts.length) };
    });
  }

  /** Since it was asked before. */
  take(): QueriesByZone {
    const marked = this.#takeMarks();
    const queries = new Map<string, number>();
    for (const { table, before } of this.#threads) {
      const used = Atomics.load(table.used, 0);
      for (let slot = 1; slot < used; slot += 1) {
        const count = table.counts[slot] as number;
        if (count === before[slot]) continue;
        // What is being written is counted next time.
        const zone = zoneOfSlot(table, slot);
        if (zone === undefined) continue;
        const more = (count - (before[slot] as number)) >>> 0;
        before[slot] = count;
        if (!marked.has(zone.place)) queries.set(zone.zoneId, (queries.get(zone.zoneId) ?? 0) + more);
      }
    }
    return { queries, missed: marked.size > 0 };
  }

  #takeMarks(): Set<number> {
    const marked = new Set<number>();
    for (const { table } of this.#threads) {
      for (let place = 0; place < table.marks.length; place += 1) {
        if (table.marks[place] === 0) continue;
        marked.add(place);
        Atomics.compareExchange(table.marks, place, MARKED_LATELY, 0);
      }
    }
    return marked;
  }
}
