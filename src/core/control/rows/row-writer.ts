/**
 * Writes the octets of a row. One writer serves a whole thread: its buffer grows to the largest row and is used again for the next,
 * so that what is written has to be used or copied before the next `restart`.
 */
export class RowWriter {
  #octets = new Uint8Array(4096);
  #end = 0;

  get octets(): Uint8Array {
    return this.#octets;
  }

  /** Where the next octet goes; after a row, how many there are. */
  get end(): number {
    return this.#end;
  }

  restart(): void {
    this.#end = 0;
    if (this.#octets.length > KEPT_OCTETS_MAX) this.#octets = new Uint8Array(KEPT_OCTETS_MAX);
  }

  /** A copy of what was written. */
  copy(): Uint8Array {
    return this.#octets.slice(0, this.#end);
  }

  u8(value: number): void {
    if (this.#end === this.#octets.length) this.#grow(1);
    this.#octets[this.#end++] = value;
  }

  /** A whole number from 0 to 2⁵³ − 1, seven bits an octet, the lowest first. */
  count(value: number): void {
    if (this.#end + COUNT_OCTETS_MAX > this.#octets.length) this.#grow(COUNT_OCTETS_MAX);
    let rest = value;
    // Bit operators see 32 bits; what has more is divided.
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) this.#octets[this.#end++] = (rest % 128) | 0x80;
    for (; rest > 0x7f; rest >>>= 7) this.#octets[this.#end++] = (rest & 0x7f) | 0x80;
    this.#octets[this.#end++] = rest;
  }

  /** Any text: an octet for each character, or two when one of them needs it. The count before it says which. */
  text(value: string): void {
    const { length } = value;
    this.count(length * 2);
    if (this.#end + length > this.#octets.length) this.#grow(length);
    const start = this.#end;
    for (let at = 0; at < length; at += 1) {
      const code = value.charCodeAt(at);
      if (code > 0xff) return this.#wideText(value, start);
      this.#octets[start + at] = code;
    }
    this.#end = start + length;
  }

  #wideText(value: string, start: number): void {
    // The lowest bit of the first octet of the count: one and the same octet count either way.
    const { length } = value;
    this.#octets[start - countOctets(length * 2)] = (this.#octets[start - countOctets(length * 2)] as number) | 1;
    if (start + length * 2 > this.#octets.length) this.#grow(length * 2);
    for (let at = 0; at < length; at += 1) {
      const code = value.charCodeAt(at);
      this.#octets[start + at * 2] = code >>> 8;
      this.#octets[start + at * 2 + 1] = code;
    }
    this.#end = start + length * 2;
  }

  bytes(value: Uint8Array): void {
    if (this.#end + value.length > this.#octets.length) this.#grow(value.length);
    this.#octets.set(value, this.#end);
    this.#end += value.length;
  }

  #grow(more: number): void {
    const grown = new Uint8Array(Math.max(this.#octets.length * 2, this.#end + more));
    grown.set(this.#octets.subarray(0, this.#end));
    this.#octets = grown;
  }
}

/** 7 × 8 bits hold 2⁵³. */
const COUNT_OCTETS_MAX = 8;
/** A larger buffer is let go of once its row is done. */
const KEPT_OCTETS_MAX = 2 ** 20;

function countOctets(value: number): number {
  let octets = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) octets += 1;
  return octets;
}
