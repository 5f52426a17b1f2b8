import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, STORE_FILE } from '../store/store.ts';
import { CREDENTIALS_FILE } from './credentials.ts';
import { takeDataDirectory } from './data-directory.ts';
import { SettingError } from './setting-error.ts';

/** Copies a member's state and access key to an empty directory, while the member serves and writes. */
export async function backup(data: string, target: string): Promise<void> {
  if (!existsSync(join(data, STORE_FILE))) throw new SettingError(`WAYPOST_DATA: there is no store in ${data}`);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  if (readdirSync(target).length > 0) throw new SettingError(`${target} is not empty`);
  const store = openStore(data, { readOnly: true });
  try {
    await store.backup(join(target, STORE_FILE));
  } finally {
    await store.close();
  }
  copyCredentials(data, target);
}

/** Puts a backup into a data directory that has no store yet. */
export async function restore(source: string, data: string): Promise<void> {
  if (!existsSync(join(source, STORE_FILE))) throw new SettingError(`there is no backup in ${source}`);
  const lock = takeDataDirectory(data);
  try {
    if (existsSync(join(data, STORE_FILE))) throw new SettingError(`WAYPOST_DATA: ${data} already has a store; restore into an empty directory`);
    // Opened first: a damaged or foreign backup must fail here, not at the next start.
    await openStore(source, { readOnly: true }).close();
    copyFileSync(join(source, STORE_FILE), join(data, STORE_FILE));
    copyCredentials(source, data);
  } finally {
    lock.release();
  }
}

function copyCredentials(from: string, to: string): void {
  const file = join(from, CREDENTIALS_FILE);
  if (existsSync(file)) copyFileSync(file, join(to, CREDENTIALS_FILE));
}
