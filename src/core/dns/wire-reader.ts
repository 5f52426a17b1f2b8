import { NAME_OCTETS_MAX, type Name } from './name.ts';

/** Thrown at the first octet that no message may hold there; caught once, where the message came in. */
export class WireFormatError extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'WireFormatError';
  }
}

/** Reads a message, or a part of one, from left to right. */
export class WireReader {
  readonly bytes: Uint8Array;
  position: number;
  readonly end: number;

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  u8(): number {
    this.#expect(1);
    return this.bytes[this.position++] as number;
  }

  u16(): number {
    return (this.u8() << 8) | this.u8();
  }

  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }

  octets(count: number): Uint8Array {
    this.#expect(count);
    this.position += count;
    return this.bytes.slice(this.position - count, this.position);
  }

  /** A name, with its pointers followed. Each pointer must lead further back than the last, so none can loop. */
  name(): Name {
    const octets = scratch;
    let count = 0;
    let at = this.position;
    let earliest = this.position;
    let jumped = false;
    for (;;) {
      if (at >= this.end) throw new WireFormatError('a name runs past the end');
      const length = this.bytes[at] as number;
      if (length >= 0xc0) {
        if (at + 1 >= this.end) throw new WireFormatError('a name runs past the end');
        const target = ((length & 0x3f) << 8) | (this.bytes[at + 1] as number);
        if (target >= earliest) throw new WireFormatError('a compression pointer does not point back');
        if (!jumped) this.position = at + 2;
        jumped = true;
        earliest = target;
        at = target;
        continue;
      }
      if (length > 63) throw new WireFormatError('a label of an unknown kind');
      if (at + 1 + length > this.end) throw new WireFormatError('a name runs past the end');
      if (count + 1 + length > NAME_OCTETS_MAX) throw new WireFormatError('a name longer than 255 octets');
      for (let step = 0; step <= length; step += 1) octets[count++] = this.bytes[at + step] as number;
      at += 1 + length;
      if (length === 0) break;
    }
    if (!jumped) this.position = at;
    return octets.slice(0, count);
  }

  /** Passes over a name without reading it: its pointer, if it has one, is not followed. */
  skipName(): void {
    for (;;) {
      const length = this.u8();
      if (length === 0) return;
      if (length >= 0xc0) {
        this.u8();
        return;
      }
      if (length > 63) throw new WireFormatError('a label of an unknown kind');
      this.skip(length);
    }
  }

  skip(octets: number): void {
    this.#expect(octets);
    this.position += octets;
  }

  #expect(octets: number): void {
    if (this.position + octets > this.end) throw new WireFormatError('the message ends too early');
  }
}

/** Of the name that is being read. */
const scratch = new Uint8Array(NAME_OCTETS_MAX);
