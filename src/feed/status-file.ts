import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeptFile } from './kept-file.ts';
import type { StatusTable } from './status-table.ts';

/**
 * What was found unhealthy, kept in the data directory so that a restart flips no answer: the indexes of those checks. It is written
 * soon after it changes and at most once a second, and it is not synced: after a crash of the whole system it may be a second old,
 * and the checkers find out within a few intervals.
 */
export const STATUS_FILE = 'health.json';

const WRITE_MILLISECONDS_MIN = 1000;

/** Fills the table; does nothing when there is no file. Throws for one that is not ours. */
export function readStatusFile(directory: string, found: StatusTable): void {
  let text: string;
  try {
    text = readFileSync(join(directory, STATUS_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const { unhealthy } = JSON.parse(text) as { unhealthy?: unknown };
  if (!Array.isArray(unhealthy) || !unhealthy.every((index) => Number.isSafeInteger(index) && index >= 0)) {
    throw new Error(`${STATUS_FILE} does not say which health checks are unhealthy`);
  }
  for (const index of unhealthy as number[]) found.set(index, false);
}

/** Keeps the file as the table is. */
export function keepStatusFile(directory: string, found: StatusTable, onFailure: (error: unknown) => void): KeptFile {
  return new KeptFile({
    path: join(directory, STATUS_FILE),
    millisecondsMin: WRITE_MILLISECONDS_MIN,
    text: () => `${JSON.stringify({ unhealthy: found.unhealthy() })}\n`,
    onFailure,
  });
}
