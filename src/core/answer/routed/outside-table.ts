import { printIpv4, printIpv6 } from '../../dns/ip-address.ts';

/**
 * What hosts outside resolve to, in memory that all threads of a member share: written by the one who resolves them, read when an
 * answer is compiled. Each compiled answer keeps the word that changes when its host does, with the value that it had, and compares
 * the two at every query: so a new address is answered at once, by all workers, for however many zones, and without a message.
 *
 * A target's number leads to its slot, a slot is given to another target when the first is gone, and its version goes on counting, so
 * what was compiled from the first is never taken for the second's. A version's parity says which half of the slot holds it; the next
 * one is written into the other half.
 */
export interface OutsideAnswer {
  readonly ttlSeconds: number;
  /** As zone data has them; none when the host has no address of the type. */
  readonly values: readonly string[];
}

/** What a compiled answer depends on. */
export interface Watched {
  readonly word: number;
  readonly value: number;
}

/** Of one host and type; more would not fit an answer by UDP anyway. */
export const ADDRESSES_MAX = 32;
const ADDRESS_WORDS = 4;
/** TTL; octets of an address, and how many there are; the addresses. */
const HALF_WORDS = 2 + ADDRESSES_MAX * ADDRESS_WORDS;
/** The version, and both halves. */
const SLOT_WORDS = 1 + 2 * HALF_WORDS;
/** A writer that is twice as fast as a reader four times in a row is none of ours. */
const TRIES = 4;

/** For numbers below `numbers`, of which at most `slots` at once are kept. Only what is written takes memory. */
export function createOutsideTable(numbers: number, slots: number): SharedArrayBuffer {
  const header = HEADER_WORDS + numbers;
  const buffer = new SharedArrayBuffer((header + slots * SLOT_WORDS) * Int32Array.BYTES_PER_ELEMENT);
  new Int32Array(buffer)[0] = numbers;
  return buffer;
}

const HEADER_WORDS = 1;

export class OutsideTable {
  readonly #words: Int32Array;
  readonly #octets: Uint8Array;
  readonly #slotsAt: number;
  readonly slots: number;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
    this.#octets = new Uint8Array(buffer);
    this.#slotsAt = HEADER_WORDS + (this.#words[0] as number);
    this.slots = Math.floor((this.#words.length - this.#slotsAt) / SLOT_WORDS);
  }

  /**
   * Whether a word has the value that it had; for every query, so it reads plainly, as statuses are read: a word is never torn, and a
   * change that is seen by the next query instead is no matter.
   */
  holds(word: number, value: number): boolean {
    return this.#words[word] === value;
  }

  /** What is known of a target, undefined for nothing, and what to watch for news. */
  read(number: number): { readonly answer: OutsideAnswer | undefined; readonly watched: Watched } {
    const place = HEADER_WORDS + number;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const slot = Atomics.load(this.#words, place);
      if (slot === 0) return { answer: undefined, watched: { word: place, value: 0 } };
      const version = this.#slotsAt + (slot - 1) * SLOT_WORDS;
      const value = Atomics.load(this.#words, version);
      const answer = this.#readHalf(version + 1 + (value & 1) * HALF_WORDS);
      // The slot is still the target's, and the half that was read is not written again before the one after next.
      if (Atomics.load(this.#words, version) === value && Atomics.load(this.#words, place) === slot) {
        return { answer, watched: { word: version, value } };
      }
    }
    return { answer: undefined, watched: { word: place, value: 0 } };
  }

  #readHalf(at: number): OutsideAnswer {
    const shape = this.#words[at + 1] as number;
    const [octets, count] = [shape >> 8, Math.min(shape & 255, ADDRESSES_MAX)];
    const values: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const from = (at + 2 + index * ADDRESS_WORDS) * Int32Array.BYTES_PER_ELEMENT;
      // A copy, because text decoders and the like refuse shared memory.
      const address = Uint8Array.from(this.#octets.subarray(from, from + octets));
      values.push(octets === 4 ? printIpv4(address) : printIpv6(address));
    }
    return { ttlSeconds: this.#words[at] as number, values };
  }

  /** Gives the target a slot, from 0; for the one who writes. */
  assign(number: number, slot: number): void {
    Atomics.store(this.#words, HEADER_WORDS + number, slot + 1);
  }

  /** Writes into a slot that is the target's, or is to be its. All addresses have four octets, or all sixteen. */
  write(slot: number, ttlSeconds: number, addresses: readonly Uint8Array[]): void {
    const version = this.#slotsAt + slot * SLOT_WORDS;
    const next = (Atomics.load(this.#words, version) + 1) | 0;
    const at = version + 1 + (next & 1) * HALF_WORDS;
    const kept = addresses.slice(0, ADDRESSES_MAX);
    this.#words[at] = ttlSeconds;
    this.#words[at + 1] = ((kept[0]?.length ?? 0) << 8) | kept.length;
    for (const [index, address] of kept.entries()) {
      this.#octets.set(address, (at + 2 + index * ADDRESS_WORDS) * Int32Array.BYTES_PER_ELEMENT);
    }
    Atomics.store(this.#words, version, next);
  }

  /** Takes the target's slot away; it may be another's once that is written. */
  release(number: number, slot: number): void {
    Atomics.store(this.#words, HEADER_WORDS + number, 0);
    const version = this.#slotsAt + slot * SLOT_WORDS;
    Atomics.store(this.#words, version, (Atomics.load(this.#words, version) + 1) | 0);
  }
}
