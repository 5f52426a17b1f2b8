import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tables } from '../core/control/tables.ts';
import { lockDataDirectory } from './data-lock.ts';
import { openStore, STORE_FILE, STORE_FORMAT, StoreError } from './store.ts';

/** What is in a backup, beside the data itself. */
interface Manifest {
  readonly format: number;
  readonly sequence: number;
  readonly hostedZones: number;
  readonly createdAt: string;
}

const MANIFEST_FILE = 'manifest.json';
/** The first access key, so that a restored member knows its clients. */
const CREDENTIALS_FILE = 'credentials.json';

/** Copies a data directory, in use or not, to a new directory. Gives a line for the operator. */
export async function backup(dataDirectory: string, target: string): Promise<string> {
  if (!existsSync(join(dataDirectory, STORE_FILE))) throw new StoreError(`WAYPOST_DATA: there is no store in ${dataDirectory}`);
  if (existsSync(target) && readdirSync(target).length > 0) throw new StoreError(`${target} is not empty; a backup needs a new directory`);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const store = openStore(dataDirectory, { readOnly: true });
  await store.backup(join(target, STORE_FILE));
  await store.close();
  chmodSync(join(target, STORE_FILE), 0o600);
  // The copy says what it holds: the store that it was made from has moved on.
  const copy = openStore(target, { readOnly: true });
  const manifest: Manifest = {
    format: STORE_FORMAT,
    sequence: copy.sequence(),
    hostedZones: copy.view.get(tables.counters, ['hosted-zones']) ?? 0,
    createdAt: new Date().toISOString(),
  };
  await copy.close();
  writeFileSync(join(target, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  const credentials = join(dataDirectory, CREDENTIALS_FILE);
  if (existsSync(credentials)) {
    copyFileSync(credentials, join(target, CREDENTIALS_FILE));
    chmodSync(join(target, CREDENTIALS_FILE), 0o600);
  }
  return `Backed up ${manifest.hostedZones} hosted zones at change ${manifest.sequence} to ${target}`;
}

/** Puts a backup into an empty data directory. Gives a line for the operator. */
export function restore(source: string, dataDirectory: string): string {
  const manifest = readManifest(source);
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  if (readdirSync(dataDirectory).length > 0) throw new StoreError(`WAYPOST_DATA: ${dataDirectory} is not empty; a backup is restored into an empty directory`);
  const lock = lockDataDirectory(dataDirectory);
  if (lock === undefined) throw new StoreError(`WAYPOST_DATA: another process is using ${dataDirectory}`);
  for (const file of [STORE_FILE, CREDENTIALS_FILE]) {
    if (!existsSync(join(source, file))) continue;
    copyFileSync(join(source, file), join(dataDirectory, file));
    chmodSync(join(dataDirectory, file), 0o600);
  }
  lock.release();
  return `Restored ${manifest.hostedZones} hosted zones at change ${manifest.sequence} to ${dataDirectory}`;
}

function readManifest(source: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(source, MANIFEST_FILE), 'utf8')) as Manifest;
  } catch {
    throw new StoreError(`${source} holds no backup: ${MANIFEST_FILE} cannot be read`);
  }
  if (manifest.format !== STORE_FORMAT) throw new StoreError(`${source} has format ${manifest.format}; this version of Waypost reads ${STORE_FORMAT}`);
  return manifest;
}
