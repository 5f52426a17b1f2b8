import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { lockDataDirectory, type DataLock } from '../store/data-lock.ts';
import { ConfigError } from './config-error.ts';

/** Makes the data directory if need be, and takes it for this process. */
export function takeDataDirectory(directory: string): DataLock {
  let lock: DataLock | undefined;
  try {
    makeDirectory(directory);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    lock = lockDataDirectory(directory);
  } catch (error) {
    throw new ConfigError(
      'WAYPOST_DATA',
      `cannot write to ${directory} (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
  if (lock === undefined) throw new ConfigError('WAYPOST_DATA', `another process is using ${directory}`);
  return lock;
}

/** Not Node's recursive mkdir: below a directory that refuses children with ENOENT, as /proc does, that one never ends. */
function makeDirectory(directory: string): void {
  const missing: string[] = [];
  for (let at = resolve(directory); !existsSync(at); at = dirname(at)) missing.push(at);
  for (const path of missing.toReversed()) mkdirSync(path, { mode: 0o700 });
}
