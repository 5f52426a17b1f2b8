import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
export class StatusFile {
  readonly #path: string;
  readonly #found: StatusTable;
  readonly #onFailure: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #changed = false;

  constructor(directory: string, found: StatusTable, onFailure: (error: unknown) => void) {
    this.#path = join(directory, STATUS_FILE);
    this.#found = found;
    this.#onFailure = onFailure;
  }

  changed(): void {
    this.#changed = true;
    if (this.#timer !== undefined || this.#writing !== undefined) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        if (this.#changed) this.changed();
      }, WRITE_MILLISECONDS_MIN);
      this.#timer.unref();
    });
  }

  /** Writes what has not been written. */
  async close(): Promise<void> {
    await this.#writing;
    clearTimeout(this.#timer);
    if (!this.#changed) return;
    try {
      writeFileSync(`${this.#path}.new`, this.#text(), { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#onFailure(error);
    }
  }

  async #write(): Promise<void> {
    // What changes while one turn of the event loop lasts goes together.
    await new Promise(setImmediate);
    const text = this.#text();
    this.#changed = false;
    try {
      await writeFile(`${this.#path}.new`, text, { mode: 0o600 });
      await rename(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#onFailure(error);
    }
  }

  #text(): string {
    return `${JSON.stringify({ unhealthy: this.#found.unhealthy() })}\n`;
  }
}
