import type { Draft, Key, Range, Row, Table } from './view.ts';

/**
 * The in-memory implementation of `Draft`: each table is a list of rows sorted by key. It keeps the state of tests; nothing is
 * durable, and inserting costs a table's length.
 */
export class MemoryDraft implements Draft {
  readonly #tables = new Map<string, Row<unknown>[]>();

  get<V>(table: Table<V>, key: Key): V | undefined {
    const rows = this.#rows(table);
    const row = rows[lowerBound(rows, key)];
    return row !== undefined && compareKeys(row.key, key) === 0 ? row.value : undefined;
  }

  range<V>(table: Table<V>, range: Range): Row<V>[] {
    const rows = this.#rows(table);
    const found: Row<V>[] = [];
    const prefix = range.prefix ?? [];
    const first = range.textPrefix === undefined ? prefix : [...prefix, range.textPrefix];
    // `from` may lie before the prefix; then the prefix is where to begin.
    const start = range.from === undefined || compareKeys(range.from, first) < 0 ? first : range.from;
    for (let at = lowerBound(rows, start); at < rows.length && found.length < range.limit; at += 1) {
      const row = rows[at] as Row<V>;
      if (prefix.some((element, index) => row.key[index] !== element)) {
        if (compareKeys(row.key, prefix) > 0) break;
        continue;
      }
      if (range.textPrefix !== undefined && !String(row.key.at(-1)).startsWith(range.textPrefix)) continue;
      found.push(row);
    }
    return found;
  }

  put<V>(table: Table<V>, key: Key, value: V): void {
    const rows = this.#rows(table);
    const at = lowerBound(rows, key);
    const existing = rows[at];
    const taken = existing !== undefined && compareKeys(existing.key, key) === 0;
    rows.splice(at, taken ? 1 : 0, { key, value });
  }

  remove<V>(table: Table<V>, key: Key): void {
    const rows = this.#rows(table);
    const at = lowerBound(rows, key);
    const existing = rows[at];
    if (existing !== undefined && compareKeys(existing.key, key) === 0) rows.splice(at, 1);
  }

  /** Names of the tables that hold rows, with how many: for finding what a change left behind. */
  rowCounts(): Record<string, number> {
    const counts = [...this.#tables].map(([name, rows]) => [name, rows.length] as const);
    return Object.fromEntries(counts.filter(([, rows]) => rows > 0));
  }

  #rows<V>(table: Table<V>): Row<V>[] {
    let rows = this.#tables.get(table.name);
    if (rows === undefined) {
      rows = [];
      this.#tables.set(table.name, rows);
    }
    return rows as Row<V>[];
  }
}

/** Numbers before text, a shorter key before the longer ones that it begins. */
function compareKeys(a: Key, b: Key): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const left = a[index] as string | number;
    const right = b[index] as string | number;
    if (left === right) continue;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

function lowerBound(rows: readonly Row<unknown>[], key: Key): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys((rows[middle] as Row<unknown>).key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
