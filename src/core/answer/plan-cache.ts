import { Memory } from './memory.ts';
import { BODY_LENGTH, FIELDS, FLAGS, readFields, writeFields } from './plan-fields.ts';
import type { PlanKey } from './plan-key.ts';
import type { Plan } from './plan.ts';
import { ROUTED } from './routed/routed-plan.ts';

/**
 * Compiled answers, ready to be copied behind a question. Entries live in one byte arena that a table of places points into: no
 * object and no string per entry, so a million of them neither slow the collector nor the lookup.
 *
 * The arena is a ring. New entries go to its end, over the oldest ones; an entry that is asked for shortly before its turn moves to
 * the end. So what is in use stays, however many names there are, and nothing is ever emptied at once. An entry also belongs to a
 * zone at a version: a changed zone makes its entries stale, and they are compiled anew when they are asked for.
 *
 * The table has buckets of eight slots, a cache line, each with the hash of a question and the place of its entry: so a lookup
 * reads two lines, that of the bucket and the entry's first. A full bucket gives up its oldest entry. Both parts are within the bytes that
 * were allowed, and are touched only as they are used.
 *
 * Where several zones have one name, the answer depends on the name servers that were asked. Such a plan is for one number of
 * listener-sets.ts, every other for `FOR_ALL`.
 *
 * Entry: u16 the place of the zone's version, u16 where its queries are counted (zone-queries.ts), u32 version, u16 of the key's words
 * and the name-server set, a plan's fields (plan-fields.ts), the key's words (plan-key.ts), the body. A routed plan
 * (routed/routed-plan.ts) is a body as well; of the fields it has the flags, that tell it from others, and u32 for its octets.
 */
export class PlanCache {
  readonly memory: Memory;
  readonly bytes: Uint8Array;
  readonly #halves: Uint16Array;
  readonly #words: Int32Array;
  /** Two words for each slot: hash and place. */
  readonly #slots: Int32Array;
  /** Those in use: few while there are few entries, so that they stay in the processor's own caches. */
  #buckets: number;
  readonly #bucketsMax: number;
  /** Entries that will be overwritten before this many octets more are written are saved when they are asked for. */
  readonly #saved: number;
  #end = ALIGN;
  /** 0 or 1, in turns. */
  #lap = 0;
  #full = false;
  entries = 0;
  laps = 0;

  /** At least some KiB. */
  constructor(bytesMax: number) {
    const arena = (bytesMax - Math.floor(bytesMax / TABLE_SHARE)) & ~(ALIGN - 1);
    this.memory = new Memory(arena);
    this.bytes = this.memory.bytes;
    this.#halves = this.memory.halves;
    this.#words = this.memory.words;
    this.#bucketsMax = Math.max(Math.floor((bytesMax - arena) / BUCKET_OCTETS), 1);
    this.#slots = new Int32Array(this.#bucketsMax * BUCKET_WORDS);
    this.#buckets = Math.min(this.#bucketsMax, BUCKETS_MIN);
    this.#saved = arena / SAVED_SHARE;
  }

  /** Octets of the arena that hold entries, or did. */
  get bytesUsed(): number {
    return this.#full ? this.bytes.length : this.#end;
  }

