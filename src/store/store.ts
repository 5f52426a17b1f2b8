import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { open, type Database, type RootDatabase, type Transaction } from 'lmdb';
import type { ChangeBase } from '../core/control/operation.ts';
import { count } from '../core/control/rows/codec.ts';
import { plain } from '../core/control/rows/plain.ts';
import { tables } from '../core/control/tables.ts';
import type { Draft, Key, Range, Row, Table, View } from '../core/control/view.ts';
import { BEHIND_ALL, readKey, writeCharacters, writeKey } from './key-octets.ts';
import { rowEncoder } from './row-encoder.ts';
import { openSnapshot, type Snapshot } from './snapshot.ts';
import { StoreError } from './store-error.ts';

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
  /** The newest commit, held while more than one turn of the event loop reads it. */
  snapshot(millisecondsMax?: number): Snapshot;
  /** Later reads see the newest commit, and the snapshot read until now is let go. */
  renew(): void;
  /** One durable transaction: when this returns, it is on disk; when `action` throws, nothing of it is. */
  write<T>(action: (draft: Draft) => T): T;
  /** The sequence of the last change that the state holds. */
  sequence(): number;
  setSequence(sequence: number): void;
  /**
   * Lets go of what processes were reading that have been killed; gives how many. Until then the file keeps all that was replaced since.
   * Opening a store does it, too, but who runs for months opens none.
   */
  releaseDeadReaders(): number;
  /** Copies the newest commit to a file while others read and write. */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}

/** Written into every store; one that says otherwise is of another version of Waypost. */
export const STORE_FORMAT = 2;

/**
 * Address space, not memory or disk: the map is a read-only view of the file, which grows as it is filled. Ample, because a map cannot
 * grow under its readers, and 2⁴⁷ octets of address space are there on every 64-bit host.
 */
const MAP_BYTES = 256 * 2 ** 30;
const TABLES_MAX = 64;
/** Threads of a member, backups and some to spare. */
const READERS_MAX = 256;

export const STORE_FILE = 'waypost.mdb';
const META: Table<number> = { name: 'meta', codec: count };
/** Entries of the change log, kept in the same transaction as the state they lead to. */
export const LOG_TABLE: Table<ChangeBase> = { name: 'log' };
/** [change id] → sequence, for as long as the entry is kept: what makes an append idempotent. */
export const LOG_IDS_TABLE: Table<number> = { name: 'log-ids', codec: count };

export function openStore(directory: string, options: { readonly readOnly?: boolean } = {}): Store {
  const readOnly = options.readOnly ?? false;
  const path = join(directory, STORE_FILE);
  if (!readOnly) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // LMDB would make them readable by all.
    for (const file of [path, `${path}-lock`]) closeSync(openSync(file, 'a', 0o600));
  } else if (!existsSync(path) || statSync(path).size === 0) throw new StoreError(`there is no store in ${directory}`);
  // Opening also gives back the places of readers whose process was killed.
  const root = open({
    path,
    noSubdir: true,
    mapSize: MAP_BYTES,
    maxDbs: TABLES_MAX,
    maxReaders: READERS_MAX,
    overlappingSync: false,
    readOnly,
  });
  return lmdbStore(root, openTables(root), readOnly);
}

type LmdbKey = Key | Uint8Array;
type Databases = ReadonlyMap<string, Database<unknown, never>>;

function openTables(root: RootDatabase): Databases {
  const all: readonly Table<unknown>[] = [META, LOG_TABLE, LOG_IDS_TABLE, ...Object.values(tables)] as Table<unknown>[];
  return new Map(
    all.map(({ name, codec }) => {
      // What lmdb-js documents, though its types leave `keyEncoder` out.
      const options = { name, keyEncoder: { writeKey: writeLmdbKey, readKey }, encoder: rowEncoder(codec ?? plain) };
      return [name, root.openDB<unknown, never>(options)];
    }),
  );
}

