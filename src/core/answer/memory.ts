/** Octets that plans lie in, seen as halves and words as well. */
export class Memory {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Int32Array;

  /** Of whole words. */
  constructor(octets: number) {
    this.bytes = new Uint8Array(octets);
    this.halves = new Uint16Array(this.bytes.buffer);
    this.words = new Int32Array(this.bytes.buffer);
  }
}
