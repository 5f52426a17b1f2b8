import type { UnitVector } from '../core/geo/sphere.ts';
import { NOWHERE, type Place } from '../core/geo/place.ts';

/**
 * Places of the addresses that were asked for last. Walking a database's tree is some twenty dependent reads all over a hundred megabytes,
 * each likely to miss the processor's caches; most queries come from few resolvers and the networks behind them.
 *
 * A table with four slots for each hash; what geolocation compares of a place lies beside its address. It is small while few
 * addresses are asked for, since a page of memory that is not at hand costs as much as a line; when it is too small for those who ask, it
 * grows, and forgets what it had.
 */
export class PlaceMemo {
  #slots = SLOTS_MIN;
  #words = new Int32Array(SLOTS_MIN * SLOT_WORDS);
  #places = emptyPlaces(SLOTS_MIN);
  /** Addresses that have pushed others out since it grew. */
  #pushed = 0;
  readonly #asked = new Int32Array(ADDRESS_WORDS);
  readonly #found = new FoundPlace(() => this.#places[this.#slot] as Place);
  /** Of the address that was asked for last. */
  #hash = 0;
  /** Where that is. */
  #slot = 0;
  #turn = 0;
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
    const hash = this.#read(address);
    const first = hash & (this.#slots - WAYS);
    this.#hash = hash;
    for (let slot = first; slot < first + WAYS; slot += 1) {
      const at = slot * SLOT_WORDS;
      const lengths = words[at + LENGTHS] as number;
      if ((lengths & 255) !== octets || words[at] !== asked[0]) continue;
      if (words[at + 1] !== asked[1] || words[at + 2] !== asked[2] || words[at + 3] !== asked[3]) continue;
      this.#slot = slot;
      this.bitsUsed = lengths >> 8;
      const found = this.#found;
      found.subdivisionCode = words[at + CODES] as number;
      found.countryCode = words[at + CODES + 1] as number;
      found.continentCode = words[at + CODES + 2] as number;
      return found;
    }
    return undefined;
  }

  /** Takes note of an address, and gives its hash. */
  #read(address: Uint8Array): number {
    const asked = this.#asked;
    const octets = address.length;
    let hash = octets;
    for (let word = 0; word < ADDRESS_WORDS; word += 1) {
      const value = word * 4 < octets ? wordAt(address, word * 4) : 0;
      asked[word] = value;
      hash = Math.imul(hash ^ value, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  /** For the address of so many octets that `find` was asked for last, and did not know. */
  keep(octets: number, place: Place, bitsUsed: number): void {
    const slot = this.#slotToFill();
    const at = slot * SLOT_WORDS;
    this.#words.set(this.#asked, at);
    this.#words[at + LENGTHS] = octets | (bitsUsed << 8);
    this.#words[at + CODES] = place.subdivisionCode;
    this.#words[at + CODES + 1] = place.countryCode;
    this.#words[at + CODES + 2] = place.continentCode;
    this.#places[slot] = place;
  }

  /** A free one, else each in turn. */
  #slotToFill(): number {
    const first = this.#hash & (this.#slots - WAYS);
    for (let slot = first; slot < first + WAYS; slot += 1) {
      if (this.#words[slot * SLOT_WORDS + LENGTHS] === 0) return slot;
    }
    this.#pushed += 1;
    if (this.#pushed > this.#slots / PUSHED_SHARE && this.#slots < SLOTS_MAX) {
      this.#grow();
      return this.#hash & (this.#slots - WAYS);
    }
    this.#turn += 1;
    return first + (this.#turn % WAYS);
  }

  #grow(): void {
    this.#slots *= 2;
    this.#words = new Int32Array(this.#slots * SLOT_WORDS);
    this.#places = emptyPlaces(this.#slots);
    this.#pushed = 0;
  }
}

function emptyPlaces(slots: number): Place[] {
  return Array.from({ length: slots }, () => NOWHERE);
}

/** What is compared is at hand; the rest is looked up when it is asked for. */
class FoundPlace implements Place {
  subdivisionCode = 0;
  countryCode = 0;
  continentCode = 0;
  readonly #whole: () => Place;

  constructor(whole: () => Place) {
    this.#whole = whole;
  }

  get position(): UnitVector | undefined {
    return this.#whole().position;
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

const WAYS = 4;
/** 64 KiB, and a megabyte for each thread that places so many. */
const SLOTS_MIN = 2 ** 11;
const SLOTS_MAX = 2 ** 15;
/** It grows once so many have been pushed out: with half of the slots in use that is a few in a hundred. */
const PUSHED_SHARE = 16;
const ADDRESS_WORDS = 4;
/** The address; how many octets and used bits it has; the codes from the subdivision's to the continent's. */
const LENGTHS = ADDRESS_WORDS;
const CODES = LENGTHS + 1;
const SLOT_WORDS = 8;

function wordAt(octets: Uint8Array, at: number): number {
  const high = ((octets[at] as number) << 24) | ((octets[at + 1] as number) << 16);
  return high | ((octets[at + 2] as number) << 8) | (octets[at + 3] as number);
}