/** A key, or the octets that a range begins or ends with. */
function writeLmdbKey(key: LmdbKey, target: Uint8Array, start: number): number {
  if (!(key instanceof Uint8Array)) return writeKey(key, target, start);
  target.set(key, start);
  return start + key.length;
}

function lmdbStore(root: RootDatabase, databases: Databases, readOnly: boolean): Store {
  const draft: Draft = {
    ...viewOf(databases, undefined),
    put: (table, key, value) => databaseOf(databases, table).putSync(key as never, value),
    remove: (table, key) => void databaseOf(databases, table).removeSync(key as never),
  };
  const snapshots = new Set<Snapshot>();
  const store: Store = {
    view: draft,
    snapshot(millisecondsMax) {
      const viewAt = (transaction: Transaction): View => viewOf(databases, transaction);
      const snapshot = openSnapshot(root, viewAt, () => snapshots.delete(snapshot), millisecondsMax);
      snapshots.add(snapshot);
      return snapshot;
    },
    renew: () => root.resetReadTxn(),
    write: (action) => root.transactionSync(() => action(draft)),
    sequence: () => draft.get(META, ['sequence']) ?? 0,
    setSequence: (sequence) => draft.put(META, ['sequence'], sequence),
    releaseDeadReaders: () => root.readerCheck(),
    backup: (file) => root.backup(file, true),
    close() {
      for (const snapshot of snapshots) snapshot.close();
      return root.close();
    },
  };
  checkFormat(draft, store, readOnly);
  return store;
}

function checkFormat(draft: Draft, store: Store, readOnly: boolean): void {
  const format = draft.get(META, ['format']);
  const empty = draft.range(META, { limit: 1 }).length === 0;
  if (empty && !readOnly) store.write((fresh) => fresh.put(META, ['format'], STORE_FORMAT));
  else if (format !== STORE_FORMAT) {
    throw new StoreError(
      `the store has format ${format ?? 'none'}, this version of Waypost reads format ${STORE_FORMAT}`,
    );
  }
}

function databaseOf(databases: Databases, table: { readonly name: string }): Database<unknown, never> {
  const database = databases.get(table.name);
  if (database === undefined) throw new StoreError(`the store has no table ${table.name}`);
  return database;
}

function viewOf(databases: Databases, transaction: Transaction | undefined): View {
  const options = transaction === undefined ? {} : { transaction };
  return {
    get: <V>(table: Table<V>, key: Key) => databaseOf(databases, table).get(key as never, options) as V | undefined,
    range: <V>(table: Table<V>, range: Range) => rangeOf<V>(databaseOf(databases, table), range, options),
  };
}

function rangeOf<V>(
  database: Database<unknown, never>,
  range: Range,
  options: { readonly transaction?: Transaction },
): Row<V>[] {
  const first = prefixOctets(range);
  const from = range.from === undefined ? NOTHING : keyOctets(range.from);
  // `from` may lie before the prefix; then the prefix is where to begin.
  const start = Buffer.compare(from, first) < 0 ? first : from;
  const end = Uint8Array.of(...first, BEHIND_ALL);
  const rows: Row<V>[] = [];
  const bounds = { start: start as never, end: end as never, limit: range.limit };
  for (const { key, value } of database.getRange({ ...options, ...bounds })) {
    rows.push({ key: key as Key, value: value as V });
  }
  return rows;
}

const NOTHING = new Uint8Array(0);

/** A prefix ends with its last element; a text prefix within one. */
function prefixOctets(range: Range): Uint8Array {
  const end = writeKey(range.prefix ?? [], scratch, 0);
  return scratch.slice(0, writeCharacters(range.textPrefix ?? '', scratch, end));
}

function keyOctets(key: Key): Uint8Array {
  return scratch.slice(0, writeKey(key, scratch, 0));
}

/** Longer than LMDB's longest key. */
const scratch = new Uint8Array(8192);
