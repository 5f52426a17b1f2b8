import { lowerOctet } from '../dns/name.ts';

/**
 * Compiled answers, ready to be copied behind a question. Entries live in one byte arena that an open-addressing table of offsets
 * points into: no object and no string per entry, so a million of them neither slow the collector nor the lookup.
 *
 * An entry belongs to a zone at a version; a changed zone makes its entries stale at once, and they are compiled anew when they
 * are asked for. When the arena is full everything goes and a new generation begins: simpler than eviction, and as good while the
 * names in use fit.
 *
 * Entry: u32 zone, u32 version, u16 × 8 (see the constants), the key (qname in lower case, then qtype), the body.
 */
export class PlanCache {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #slots: Int32Array;
  readonly #mask: number;
  #end = ALIGN;
  entries = 0;
  clears = 0;

  constructor(bytesMax: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(bytesMax / ENTRY_OCTETS_TYPICAL, 64) * 2));
    this.bytes = new Uint8Array(bytesMax);
    this.#view = new DataView(this.bytes.buffer);
    this.#slots = new Int32Array(slots);
    this.#mask = slots - 1;
  }

  get bytesUsed(): number {
    return this.#end;
  }

  /** Where the entry for the question at `offset` begins, or 0. `keyLength` is qname and qtype; qclass is not part of it. */
  find(packet: Uint8Array, offset: number, keyLength: number, hash: number, versions: Uint32Array): number {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot] as number;
      if (entry === 0) return 0;
      if (this.#matches(entry, packet, offset, keyLength)) return this.#fresh(entry, versions) ? entry : 0;
    }
  }

  #fresh(entry: number, versions: Uint32Array): boolean {
    return this.#view.getUint32(entry + 4) === versions[this.#view.getUint32(entry)];
  }

  #matches(entry: number, packet: Uint8Array, offset: number, keyLength: number): boolean {
    if (this.field(entry, KEY_LENGTH) !== keyLength) return false;
    const key = entry + HEADER_OCTETS;
    for (let at = 0; at < keyLength; at += 1) {
      if (this.bytes[key + at] !== lowerOctet(packet[offset + at] as number)) return false;
    }
    return true;
  }

  /** One of the u16 fields of an entry. */
  field(entry: number, field: number): number {
    const at = entry + field;
    return ((this.bytes[at] as number) << 8) | (this.bytes[at + 1] as number);
  }

  body(entry: number): number {
    return entry + HEADER_OCTETS + this.field(entry, KEY_LENGTH);
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
    if (this.#end + octets > this.bytes.length || this.entries * 2 > this.#mask) this.clear();
    const entry = this.#end;
    this.#view.setUint32(entry, zone);
    this.#view.setUint32(entry + 4, version);
    this.#view.setUint16(entry + KEY_LENGTH, keyLength);
    this.#view.setUint16(entry + FLAGS, plan.flags);
    this.#view.setUint16(entry + ANSWERS, plan.answers);
    this.#view.setUint16(entry + AUTHORITIES, plan.authorities);
    this.#view.setUint16(entry + ADDITIONALS, plan.additionals);
    this.#view.setUint16(entry + BODY_LENGTH, plan.bodyLength);
    this.#view.setUint16(entry + REQUIRED_LENGTH, plan.requiredLength);
    this.#view.setUint16(entry + REQUIRED_ADDITIONALS, plan.requiredAdditionals);
    for (let at = 0; at < keyLength; at += 1)
      this.bytes[entry + HEADER_OCTETS + at] = lowerOctet(packet[offset + at] as number);
    this.bytes.set(plan.body.subarray(0, plan.bodyLength), entry + HEADER_OCTETS + keyLength);
    this.#end = (entry + octets + ALIGN - 1) & ~(ALIGN - 1);
    this.#place(entry, packet, offset, keyLength, hash);
  }

  #place(entry: number, packet: Uint8Array, offset: number, keyLength: number, hash: number): void {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const old = this.#slots[slot] as number;
      if (old !== 0 && !this.#matches(old, packet, offset, keyLength)) continue;
      if (old === 0) this.entries += 1;
      this.#slots[slot] = entry;
      return;
    }
  }

  clear(): void {
    this.#slots.fill(0);
    this.#end = ALIGN;
    this.entries = 0;
    this.clears += 1;
  }
}

/** A compiled answer: what follows the question, and what the header says. Lengths are octets. */
export interface Plan {
  /** AA and the rcode, as bits of the header's flags. */
  flags: number;
  answers: number;
  authorities: number;
  additionals: number;
  body: Uint8Array;
  bodyLength: number;
  /** The part of the body that must fit; the rest, additional records that only help, may be left out (RFC 2181 §9). */
  requiredLength: number;
  /** The additional records in that part: glue. */
  requiredAdditionals: number;
  /** Its pointers are to be moved: see shared-plan.ts. */
  shared: boolean;
}

export const EMPTY_PLAN: Readonly<Plan> = {
  flags: 0,
  answers: 0,
  authorities: 0,
  additionals: 0,
  body: new Uint8Array(0),
  bodyLength: 0,
  requiredLength: 0,
  requiredAdditionals: 0,
  shared: false,
};

export const KEY_LENGTH = 8;
export const FLAGS = 10;
export const ANSWERS = 12;
export const AUTHORITIES = 14;
export const ADDITIONALS = 16;
export const BODY_LENGTH = 18;
export const REQUIRED_LENGTH = 20;
export const REQUIRED_ADDITIONALS = 22;
const HEADER_OCTETS = 24;
const ALIGN = 4;
/** A header, a name of average length and one address; the table has two slots for each. */
const ENTRY_OCTETS_TYPICAL = 64;
