import { NOWHERE, type Place } from '../core/geo/place.ts';

/**
 * Places of the addresses that were asked for last. Walking a database's tree is some twenty dependent reads all over a hundred megabytes,
 * each likely to miss the processor's caches; most queries come from few resolvers and the networks behind them.
 *
 * A table with one place for each hash: an address takes the place of whichever was there. It allocates nothing.
 */
export class PlaceMemo {
  readonly #words = new Uint32Array(SLOTS * WORDS);
  readonly #places: Place[] = Array.from({ length: SLOTS }, () => NOWHERE);
  /** Bits of the address that the place depends on. */
  readonly #bits = new Uint8Array(SLOTS);
  readonly #asked = new Uint32Array(WORDS);
  #slot = 0;
  /** Of the place that was found last. */
  bitsUsed = 0;

  /** Undefined when it is not known; `keep` then takes it for this very address, of four or sixteen octets. */
  find(address: Uint8Array): Place | undefined {
    const asked = this.#asked;
    let hash = address.length;
    for (let word = 0; word < ADDRESS_WORDS; word += 1) {
      const at = word * 4;
      const value = at < address.length ? wordAt(address, at) : 0;
      asked[word] = value;
      hash = Math.imul(hash ^ value, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    asked[ADDRESS_WORDS] = address.length;
    const slot = (hash >>> 0) % SLOTS;
    this.#slot = slot;
    const from = slot * WORDS;
    for (let word = 0; word < WORDS; word += 1) if (this.#words[from + word] !== asked[word]) return undefined;
    this.bitsUsed = this.#bits[slot] as number;
    return this.#places[slot];
  }

  /** For the address that `find` was asked for last. */
  keep(place: Place, bitsUsed: number): void {
    this.#words.set(this.#asked, this.#slot * WORDS);
    this.#places[this.#slot] = place;
    this.#bits[this.#slot] = bitsUsed;
  }
}

/** A hundred and fifty kilobytes for each thread. */
const SLOTS = 4096;
const ADDRESS_WORDS = 4;
/** The address, then how long it is: an empty slot is no address's. */
const WORDS = ADDRESS_WORDS + 1;

function wordAt(octets: Uint8Array, at: number): number {
  const high = ((octets[at] as number) << 24) | ((octets[at + 1] as number) << 16);
  return (high | ((octets[at + 2] as number) << 8) | (octets[at + 3] as number)) >>> 0;
}
