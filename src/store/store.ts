import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { open, type Database, type RootDatabase } from 'lmdb';
import { tables } from '../core/control/tables.ts';
import type { Draft, Key, Range, Row, Table, View } from '../core/control/view.ts';

/**
 * The state at one sequence, in LMDB: a start loads nothing, a reader never waits for the writer, and a crash leaves the last
 * commit whole. Every thread of a member opens the store for itself; one of them, the log's writer, writes.
 *
 * `overlappingSync` and the write map, lmdb-js's and LMDB's fast ways, are off on purpose: with them a commit is visible before it
 * is durable, and a full disk is a SIGBUS. What is deliberately not here: what the tables mean (core/control) and when to write
 * (log).
 */
export interface Store {
  readonly view: View;
  /** Later reads see the newest commit, and the snapshot read until now is let go. */
  renew(): void;
  /** One durable transaction: when this returns, it is on disk; when `action` throws, nothing of it is. */
  write<T>(action: (draft: Draft) => T): T;
  /** The sequence of the last change that the state holds. */
  sequence(): number;
  setSequence(sequence: number): void;
  /** Copies the newest commit to a file while others read and write. */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}

/** Written into every store; one that says otherwise is of another version of Waypost. */
export const STORE_FORMAT = 1;

/**
 * Address space, not memory or disk: the map is a read-only view of the file, which grows as it is filled. Ample, because a map cannot
 * grow under its readers, and 2⁴⁷ octets of address space are there on every 64-bit host.
 */
const MAP_BYTES = 256 * 2 ** 30;
const TABLES_MAX = 64;
/** Threads of a member, backups and some to spare. */
const READERS_MAX = 256;

export const STORE_FILE = 'waypost.mdb';
const META: Table<number> = { name: 'meta' };
/** Entries of the change log, kept in the same transaction as the state they lead to. */
export const LOG_TABLE = { name: 'log' } as const;
/** [change id] → sequence, for as long as the entry is kept: what makes an append idempotent. */
export const LOG_IDS_TABLE = { name: 'log-ids' } as const;

/** Thrown when a store cannot be used, with a sentence for its operator. */
export class StoreError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StoreError';
  }
}

export function openStore(directory: string, options: { readonly readOnly?: boolean } = {}): Store {
  const readOnly = options.readOnly ?? false;
  const path = join(directory, STORE_FILE);
  if (!readOnly) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // LMDB would make them readable by all.
    for (const file of [path, `${path}-lock`]) closeSync(openSync(file, 'a', 0o600));
  } else if (!existsSync(path) || statSync(path).size === 0) throw new StoreError(`there is no store in ${directory}`);
  const root = open({
    path,
    noSubdir: true,
    mapSize: MAP_BYTES,
    maxDbs: TABLES_MAX,
    maxReaders: READERS_MAX,
    overlappingSync: false,
    readOnly,
  });
  const names = [META.name, LOG_TABLE.name, LOG_IDS_TABLE.name, ...Object.values(tables).map((table) => table.name)];
  const databases = new Map(names.map((name) => [name, root.openDB<unknown>({ name })]));
  return lmdbStore(root, databases, readOnly);
}

function lmdbStore(root: RootDatabase, databases: ReadonlyMap<string, Database>, readOnly: boolean): Store {
  const databaseOf = (table: Table<unknown>): Database => {
    const database = databases.get(table.name);
    if (database === undefined) throw new StoreError(`the store has no table ${table.name}`);
    return database;
  };
  const draft: Draft = {
    get: <V>(table: Table<V>, key: Key) => databaseOf(table).get(encoded(key)) as V | undefined,
    range: <V>(table: Table<V>, range: Range) => rangeOf<V>(databaseOf(table), range),
    put: (table, key, value) => databaseOf(table).putSync(encoded(key), value),
    remove: (table, key) => void databaseOf(table).removeSync(encoded(key)),
  };
  const store: Store = {
    view: draft,
    renew: () => root.resetReadTxn(),
    write: (action) => root.transactionSync(() => action(draft)),
    sequence: () => draft.get(META, ['sequence']) ?? 0,
    setSequence: (sequence) => draft.put(META, ['sequence'], sequence),
    backup: (file) => root.backup(file, true),
    close: () => root.close(),
  };
  checkFormat(draft, store, readOnly);
  return store;
}

function checkFormat(draft: Draft, store: Store, readOnly: boolean): void {
  const format = draft.get(META, ['format']);
  if (format === undefined && !readOnly) store.write((fresh) => fresh.put(META, ['format'], STORE_FORMAT));
  else if (format !== STORE_FORMAT) {
    throw new StoreError(
      `the store has format ${format ?? 'none'}, this version of Waypost reads format ${STORE_FORMAT}`,
    );
  }
}

/** After every string that a key holds. */
const LAST = '\uffff';

function rangeOf<V>(database: Database, range: Range): Row<V>[] {
  const prefix = encoded(range.prefix ?? []);
  const text = range.textPrefix ?? '';
  // `from` may lie before the prefix; then the prefix is where to begin.
  const first = text === '' ? prefix : [...prefix, text];
  const from = range.from === undefined ? [] : encoded(range.from);
  const start = compareKeys(from, first) < 0 ? first : from;
  const options: { start?: (string | number)[]; end?: (string | number)[]; limit: number } = { limit: range.limit };
  if (start.length > 0) options.start = start;
  if (first.length > 0) options.end = [...prefix, `${text}${LAST}`];
  const rows: Row<V>[] = [];
  for (const entry of database.getRange(options as never)) {
    rows.push({ key: decoded(entry.key as unknown as (string | number)[]), value: entry.value as V });
  }
  return rows;
}

/** LMDB's order of the keys: element by element, numbers before strings, a key before those that it begins. */
function compareKeys(a: Key, b: Key): number {
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    const left = a[at] as string | number;
    const right = b[at] as string | number;
    if (left === right) continue;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/** LMDB has no empty keys, and the root name's key is the empty string: a space, which no key holds, stands for it. */
const EMPTY = ' ';

function encoded(key: Key): (string | number)[] {
  return key.map((element) => (element === '' ? EMPTY : element));
}

function decoded(key: (string | number)[] | string | number): Key {
  const elements = Array.isArray(key) ? key : [key];
  return elements.map((element) => (element === EMPTY ? '' : element));
}
