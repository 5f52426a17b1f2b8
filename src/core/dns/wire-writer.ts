import { lowerOctet, type Name } from './name.ts';

/** Thrown when a message outgrows its buffer; the one who gave the buffer catches it. */
export class WireOverflow extends Error {
  constructor() {
    super('the message does not fit its buffer');
    this.name = 'WireOverflow';
  }
}

/** A pointer has 14 bits (RFC 1035 §4.1.4). */
const POINTER_TARGET_MAX = 0x3fff;
/** Targets that are remembered and compared. More would save few bytes and cost a longer search for each name. */
const TARGETS_MAX = 64;

/** So few are copied sooner than a call out of the language begins. */
const LOOP_OCTETS_MAX = 48;

/** Writes a message from left to right, compressing names against those already written. */
export class WireWriter {
  readonly bytes: Uint8Array;
  position: number;
  readonly #targets: number[] = [];
  /** Set to false while names are written that later ones must not point to. */
  remembering = true;

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes;
    this.position = position;
  }

  u8(value: number): void {
    this.#claim(1);
    this.bytes[this.position++] = value;
  }

  u16(value: number): void {
    this.#claim(2);
    this.bytes[this.position++] = value >>> 8;
    this.bytes[this.position++] = value;
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value);
  }

  octets(octets: Uint8Array): void {
    const { length } = octets;
    this.#claim(length);
    if (length > LOOP_OCTETS_MAX) this.bytes.set(octets, this.position);
    else for (let at = 0; at < length; at += 1) this.bytes[this.position + at] = octets[at] as number;
    this.position += length;
  }

  /** Overwrites two octets written before, such as a length that is known only now. */
  patch16(at: number, value: number): void {
    this.bytes[at] = value >>> 8;
    this.bytes[at + 1] = value;
  }

  /** Takes back everything from `position` on, also as targets of compression. */
  rewind(position: number): void {
    this.position = position;
    while ((this.#targets.at(-1) ?? -1) >= position) this.#targets.pop();
  }

  /** Makes the uncompressed name at `offset`, and each of its ancestors, a target of compression. */
  remember(offset: number): void {
    if (!this.remembering) return;
    for (let at = offset; this.bytes[at] !== 0; at += 1 + (this.bytes[at] as number)) {
      if ((this.bytes[at] as number) >= 0xc0 || at > POINTER_TARGET_MAX || this.#targets.length === TARGETS_MAX) return;
      this.#targets.push(at);
    }
  }

  name(name: Name, compress: boolean): void {
    if (!compress) {
      this.octets(name);
      return;
    }
    const start = this.position;
    for (let at = 0; name[at] !== 0; at += 1 + (name[at] as number)) {
      const target = this.#targetOf(name, at);
      if (target !== undefined) {
        this.u16(0xc000 | target);
        this.remember(start);
        return;
      }
      this.octets(name.subarray(at, at + 1 + (name[at] as number)));
    }
    this.u8(0);
    this.remember(start);
  }

  #targetOf(name: Name, from: number): number | undefined {
    for (const target of this.#targets) if (this.#matches(name, from, target)) return target;
    return undefined;
  }

  #matches(name: Name, from: number, target: number): boolean {
    let at = from;
    let other = target;
    for (;;) {
      while ((this.bytes[other] as number) >= 0xc0) {
        other = (((this.bytes[other] as number) & 0x3f) << 8) | (this.bytes[other + 1] as number);
      }
      const length = name[at] as number;
      if (length !== this.bytes[other]) return false;
      if (length === 0) return true;
      for (let step = 1; step <= length; step += 1) {
        if (lowerOctet(name[at + step] as number) !== lowerOctet(this.bytes[other + step] as number)) return false;
      }
      at += 1 + length;
      other += 1 + length;
    }
  }

  #claim(octets: number): void {
    if (this.position + octets > this.bytes.length) throw new WireOverflow();
  }
}
