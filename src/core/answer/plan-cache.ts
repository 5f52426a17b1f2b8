import { lowerOctet } from '../dns/name.ts';
import type { Plan } from './plan.ts';

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
 * Entry: u32 zone, u32 version, u16 × 10 (see the constants), the key (qname in lower case, then qtype), the body.
 */
export class PlanCache {
  readonly bytes: Uint8Array;
  readonly #halves: Uint16Array;
  readonly #words: Uint32Array;
  /** Two words for each slot: hash and place. */
  readonly #slots: Int32Array;
  readonly #buckets: number;
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
    this.bytes = new Uint8Array(arena);
    this.#halves = new Uint16Array(this.bytes.buffer);
    this.#words = new Uint32Array(this.bytes.buffer);
    this.#buckets = Math.max(Math.floor((bytesMax - arena) / BUCKET_OCTETS), 1);
    this.#slots = new Int32Array(this.#buckets * BUCKET_WORDS);
    this.#saved = arena / 4;
  }

  /** Octets of the arena that hold entries, or did. */
  get bytesUsed(): number {
    return this.#full ? this.bytes.length : this.#end;
  }

  /** Where the entry for the question at `offset` begins, or 0. `keyLength` is qname and qtype; qclass is not part of it. */
  find(packet: Uint8Array, offset: number, keyLength: number, hash: number, versions: Uint32Array): number {
    const slots = this.#slots;
    const bucket = this.#bucket(hash);
    for (let slot = bucket; slot < bucket + BUCKET_WORDS; slot += 2) {
      if (slots[slot] !== hash) continue;
      const place = slots[slot + 1] as number;
      if (!this.#holds(place)) continue;
      const entry = offsetOf(place);
      if (!this.#matches(entry, packet, offset, keyLength)) continue;
      if (this.#words[(entry >> 2) + 1] !== versions[this.#words[entry >> 2] as number]) return 0;
      const ahead = entry - this.#end;
      return (ahead < 0 ? ahead + this.bytes.length : ahead) < this.#saved ? this.#save(slot, entry) : entry;
    }
    return 0;
  }

  #bucket(hash: number): number {
    return (((hash >>> 0) * this.#buckets * 2 ** -32) | 0) * BUCKET_WORDS;
  }

  /** Whether an entry is still where the place says. Those of the lap before are, up to the end of this one. */
  #holds(place: number): boolean {
    return place !== 0 && ((place & 1) === this.#lap || offsetOf(place) >= this.#end);
  }

  #matches(entry: number, packet: Uint8Array, offset: number, keyLength: number): boolean {
    if (this.#halves[(entry >> 1) + KEY_LENGTH] !== keyLength) return false;
    const key = entry + HEADER_OCTETS;
    for (let at = 0; at < keyLength; at += 1) {
      if (this.bytes[key + at] !== lowerOctet(packet[offset + at] as number)) return false;
    }
    return true;
  }

  /** Fills `plan` from an entry; where its body begins in `bytes`. */
  read(entry: number, plan: Plan): number {
    const halves = this.#halves;
    const at = entry >> 1;
    plan.flags = halves[at + FLAGS] as number;
    plan.answers = halves[at + ANSWERS] as number;
    plan.authorities = halves[at + AUTHORITIES] as number;
    plan.additionals = halves[at + ADDITIONALS] as number;
    plan.bodyLength = halves[at + BODY_LENGTH] as number;
    plan.requiredLength = halves[at + REQUIRED_LENGTH] as number;
    plan.requiredAdditionals = halves[at + REQUIRED_ADDITIONALS] as number;
    plan.rotatedFrom = halves[at + ROTATED_FROM] as number;
    plan.rotation = halves[at + ROTATION] as number;
    plan.body = this.bytes;
    return entry + HEADER_OCTETS + (halves[at + KEY_LENGTH] as number);
  }

  /** Adds an entry, in the place of a stale one for the same question if there is one. */
  add(
    plan: Plan,
    packet: Uint8Array,
    offset: number,
    keyLength: number,
    hash: number,
    zone: number,
    version: number,
  ): void {
    const octets = HEADER_OCTETS + keyLength + plan.bodyLength;
    if (octets > this.bytes.length / 2) return;
    const entry = this.#claim(octets);
    this.#words[entry >> 2] = zone;
    this.#words[(entry >> 2) + 1] = version;
    const halves = this.#halves;
    const at = entry >> 1;
    halves[at + KEY_LENGTH] = keyLength;
    halves[at + FLAGS] = plan.flags;
    halves[at + ANSWERS] = plan.answers;
    halves[at + AUTHORITIES] = plan.authorities;
    halves[at + ADDITIONALS] = plan.additionals;
    halves[at + BODY_LENGTH] = plan.bodyLength;
    halves[at + REQUIRED_LENGTH] = plan.requiredLength;
    halves[at + REQUIRED_ADDITIONALS] = plan.requiredAdditionals;
    halves[at + ROTATED_FROM] = plan.rotatedFrom;
    halves[at + ROTATION] = plan.rotation;
    for (let index = 0; index < keyLength; index += 1)
      this.bytes[entry + HEADER_OCTETS + index] = lowerOctet(packet[offset + index] as number);
    this.bytes.set(plan.body.subarray(0, plan.bodyLength), entry + HEADER_OCTETS + keyLength);
    const slot = this.#slotFor(packet, offset, keyLength, hash);
    if (this.#slots[slot + 1] === 0) this.entries += 1;
    this.#slots[slot] = hash;
    this.#slots[slot + 1] = this.#placeOf(entry);
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
    const at = entry >> 1;
    const octets =
      HEADER_OCTETS + (this.#halves[at + KEY_LENGTH] as number) + (this.#halves[at + BODY_LENGTH] as number);
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
  #slotFor(packet: Uint8Array, offset: number, keyLength: number, hash: number): number {
    const slots = this.#slots;
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
      if (slots[slot] === hash && this.#matches(offsetOf(place), packet, offset, keyLength)) return slot;
      const age = this.#end - offsetOf(place) + ((place & 1) === this.#lap ? 0 : this.bytes.length);
      if (age > chosenAge) {
        chosen = slot;
        chosenAge = age;
      }
    }
    return chosen;
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

/** Places of the u16 fields, in units of two octets. */
const KEY_LENGTH = 4;
const FLAGS = 5;
const ANSWERS = 6;
const AUTHORITIES = 7;
const ADDITIONALS = 8;
const BODY_LENGTH = 9;
const REQUIRED_LENGTH = 10;
const REQUIRED_ADDITIONALS = 11;
const ROTATED_FROM = 12;
const ROTATION = 13;
const HEADER_OCTETS = 28;
/** Entries begin at a multiple; the first of them is no entry, so that 0 can say "none". */
const ALIGN = 8;
const BUCKET_WORDS = 16;
const BUCKET_OCTETS = BUCKET_WORDS * 4;
/**
 * One octet of so many is for the table. An entry of the least size there is in practice (a name of 18 octets, one address) takes 64, so a
 * full arena of them fills 60 % of the slots, and few buckets are full.
 */
const TABLE_SHARE = 6;

/** A place is where the entry begins, in units of `ALIGN`, times two, and the lap in which it was written. */
function offsetOf(place: number): number {
  return (place >>> 1) * ALIGN;
}
