import type { Peer } from '../settings/transfer-settings.ts';
import { printPeer } from '../settings/transfer-settings.ts';

/**
 * Whom to tell that which zone has changed, when, and how often (RFC 1996 §3.6). A newer version of a zone takes the place of the
 * older one; time comes from the caller.
 */
export interface Notice {
  readonly zoneId: string;
  readonly peer: Peer;
  /** Counts from 1. */
  readonly attempt: number;
}

/** Before each further attempt. After the last one the secondary finds out by its refresh time. */
const RETRY_MILLISECONDS: readonly number[] = [2000, 4000, 8000, 16_000, 32_000];
/** Between two versions that a secondary is told of: a zone that changes many times a second is told of once. */
const REST_MILLISECONDS = 1000;
/** Entries are small; beyond this nobody is told, and all secondaries find out by themselves. */
const WAITING_MAX = 100_000;

interface Entry {
  readonly zoneId: string;
  readonly peer: Peer;
  attempts: number;
  nextAt: number;
  /** It was answered or given up, and is kept only to space out the next one. */
  isDone: boolean;
}

export class NotifyQueue {
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** False when there is no room. */
  add(zoneId: string, peer: Peer, now: number): boolean {
    const key = keyOf(zoneId, peer);
    const known = this.#entries.get(key);
    if (known === undefined && this.#entries.size >= WAITING_MAX) return false;
    const nextAt =
      known === undefined
        ? now
        : Math.max(now, known.attempts === 0 ? known.nextAt : lastSent(known) + REST_MILLISECONDS);
    this.#entries.set(key, { zoneId, peer, attempts: 0, nextAt, isDone: false });
    return true;
  }

  /** What is to be sent now, at most `limit`; what was sent often enough is given to `lost` instead. */
  due(now: number, limit: number, lost: (notice: Notice) => void): Notice[] {
    const due: Notice[] = [];
    for (const [key, entry] of this.#entries) {
      if (entry.nextAt > now) continue;
      if (entry.isDone) {
        this.#entries.delete(key);
        continue;
      }
      if (entry.attempts > RETRY_MILLISECONDS.length) {
        this.#entries.delete(key);
        lost({ zoneId: entry.zoneId, peer: entry.peer, attempt: entry.attempts });
        continue;
      }
      if (due.length === limit) break;
      entry.attempts += 1;
      entry.nextAt = now + (RETRY_MILLISECONDS[entry.attempts - 1] ?? LAST_WAIT_MILLISECONDS);
      due.push({ zoneId: entry.zoneId, peer: entry.peer, attempt: entry.attempts });
    }
    return due;
  }

  /** The secondary answered, whatever it said. */
  answered(zoneId: string, peer: Peer, now: number): void {
    const entry = this.#entries.get(keyOf(zoneId, peer));
    if (entry === undefined || entry.attempts === 0) return;
    entry.isDone = true;
    entry.nextAt = now + REST_MILLISECONDS;
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** For the answer to the last attempt. */
const LAST_WAIT_MILLISECONDS = 32_000;

function lastSent(entry: Entry): number {
  if (entry.isDone) return entry.nextAt - REST_MILLISECONDS;
  return entry.nextAt - (RETRY_MILLISECONDS[entry.attempts - 1] ?? LAST_WAIT_MILLISECONDS);
}

function keyOf(zoneId: string, peer: Peer): string {
  return `${zoneId} ${printPeer(peer)} ${peer.source ?? ''}`;
}
