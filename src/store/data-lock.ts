import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';

/**
 * One member to a data directory. LMDB itself lets several processes in, and each would think that it is the only writer; so the
 * first holds an flock(2), which the kernel lets go of however the process ends.
 */
export interface DataLock {
  release(): void;
}

const LOCK_EX = 2;
const LOCK_NB = 4;

/** Undefined when another process holds the lock. */
export function lockDataDirectory(directory: string): DataLock | undefined {
  const flock = koffi.load(process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6').func('int flock(int, int)');
  const fd = openSync(join(directory, 'lock'), 'w', 0o600);
  if (flock(fd, LOCK_EX | LOCK_NB) !== 0) {
    closeSync(fd);
    return undefined;
  }
  return { release: () => closeSync(fd) };
}