  /** Where the entry begins that is for all name servers or for the given ones; or 0. */
  find(key: PlanKey, versions: Uint32Array, set: number): number {
    const slots = this.#slots;
    const { hash } = key;
    const bucket = this.#bucket(hash);
    for (let slot = bucket; slot < bucket + BUCKET_WORDS; slot += 2) {
      if (slots[slot] !== hash) continue;
      const place = slots[slot + 1] as number;
      if (!this.#holds(place)) continue;
      const entry = offsetOf(place);
      const countAndSet = this.#halves[(entry >> 1) + KEY_WORDS_AND_SET] as number;
      if (countAndSet !== key.count && countAndSet !== (key.count | (set << SET_SHIFT))) continue;
      if (!this.#matches(entry, key)) continue;
      // Its zone may have been one of several before, so there may be a fresh one for all.
      if (
        (this.#words[(entry >> 2) + 1] as number) >>> 0 !==
        versions[(this.#words[entry >> 2] as number) & PLACE_MASK]
      )
        continue;
      const ahead = entry - this.#end;
      return (ahead < 0 ? ahead + this.bytes.length : ahead) < this.#saved ? this.#save(slot, entry) : entry;
    }
    return 0;
  }

  /** Whether there is an entry for the question, be it stale. */
  knows(key: PlanKey): boolean {
    const slots = this.#slots;
    const bucket = this.#bucket(key.hash);
    for (let slot = bucket; slot < bucket + BUCKET_WORDS; slot += 2) {
      const place = slots[slot + 1] as number;
      if (slots[slot] !== key.hash || !this.#holds(place)) continue;
      const entry = offsetOf(place);
      const countAndSet = this.#halves[(entry >> 1) + KEY_WORDS_AND_SET] as number;
      if ((countAndSet & (2 ** SET_SHIFT - 1)) === key.count && this.#matches(entry, key)) return true;
    }
    return false;
  }

  /**
   * Reads the lines that `find` will read for these hashes. What it gives back says nothing; without it the reads could be left out
   * by a compiler.
   */
  touch(hashes: Int32Array, count: number): number {
    const slots = this.#slots;
    const words = this.#words;
    let sum = 0;
    for (let index = 0; index < count; index += 1) sum ^= slots[this.#bucket(hashes[index] as number)] as number;
    for (let index = 0; index < count; index += 1) {
      const hash = hashes[index] as number;
      const bucket = this.#bucket(hash);
      for (let slot = bucket; slot < bucket + BUCKET_WORDS; slot += 2) {
        if (slots[slot] !== hash) continue;
        const entry = offsetOf(slots[slot + 1] as number) >> 2;
        sum ^= (words[entry] as number) ^ (words[entry + LINE_WORDS] as number);
        break;
      }
    }
    return sum;
  }

  /** By the hash's upper bits: with more buckets each entry comes to the same place among them, or a later one. */
  #bucket(hash: number): number {
    return (((hash >>> 0) * this.#buckets * 2 ** -32) | 0) * BUCKET_WORDS;
  }

  /** Whether an entry is still where the place says. Those of the lap before are, up to the end of this one. */
  #holds(place: number): boolean {
    return place !== 0 && ((place & 1) === this.#lap || offsetOf(place) >= this.#end);
  }

  #matches(entry: number, key: PlanKey): boolean {
    const { count, words } = key;
    const first = (entry + HEADER_OCTETS) >> 2;
    for (let index = 0; index < count; index += 1) {
      if (this.#words[first + index] !== words[index]) return false;
    }
    return true;
  }

  /** Fills `plan` from an entry; where its body begins in `bytes`. Of a routed plan only the flags count. */
  read(entry: number, plan: Plan): number {
    readFields(this.#halves, (entry >> 1) + FIELDS_AT, plan);
    plan.body = this.bytes;
    return entry + HEADER_OCTETS + this.#keyOctets(entry);
  }

  /** Of a plan or a routed one. */
  flagsAt(entry: number): number {
    return this.#halves[(entry >> 1) + FIELDS_AT + FLAGS] as number;
  }

  /** The slot that queries are counted at which the entry answers. */
  countedAt(entry: number): number {
    return (this.#words[entry >> 2] as number) >>> PLACE_BITS;
  }

  /** Adds an entry, in the place of a stale one for the same question if there is one. `zone` is of `zoneWord`. */
  add(plan: Plan, key: PlanKey, zone: number, version: number, set: number): void {
    const entry = this.#begin(key, plan.bodyLength, zone, version, set);
    if (entry === 0) return;
    writeFields(plan, this.#halves, (entry >> 1) + FIELDS_AT);
    const { body, bodyLength } = plan;
    this.bytes.set(
      body.length === bodyLength ? body : body.subarray(0, bodyLength),
      entry + HEADER_OCTETS + key.count * 4,
    );
  }

  /** Adds a routed plan, as `add` does others; with flags beside that which tells it from them. */
  addRouted({ bytes }: Memory, key: PlanKey, zone: number, version: number, set: number, flags = 0): void {
    const entry = this.#begin(key, bytes.length, zone, version, set);
    if (entry === 0) return;
    this.#halves[(entry >> 1) + FIELDS_AT + FLAGS] = ROUTED | flags;
    this.#words[(entry >> 2) + ROUTED_OCTETS] = bytes.length;
    this.bytes.set(bytes, entry + HEADER_OCTETS + key.count * 4);
  }

  /** An entry with a key and room for a body; 0 when it is too large to be kept. */
  #begin(key: PlanKey, bodyOctets: number, zone: number, version: number, set: number): number {
    const octets = HEADER_OCTETS + key.count * 4 + bodyOctets;
    if (octets > this.bytes.length / 2) return 0;
    const entry = this.#claim(octets);
    const countAndSet = key.count | (set << SET_SHIFT);
    this.#words[entry >> 2] = zone;
    this.#words[(entry >> 2) + 1] = version;
    this.#halves[(entry >> 1) + KEY_WORDS_AND_SET] = countAndSet;
    const first = (entry + HEADER_OCTETS) >> 2;
    for (let index = 0; index < key.count; index += 1) this.#words[first + index] = key.words[index] as number;
    if (this.entries > this.#buckets * ENTRIES_PER_BUCKET && this.#buckets < this.#bucketsMax) this.#grow();
    const slot = this.#slotFor(key, countAndSet);
    if (this.#slots[slot + 1] === 0) this.entries += 1;
    this.#slots[slot] = key.hash;
    this.#slots[slot + 1] = this.#placeOf(entry);
    return entry;
  }

  /**
   * Doubles the buckets, or takes all there may be. The last one first: what is in a bucket goes to that place or a later one, so never over
   * one that is still to be moved. A million entries take some 5 ms.
   */
  #grow(): void {
    const slots = this.#slots;
    const before = this.#buckets;
    this.#buckets = Math.min(before * 2, this.#bucketsMax);
    for (let from = (before - 1) * BUCKET_WORDS; from >= 0; from -= BUCKET_WORDS) {
      moved.set(slots.subarray(from, from + BUCKET_WORDS));
      slots.fill(0, from, from + BUCKET_WORDS);
      for (let slot = 0; slot < BUCKET_WORDS; slot += 2) if (moved[slot + 1] !== 0) this.#settle(slot);
    }
  }

  /** Puts an entry of `moved` into its new bucket, where two old ones may meet; if that is full, the entry is given up. */
  #settle(from: number): void {
    const slots = this.#slots;
    const bucket = this.#bucket(moved[from] as number);
    for (let slot = bucket; slot < bucket + BUCKET_WORDS; slot += 2) {
      if (slots[slot + 1] !== 0) continue;
      slots[slot] = moved[from] as number;
      slots[slot + 1] = moved[from + 1] as number;
      return;
    }
    this.entries -= 1;
  }

  /** Room at the ring's end. */
  #claim(octets: number): number {
    if (this.#end + octets > this.bytes.length) this.#beginLap();
    const entry = this.#end;
    this.#end = (entry + octets + ALIGN - 1) & ~(ALIGN - 1);
    return entry;
  }

  /** What is left of the lap before the one that ends now has been overwritten, but for a few octets at the very end. */
  #beginLap(): void {
    const slots = this.#slots;
    for (let slot = 0; slot < slots.length; slot += 2) {
      const place = slots[slot + 1] as number;
      if (place === 0 || (place & 1) === this.#lap) continue;
      slots[slot] = 0;
      slots[slot + 1] = 0;
      this.entries -= 1;
    }
    this.#lap ^= 1;
    this.#end = ALIGN;
    this.#full = true;
    this.laps += 1;
  }

  /** Copies an entry that is about to be overwritten to the ring's end. */
  #save(slot: number, entry: number): number {
    const octets = HEADER_OCTETS + this.#keyOctets(entry) + this.#bodyOctets(entry);
    const hash = this.#slots[slot] as number;
    const saved = this.#claim(octets);
    this.bytes.copyWithin(saved, entry, entry + octets);
    // A new lap may have begun just now, and emptied the slot.
    if (this.#slots[slot + 1] === 0) this.entries += 1;
    this.#slots[slot] = hash;
    this.#slots[slot + 1] = this.#placeOf(saved);
    return saved;
  }

  /** The slot that has the same question, else a free one, else the oldest's. */
  #slotFor(key: PlanKey, countAndSet: number): number {
    const slots = this.#slots;
    const { hash } = key;
    const bucket = this.#bucket(hash);
    let chosen = bucket;
    let chosenAge = -1;
    for (let slot = bucket; slot < bucket + BUCKET_WORDS; slot += 2) {
      const place = slots[slot + 1] as number;
      if (!this.#holds(place)) {
        chosen = slot;
        chosenAge = Infinity;
        continue;
      }
      const entry = offsetOf(place);
      const isFor = this.#halves[(entry >> 1) + KEY_WORDS_AND_SET] === countAndSet;
      if (isFor && slots[slot] === hash && this.#matches(entry, key)) return slot;
      const age = this.#end - entry + ((place & 1) === this.#lap ? 0 : this.bytes.length);
      if (age > chosenAge) {
        chosen = slot;
        chosenAge = age;
      }
    }
    return chosen;
  }

  #keyOctets(entry: number): number {
    return ((this.#halves[(entry >> 1) + KEY_WORDS_AND_SET] as number) & (2 ** SET_SHIFT - 1)) * 4;
  }

  #bodyOctets(entry: number): number {
    const fields = (entry >> 1) + FIELDS_AT;
    if ((this.#halves[fields + FLAGS] as number) & ROUTED) return this.#words[(entry >> 2) + ROUTED_OCTETS] as number;
    return this.#halves[fields + BODY_LENGTH] as number;
  }

  #placeOf(entry: number): number {
    return (entry / ALIGN) * 2 + this.#lap;
  }

  clear(): void {
    if (this.entries === 0) return;
    this.#slots.fill(0);
    this.#end = ALIGN;
    this.#lap = 0;
    this.#full = false;
    this.entries = 0;
  }
}

/** A place and, above it, a slot. */
export function zoneWord(place: number, slot: number): number {
  return place | (slot << PLACE_BITS);
}

/** There are as many places for zones' versions. */
export const PLACE_BITS = 16;
const PLACE_MASK = 2 ** PLACE_BITS - 1;
/** Places of the u16 fields, in units of two octets. */
/** The count, 68 at most, in the lower octet; then the number of the name-server set. */
const KEY_WORDS_AND_SET = 4;
const SET_SHIFT = 8;
const FIELDS_AT = KEY_WORDS_AND_SET + 1;
/** In units of four, behind the flags. */
const ROUTED_OCTETS = 3;
const HEADER_OCTETS = (FIELDS_AT + FIELDS) * 2;
/** Entries begin at a multiple; the first of them is no entry, so that 0 can say "none". */
const ALIGN = 8;
const BUCKET_WORDS = 16;
const LINE_WORDS = 16;
const BUCKET_OCTETS = BUCKET_WORDS * 4;
/**
 * Of a ring that is a little larger than what is in use, a larger share would fill too much with copies (a quarter: 92 % found of names
 * asked for at random, an eighth: 95 %), a smaller one would lose more of what is asked for often.
 */
const SAVED_SHARE = 8;
/** Before any growth: 64 KiB. */
const BUCKETS_MIN = 1024;
/** Above this the table grows, if it may: with three entries in eight slots on average two buckets in a thousand are overfull. */
const ENTRIES_PER_BUCKET = 3;
const moved = new Int32Array(BUCKET_WORDS);
/**
 * One octet of so many is for the table. An entry of the least size there is in practice (a name of 20 octets, one address) takes 72, so a
 * full arena of them fills 55 % of the slots, and one in sixty finds its bucket full.
 */
const TABLE_SHARE = 6;

/** A place is where the entry begins, in units of `ALIGN`, times two, and the lap in which it was written. */
function offsetOf(place: number): number {
  return (place >>> 1) * ALIGN;
}
