import type { UnitVector } from '../core/geo/sphere.ts';
import { NOWHERE, type Place } from '../core/geo/place.ts';

/**
 * Places of the addresses that were asked for last. Walking a database's tree is some twenty dependent reads all over a hundred megabytes,
 * each likely to miss the processor's caches; most queries come from few resolvers and the networks behind them.
 *
 * A table with one place for each hash: an address takes the place of whichever was there. What choosing needs of a place lies
 * beside its address, a cache line for each. It allocates nothing.
 */
export class PlaceMemo {
  readonly #words = new Int32Array(SLOTS * SLOT_WORDS);
  readonly #doubles = new Float64Array(this.#words.buffer);
  readonly #places: Place[] = Array.from({ length: SLOTS }, () => NOWHERE);
  readonly #asked = new Int32Array(ADDRESS_WORDS);
  readonly #found = new FoundPlace(() => this.#places[this.#slot] as Place);
  #slot = 0;
  /** Bits of the address that the place depends on, of the place that was found last. */
  bitsUsed = 0;

  /**
   * The same object for each address that is known, filled anew: it says its place until the next is asked for. Undefined when it is not
   * known; `keep` then takes it for this very address, of four or sixteen octets.
   */
  find(address: Uint8Array): Place | undefined {
    const asked = this.#asked;
    const words = this.#words;
    const octets = address.length;
    let hash = octets;
    for (let word = 0; word < ADDRESS_WORDS; word += 1) {
      const value = word * 4 < octets ? wordAt(address, word * 4) : 0;
      asked[word] = value;
      hash = Math.imul(hash ^ value, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    this.#slot = hash & (SLOTS - 1);
    if (!this.#holds(octets)) {
      this.#slot ^= 1;
      if (!this.#holds(octets)) return undefined;
    }
    const slot = this.#slot * SLOT_WORDS;
    this.bitsUsed = (words[slot + LENGTHS] as number) >> 8;
    const found = this.#found;
    found.subdivisionCode = words[slot + CODES] as number;
    found.countryCode = words[slot + CODES + 1] as number;
    found.continentCode = words[slot + CODES + 2] as number;
    const vector = (slot + VECTOR) / 2;
    found.stand(
      this.#doubles[vector] as number,
      this.#doubles[vector + 1] as number,
      this.#doubles[vector + 2] as number,
    );
    return found;
  }

  /** Whether the slot is for the address that was asked for. */
  #holds(octets: number): boolean {
    const words = this.#words;
    const slot = this.#slot * SLOT_WORDS;
    if (((words[slot + LENGTHS] as number) & 255) !== octets) return false;
    for (let word = 0; word < ADDRESS_WORDS; word += 1) if (words[slot + word] !== this.#asked[word]) return false;
    return true;
  }

  /** For the address of so many octets that `find` was asked for last. */
  keep(octets: number, place: Place, bitsUsed: number): void {
    // `find` looked at the other slot last; it has its turn when this one is free.
    if (this.#words[(this.#slot ^ 1) * SLOT_WORDS + LENGTHS] === 0) this.#slot ^= 1;
    const slot = this.#slot * SLOT_WORDS;
    this.#words.set(this.#asked, slot);
    this.#words[slot + LENGTHS] = octets | (bitsUsed << 8);
    this.#words.set([place.subdivisionCode, place.countryCode, place.continentCode], slot + CODES);
    const { x, y, z } = place.position ?? UNKNOWN;
    this.#doubles.set([x, y, z], (slot + VECTOR) / 2);
    this.#places[this.#slot] = place;
  }
}

const UNKNOWN: UnitVector = { x: NaN, y: NaN, z: NaN };

/** What is compared is at hand; texts are for people, and are looked up when they are asked for. */
class FoundPlace implements Place {
  subdivisionCode = 0;
  countryCode = 0;
  continentCode = 0;
  position: UnitVector | undefined;
  readonly #position = { x: 0.5, y: 0.5, z: 0.5 };
  readonly #whole: () => Place;

  constructor(whole: () => Place) {
    this.#whole = whole;
  }

  stand(x: number, y: number, z: number): void {
    this.#position.x = x;
    this.#position.y = y;
    this.#position.z = z;
    this.position = Number.isNaN(x) ? undefined : this.#position;
  }

  get continent(): string {
    return this.#whole().continent;
  }

  get country(): string {
    return this.#whole().country;
  }

  get subdivision(): string {
    return this.#whole().subdivision;
  }
}

/** A megabyte for each thread that places so many. With a quarter of them, a thousand networks pushed out one in ten of each other. */
const SLOTS = 2 ** 14;
const ADDRESS_WORDS = 4;
/** The address; how many octets and used bits it has; the codes from the subdivision's to the continent's; a position, as doubles. */
const LENGTHS = ADDRESS_WORDS;
const CODES = LENGTHS + 1;
const VECTOR = CODES + 3;
const SLOT_WORDS = 16;

function wordAt(octets: Uint8Array, at: number): number {
  const high = ((octets[at] as number) << 24) | ((octets[at + 1] as number) << 16);
  return high | ((octets[at + 2] as number) << 8) | (octets[at + 3] as number);
}
