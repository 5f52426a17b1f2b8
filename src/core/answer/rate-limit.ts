import { networkHolds, type Network } from '../dns/network.ts';
import { networkHash } from './network-hash.ts';
import type { Query } from './query.ts';

/**
 * Response-rate limiting: what one network is sent by UDP is bounded, so that whoever forges a victim's address gains little by us.
 *
 * Counted is by client network and kind of answer, as NSD does: a flood of random names that comes through an honest resolver
 * takes the rate of NXDOMAIN (or of the wildcard it hits), and the resolver's other answers keep theirs. Not by name, as BIND does:
 * with many names in a zone that bounds nothing.
 *
 * Of a network's kind only one word is kept: until when its rate is spent, in a table that all workers of a member share. A pair
 * finds its word by a keyed hash, without a tag: two pairs that share one share a rate, which matters only if one of them is over it.
 * The table neither grows nor is cleared. Adding is atomic, but looking and adding are two steps, so as many answers too many as
 * there are other workers may pass at once.
 *
 * Deliberately not here: cookies that prove an address and TCP, which are never limited (answer-query.ts), and rates for requests.
 */
export interface RateLimitSettings {
  /** Answers of one kind to one network. */
  readonly perSecond: number;
  /** One in so many of the others goes out, but truncated, so that an honest client comes back by TCP. 0 for none. */
  readonly slip: number;
  readonly ipv4PrefixBits: number;
  readonly ipv6PrefixBits: number;
  /** Networks without a limit. */
  readonly allowed: readonly Network[];
}

export const ANSWER_KIND = { answer: 0, wildcard: 1, nodata: 2, nxdomain: 3, referral: 4, error: 5 } as const;

export type RateVerdict = 'pass' | 'drop' | 'slip';

/** 4 MiB; a thousand networks over their rate then hold back one in a thousand of the others. */
const SLOTS = 2 ** 20;
const TICKS_PER_MILLISECOND = 1024;
/** What a network may be sent at once after a pause: a second's worth. */
const BURST_TICKS = 1000 * TICKS_PER_MILLISECOND;
/**
 * A word further ahead than any rate can be is left from before, or from another time of the clock: ticks wrap after 70 minutes (and a
 * network that comes again just then may find a second of its rate spent).
 */
const AHEAD_TICKS_MAX = 4 * BURST_TICKS;
export const RATE_PER_SECOND_MAX = 100_000;

export class RateLimit {
  readonly #settings: RateLimitSettings;
  readonly #spentUntil: Int32Array;
  readonly #seed: number;
  readonly #interval: number;

  /** `table` is of `newRateTable`, and the same for all workers of a member. */
  constructor(settings: RateLimitSettings, table: SharedArrayBuffer) {
    this.#settings = settings;
    this.#spentUntil = new Int32Array(table, Int32Array.BYTES_PER_ELEMENT);
    this.#seed = new Int32Array(table)[0] as number;
    this.#interval = Math.max(Math.round(BURST_TICKS / settings.perSecond), 1);
  }

  /** Counts an answer of a kind (of `ANSWER_KIND`) and says what is to become of it. */
  judge(query: Query, kind: number): RateVerdict {
    const slot = this.#slotOf(query.client, kind);
    const now = (query.nowMilliseconds * TICKS_PER_MILLISECOND) | 0;
    const spent = Atomics.load(this.#spentUntil, slot);
    const ahead = (spent - now) | 0;
    if (ahead <= 0 || ahead > AHEAD_TICKS_MAX) {
      // Another worker that begins at the same time has counted one for both.
      Atomics.compareExchange(this.#spentUntil, slot, spent, (now + this.#interval) | 0);
      return 'pass';
    }
    if (ahead <= BURST_TICKS) {
      Atomics.add(this.#spentUntil, slot, this.#interval);
      return 'pass';
    }
    if (this.#isAllowed(query.client)) return 'pass';
    return query.draw * this.#settings.slip < 1 && this.#settings.slip > 0 ? 'slip' : 'drop';
  }

  #isAllowed(client: Uint8Array): boolean {
    for (const network of this.#settings.allowed) if (networkHolds(network, client)) return true;
    return false;
  }

  #slotOf(client: Uint8Array, kind: number): number {
    const bits = client.length === 4 ? this.#settings.ipv4PrefixBits : this.#settings.ipv6PrefixBits;
    return networkHash(this.#seed ^ kind, client, bits) & (SLOTS - 1);
  }
}

/** `seed` is 32 random bits that clients do not know: with them they could spend the rates of others. */
export function newRateTable(seed: number): SharedArrayBuffer {
  const table = new SharedArrayBuffer((1 + SLOTS) * Int32Array.BYTES_PER_ELEMENT);
  new Int32Array(table)[0] = seed;
  return table;
}
