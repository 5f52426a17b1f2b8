import { progressOf } from '../log/propagation.ts';

export const LOOK_MILLISECONDS = 5_000;
/** A worker looks up between two batches of queries, and at least five times a second. */
const STUCK_MILLISECONDS = 30_000;

/**
 * Finds workers that turn round in a loop. Such a one answers nobody, and keeps the snapshot that it reads: the store cannot use any
 * page again that was replaced since, and its file grows with each change. It shows by changes that the others have taken in and it
 * has not. So the file keeps old pages for half a minute at most, whatever a worker does.
 */
export class Watchdog {
  readonly #propagation: SharedArrayBuffer;
  /** By slot: what was served, and since when it has been behind with that. */
  readonly #behind = new Map<number, { readonly served: bigint; readonly since: number }>();

  constructor(propagation: SharedArrayBuffer) {
    this.#propagation = propagation;
  }

  /** Whether the worker in the slot must be ended. `now` is in milliseconds. */
  isStuck(slot: number, now: number): boolean {
    const progress = progressOf(this.#propagation, slot);
    if (progress === undefined || progress.served >= progress.newest) {
      this.#behind.delete(slot);
      return false;
    }
    const known = this.#behind.get(slot);
    if (known === undefined || known.served !== progress.served) {
      this.#behind.set(slot, { served: progress.served, since: now });
      return false;
    }
    if (now - known.since < STUCK_MILLISECONDS) return false;
    this.#behind.delete(slot);
    return true;
  }
}
