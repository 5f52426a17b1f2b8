import { accessSync, constants, mkdirSync } from 'node:fs';
import { lockDataDirectory, type DataLock } from '../store/data-lock.ts';
import { ConfigError } from './config.ts';

/** Makes the data directory if need be, and takes it for this process. */
export function takeDataDirectory(directory: string): DataLock {
  let lock: DataLock | undefined;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    lock = lockDataDirectory(directory);
  } catch (error) {
    throw new ConfigError('WAYPOST_DATA', `cannot write to ${directory} (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  if (lock === undefined) throw new ConfigError('WAYPOST_DATA', `another process is using ${directory}`);
  return lock;
}
