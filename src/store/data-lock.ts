import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { StoreError } from './store-error.ts';

/**
 * One member to a data directory. LMDB itself lets several processes in, and each would think that it is the only writer; so the
 * first holds an flock(2), which the kernel lets go of however the process ends.
 */
export interface DataLock {
  release(): void;
}

export const LOCK_FILE = 'lock';

const LOCK_EX = 2;
const LOCK_NB = 4;

/** Undefined when another process holds the lock. */
export function lockDataDirectory(directory: string): DataLock | undefined {
  const flock = flockOfLibc();
  const fd = openSync(join(directory, LOCK_FILE), 'w', 0o600);
  if (flock(fd, LOCK_EX | LOCK_NB) === 0) return { release: () => closeSync(fd) };
  const errno = koffi.errno();
  closeSync(fd);
  if (errno === constants.errno.EAGAIN) return undefined;
  throw new StoreError(`${directory} cannot be locked (error ${errno}): is it on a file system without locks?`);
}

function flockOfLibc(): (fd: number, operation: number) => number {
  try {
    // The symbols of this process itself: the C library goes by different file names on glibc, musl and macOS.
    return koffi.load(null).func('int flock(int, int)') as unknown as (fd: number, operation: number) => number;
  } catch {
    throw new StoreError(
      `the data directory cannot be locked on ${process.platform}: Waypost keeps its data on Linux and macOS only`,
    );
  }
}
