/**
 * Reads what `RowWriter` wrote. Rows are our own and were written whole, so nothing is checked but the end of the octets: a row that
 * runs past it is a defect or a broken disk, and must not become a silent guess.
 */
export class RowReader {
  #octets: Uint8Array = NOTHING;
  #at = 0;
  #end = 0;

  restart(octets: Uint8Array, end: number = octets.length): void {
    this.#octets = octets;
    this.#at = 0;
    this.#end = end;
  }

  get atEnd(): boolean {
    return this.#at === this.#end;
  }

  u8(): number {
    if (this.#at === this.#end) throw damaged();
    return this.#octets[this.#at++] as number;
  }

  count(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const octet = this.u8();
      value += (octet & 0x7f) * unit;
      if (octet < 0x80) return value;
    }
  }

  text(): string {
    const head = this.count();
    const length = Math.floor(head / 2);
    return head % 2 === 0 ? this.#narrowText(length) : this.#wideText(length);
  }

  #narrowText(length: number): string {
    const octets = this.#octets;
    const end = this.#at + length;
    if (end > this.#end) throw damaged();
    let text = '';
    let at = this.#at;
    // Eight at a time: four times as fast as one by one, and for short texts faster than any call out of the language.
    for (; at + 8 <= end; at += 8) {
      text += String.fromCharCode(
        octets[at] as number,
        octets[at + 1] as number,
        octets[at + 2] as number,
        octets[at + 3] as number,
        octets[at + 4] as number,
        octets[at + 5] as number,
        octets[at + 6] as number,
        octets[at + 7] as number,
      );
    }
    for (; at < end; at += 1) text += CHARACTER[octets[at] as number] as string;
    this.#at = end;
    return text;
  }

  #wideText(length: number): string {
    let text = '';
    for (let at = 0; at < length; at += 1) text += String.fromCharCode(this.u8() * 256 + this.u8());
    return text;
  }

  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#end) throw damaged();
    const bytes = this.#octets.slice(this.#at, end);
    this.#at = end;
    return bytes;
  }
}

const NOTHING = new Uint8Array(0);
const CHARACTER: readonly string[] = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

function damaged(): Error {
  return new Error('a stored row ends too early');
}
