import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tables } from '../core/control/tables.ts';
import { openStore, STORE_FILE, STORE_FORMAT, StoreError } from './store.ts';

/**
 * A copy of a member's data that can be put back: a directory with the store as of one commit, the files beside it that a member
 * cannot be without (its first access key), and a manifest that says what this is. The copy is taken by a process of its own while
 * the member serves: LMDB gives it a snapshot, and nobody waits.
 *
 * The manifest is written last, so a directory without one is a backup that did not finish.
 */
export interface Manifest {
  readonly format: number;
  /** The last change that the copy holds. */
  readonly sequence: number;
  readonly zones: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

export const MANIFEST_FILE = 'manifest.json';

/** `companions` are names of files in the data directory that are copied where they exist. */
export async function backUp(dataDirectory: string, target: string, companions: readonly string[], createdAt: Date): Promise<Manifest> {
  const source = openStore(dataDirectory, { readOnly: true });
  try {
    makeEmptyDirectory(target, 'A backup goes into a directory of its own.');
    await source.backup(join(target, STORE_FILE));
  } finally {
    await source.close();
  }
  for (const name of companions) copyIfThere(dataDirectory, target, name);
  const contents = await contentsOf(target);
  const manifest: Manifest = { ...contents, createdAt: createdAt.toISOString() };
  seal(join(target, STORE_FILE));
  writeFileSync(join(target, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  seal(join(target, MANIFEST_FILE));
  syncPath(target);
  return manifest;
}

/** Puts a backup into an empty or absent data directory; the store gets its name last, so that half a restore is no store. */
export async function restore(source: string, dataDirectory: string, companions: readonly string[]): Promise<Manifest> {
  const manifest = readManifest(source);
  makeEmptyDirectory(dataDirectory, 'A restore never writes over data: name a directory that is empty or not there yet.');
  const incoming = join(dataDirectory, `${STORE_FILE}.incoming`);
  try {
    copyFileSync(join(source, STORE_FILE), incoming);
    for (const name of companions) copyIfThere(source, dataDirectory, name);
    seal(incoming);
    renameSync(incoming, join(dataDirectory, STORE_FILE));
    const found = await contentsOf(dataDirectory);
    if (found.sequence !== manifest.sequence || found.zones !== manifest.zones) {
      throw new StoreError(
        `${source} is damaged: its manifest says sequence ${manifest.sequence} and ${manifest.zones} zones, ` +
          `its store holds sequence ${found.sequence} and ${found.zones} zones`,
      );
    }
    syncPath(dataDirectory);
  } catch (error) {
    for (const name of [STORE_FILE, `${STORE_FILE}-lock`, `${STORE_FILE}.incoming`, ...companions]) {
      rmSync(join(dataDirectory, name), { force: true });
    }
    throw error;
  }
  return manifest;
}

async function contentsOf(directory: string): Promise<Omit<Manifest, 'createdAt'>> {
  const store = openStore(directory, { readOnly: true });
  try {
    return { format: STORE_FORMAT, sequence: store.sequence(), zones: store.view.get(tables.counters, ['hosted-zones']) ?? 0 };
  } finally {
    await store.close();
    rmSync(join(directory, `${STORE_FILE}-lock`), { force: true });
  }
}

function readManifest(source: string): Manifest {
  const file = join(source, MANIFEST_FILE);
  if (!existsSync(file)) throw new StoreError(`${source} is not a finished backup: it has no ${MANIFEST_FILE}`);
  const manifest = parsedManifest(readFileSync(file, 'utf8'));
  if (manifest === undefined) throw new StoreError(`${file} is not a manifest of Waypost`);
  if (manifest.format !== STORE_FORMAT) {
    throw new StoreError(`${source} has format ${manifest.format}, this version of Waypost reads format ${STORE_FORMAT}`);
  }
  if (!existsSync(join(source, STORE_FILE))) throw new StoreError(`${source} is damaged: it has no ${STORE_FILE}`);
  return manifest;
}

function parsedManifest(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null;
    const { format, sequence, zones, createdAt } = value ?? {};
    if (typeof format !== 'number' || typeof sequence !== 'number' || typeof zones !== 'number') return undefined;
    return typeof createdAt === 'string' ? { format, sequence, zones, createdAt } : undefined;
  } catch {
    return undefined;
  }
}

function makeEmptyDirectory(directory: string, advice: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (readdirSync(directory).length > 0) throw new StoreError(`${directory} is not empty. ${advice}`);
  chmodSync(directory, 0o700);
}

function copyIfThere(from: string, to: string, name: string): void {
  if (!existsSync(join(from, name))) return;
  copyFileSync(join(from, name), join(to, name));
  seal(join(to, name));
}

/** Readable by its owner only, and on disk. */
function seal(file: string): void {
  chmodSync(file, 0o600);
  syncPath(file);
}

function syncPath(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
