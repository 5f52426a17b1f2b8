import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
} from 'node:fs';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tables } from '../core/control/tables.ts';
import { LOCK_FILE, lockDataDirectory } from './data-lock.ts';
import { StoreError } from './store-error.ts';
import { openStore, STORE_FILE, STORE_FORMAT } from './store.ts';

/** What a backup holds; written last, so that a directory without it is an unfinished one. */
export interface Manifest {
  readonly format: number;
  readonly sequence: number;
  readonly zones: number;
  /** Of the store's file, in hexadecimal. */
  readonly sha256: string;
  readonly createdAt: string;
}

export const MANIFEST_FILE = 'manifest.json';

/**
 * Copies the newest commit of a data directory, in use or not, to a new directory, with those of `files` that are there (the access
 * key). Everything is readable by its owner only. Throws `StoreError`.
 */
export async function backUp(data: string, target: string, files: readonly string[], now: Date): Promise<Manifest> {
  if (!existsSync(join(data, STORE_FILE))) throw new StoreError(`there is no store in ${data}`);
  if (contentsOf(target).length > 0)
    throw new StoreError(`${target} is not empty. A backup goes into a directory of its own`);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  chmodSync(target, 0o700);
  const store = openStore(data, { readOnly: true });
  await store.backup(join(target, STORE_FILE));
  await store.close();
  copyPrivately(data, target, files);
  seal(join(target, STORE_FILE));
  // The copy is asked what it holds: the store that it was made from may have moved on.
  const held = await contents(target);
  const manifest: Manifest = {
    format: STORE_FORMAT,
    ...held,
    sha256: await digest(join(target, STORE_FILE)),
    createdAt: now.toISOString(),
  };
  writeFileSync(join(target, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  seal(join(target, MANIFEST_FILE));
  return manifest;
}

/** Puts a backup into an empty data directory. Nothing is written before the backup has proven whole. Throws `StoreError`. */
export async function restore(source: string, data: string, files: readonly string[]): Promise<Manifest> {
  refuseData(data);
  const manifest = readManifest(source);
  const file = join(source, STORE_FILE);
  if (!existsSync(file)) throw new StoreError(`the backup in ${source} is damaged: it has no ${STORE_FILE}`);
  if ((await digest(file)) !== manifest.sha256) {
    throw new StoreError(`the backup in ${source} is damaged: ${STORE_FILE} is not what was backed up`);
  }
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const lock = lockDataDirectory(data);
  if (lock === undefined) throw new StoreError(`another process is using ${data}`);
  try {
    // A member may have come and gone since the first look.
    refuseData(data);
    putBack(source, data, files);
  } finally {
    lock.release();
  }
  return manifest;
}

/** What a restore has not finished copying; a later one writes over it. */
const RESTORING = '.restoring';

function putBack(source: string, data: string, files: readonly string[]): void {
  // The store comes last and under its name only when whole, so that half a restore is no store.
  const names = [...files, STORE_FILE].filter((name) => existsSync(join(source, name)));
  const named: string[] = [];
  try {
    for (const name of names) {
      copyFileSync(join(source, name), join(data, `${name}${RESTORING}`));
      seal(join(data, `${name}${RESTORING}`));
    }
    for (const name of names) {
      renameSync(join(data, `${name}${RESTORING}`), join(data, name));
      named.push(name);
    }
    sync(data);
  } catch (error) {
    for (const name of [...named, ...names.map((each) => `${each}${RESTORING}`)]) {
      rmSync(join(data, name), { force: true });
    }
    throw new StoreError(`the backup cannot be copied to ${data} (${(error as NodeJS.ErrnoException).code})`);
  }
}

function contentsOf(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

/** The lock's file and half copies are no data: a member or a restore that failed leaves them behind. */
function refuseData(data: string): void {
  const held = contentsOf(data).filter((name) => name !== LOCK_FILE && !name.endsWith(RESTORING));
  if (held.length > 0) throw new StoreError(`${data} is not empty. A restore never writes over data`);
}

function copyPrivately(from: string, to: string, files: readonly string[]): void {
  for (const file of files) {
    if (!existsSync(join(from, file))) continue;
    copyFileSync(join(from, file), join(to, file));
    seal(join(to, file));
  }
}

/** Readable by its owner only, and on disk. */
function seal(file: string): void {
  chmodSync(file, 0o600);
  sync(file);
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

async function contents(directory: string): Promise<{ sequence: number; zones: number }> {
  const store = openStore(directory, { readOnly: true });
  const held = { sequence: store.sequence(), zones: store.view.get(tables.counters, ['hosted-zones']) ?? 0 };
  await store.close();
  // Readers of the copy leave LMDB's lock file behind, which is no part of a backup.
  rmSync(join(directory, `${STORE_FILE}-lock`), { force: true });
  return held;
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) hash.update(chunk);
  return hash.digest('hex');
}

function readManifest(source: string): Manifest {
  let text: string;
  try {
    text = readFileSync(join(source, MANIFEST_FILE), 'utf8');
  } catch {
    throw new StoreError(`${source} is not a finished backup: it has no ${MANIFEST_FILE}`);
  }
  const manifest = parsed(text) as Partial<Manifest> | null;
  if (typeof manifest?.format !== 'number' || typeof manifest.sha256 !== 'string') {
    throw new StoreError(`${join(source, MANIFEST_FILE)} is not a manifest`);
  }
  if (manifest.format !== STORE_FORMAT) {
    throw new StoreError(
      `the backup in ${source} has format ${manifest.format}; this version of Waypost reads ${STORE_FORMAT}`,
    );
  }
  return manifest as Manifest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
