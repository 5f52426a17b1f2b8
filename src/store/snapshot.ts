import type { RootDatabase, Transaction } from 'lmdb';
import type { View } from '../core/control/view.ts';
import { StoreError } from './store-error.ts';

/**
 * The state at one commit, for work that takes more than one turn of the event loop: a zone transfer, an export. `Store.view` may
 * move on between two turns, this does not.
 *
 * While it is open, LMDB keeps every page that later commits replace, and the file grows by what is written meanwhile. So its
 * life is bounded: `SNAPSHOT_MILLISECONDS_MAX` after it was opened, or last advanced, it closes by itself, and what is read
 * from it then throws `StoreError`. Close it as soon as it has served. Not to be read within `Store.write`.
 */
export interface Snapshot {
  readonly view: View;
  /**
   * Moves on to the newest commit if `stands` says of it that what is being read is the same there, and begins its time anew. A long
   * reader calls this every second or so, and pins nothing for longer while its zone is left alone.
   */
  advance(stands: (newest: View) => boolean): boolean;
  /** More than once is once. */
  close(): void;
}

/** Ten million record sets are read in less, and what a busy member writes in this time fits every disk. */
export const SNAPSHOT_MILLISECONDS_MAX = 300_000;

export function openSnapshot(
  root: RootDatabase,
  viewAt: (transaction: Transaction) => View,
  onClose: () => void,
  millisecondsMax: number = SNAPSHOT_MILLISECONDS_MAX,
): Snapshot {
  let ended: string | undefined;
  let held = hold();
  const timer = setTimeout(() => end('took too long'), millisecondsMax);
  timer.unref();

  function hold(): { readonly transaction: Transaction; readonly view: View } {
    // A read transaction of this turn may be older than the last commit.
    root.resetReadTxn();
    const transaction = root.useReadTransaction();
    return { transaction, view: viewAt(transaction) };
  }

  function end(why: string): void {
    if (ended !== undefined) return;
    ended = why;
    clearTimeout(timer);
    release(held.transaction);
    onClose();
  }

  /** Without the reset the transaction would stay the thread's current one, and its pages pinned, until the thread's next turn. */
  function release(transaction: Transaction): void {
    root.resetReadTxn();
    transaction.done();
  }

  const now = (): View => {
    if (ended !== undefined) throw new StoreError(`what is stored can no longer be read: the reading ${ended}`);
    return held.view;
  };
  return {
    view: {
      get: (table, key) => now().get(table, key),
      range: (table, range) => now().range(table, range),
    },
    advance(stands) {
      now();
      const newest = hold();
      const moves = stands(newest.view);
      release((moves ? held : newest).transaction);
      if (!moves) return false;
      held = newest;
      timer.refresh();
      return true;
    },
    close: () => end('is over'),
  };
}
