import { questionPacket, randomQuestion } from './question.ts';
import type { Random } from './random.ts';
import type { ReferenceZone } from './reference-answerer.ts';

/**
 * Queries as no resolver sends them: built from real ones by their structure (counts, classes, opcodes, OPT records with every
 * option and none, records where none belong, TSIG) and then, often, damaged octet by octet.
 */
export class HostilePackets {
  readonly #random: Random;
  readonly #questions: readonly Uint8Array[];
  readonly #bytes = new Uint8Array(OCTETS_MAX);
  #end = 0;

  constructor(random: Random, zones: readonly ReferenceZone[]) {
    this.#random = random;
    this.#questions = Array.from({ length: QUESTIONS }, () => questionPacket(random, randomQuestion(random, zones)));
  }

  /** Good until the next call. */
  next(): Uint8Array {
    const random = this.#random;
    if (random.oneIn(200)) return this.#noise();
    this.#query();
    if (random.oneIn(3)) for (let left = 1 + random.below(4); left > 0; left -= 1) this.#damage();
    return this.#bytes.subarray(0, this.#end);
  }

  #noise(): Uint8Array {
    this.#end = 0;
    for (let left = this.#random.below(600); left > 0; left -= 1) this.#u8(this.#random.below(256));
    return this.#bytes.subarray(0, this.#end);
  }

  #query(): void {
    const random = this.#random;
    const question = random.pick(this.#questions);
    const nameEnd = endOfName(question);
    this.#bytes.set(question.subarray(0, nameEnd + 4));
    this.#end = nameEnd + 4;
    this.#put(11, 0);
    for (let at = 0; at < 2; at += 1) this.#put(at, random.below(256));
    this.#put(2, random.oneIn(12) ? random.below(256) : random.below(2));
    this.#put(3, random.oneIn(8) ? random.below(256) : 0);
    if (random.oneIn(12)) this.#put(nameEnd + 1, random.oneIn(3) ? random.below(256) : random.pick(META_TYPES));
    if (random.oneIn(12)) this.#put(nameEnd + 3, random.pick(CLASSES));
    if (random.oneIn(2)) this.#opt();
    while (random.oneIn(24)) this.#record();
    if (random.oneIn(40)) this.#put(4 + random.below(8), random.below(4));
  }

  #opt(): void {
    const random = this.#random;
    this.#count(random.oneIn(40) ? 6 + 2 * random.below(3) : 10);
    this.#u8(random.oneIn(40) ? 0xc0 : 0);
    if (this.#bytes[this.#end - 1] !== 0) this.#u8(12);
    this.#u16(41);
    this.#u16(random.pick(UDP_SIZES));
    this.#u8(random.oneIn(20) ? random.below(256) : 0);
    this.#u8(random.oneIn(20) ? random.below(256) : 0);
    this.#u16(random.oneIn(8) ? random.below(65_536) : random.below(2) << 15);
    const lengthAt = this.#end;
    this.#u16(0);
    while (random.oneIn(2)) this.#option();
    const length = this.#end - lengthAt - 2 + (random.oneIn(40) ? random.below(9) - 4 : 0);
    this.#put(lengthAt, length >> 8);
    this.#put(lengthAt + 1, length);
  }

  #option(): void {
    const random = this.#random;
    this.#u16(random.oneIn(4) ? random.below(65_536) : random.pick(OPTIONS));
    const length = random.oneIn(8) ? random.below(80) : random.pick(OPTION_LENGTHS);
    this.#u16(random.oneIn(30) ? random.below(65_536) : length);
    // The family, source and scope of ECS are small numbers; all other data is as good as any.
    for (let at = 0; at < length; at += 1) this.#u8(at < 4 && random.oneIn(2) ? random.below(34) : random.below(256));
  }

  /** Any record, TSIG for one, in any section. */
  #record(): void {
    const random = this.#random;
    this.#count(random.oneIn(3) ? 6 + 2 * random.below(3) : 10);
    if (random.oneIn(3)) this.#u16(0xc00c);
    else this.#u8(0);
    this.#u16(random.pick(RECORD_TYPES));
    this.#u16(random.pick(CLASSES));
    this.#u16(random.below(65_536));
    this.#u16(random.below(65_536));
    const length = random.below(40);
    this.#u16(random.oneIn(20) ? random.below(65_536) : length);
    for (let left = length; left > 0; left -= 1) this.#u8(random.below(256));
  }

  #count(at: number): void {
    this.#put(at + 1, ((this.#bytes[at + 1] as number) + 1) & 255);
  }

  #damage(): void {
    const random = this.#random;
    if (this.#end === 0) return;
    const at = random.below(this.#end);
    switch (random.below(7)) {
      case 0:
        return this.#put(at, random.below(256));
      case 1:
        return this.#put(at, (this.#bytes[at] as number) ^ (1 << random.below(8)));
      case 2:
        this.#end = at;
        return;
      case 3:
        for (let left = random.below(40); left > 0; left -= 1) this.#u8(random.below(256));
        return;
      case 4:
        this.#bytes.copyWithin(at + 1, at, this.#end);
        this.#end = Math.min(this.#end + 1, OCTETS_MAX);
        return this.#put(at, random.below(70));
      case 5:
        return this.#put(at, 0xc0 | random.below(64));
      default: {
        const other = random.pick(this.#questions);
        for (const octet of other.subarray(random.below(12))) this.#u8(octet);
      }
    }
  }

  #put(at: number, octet: number): void {
    this.#bytes[at] = octet;
  }

  #u8(octet: number): void {
    if (this.#end < OCTETS_MAX) this.#bytes[this.#end++] = octet;
  }

  #u16(value: number): void {
    this.#u8(value >> 8);
    this.#u8(value & 255);
  }
}

/** More than any UDP query that is answered; what does not fit is cut, which is one more kind of damage. */
const OCTETS_MAX = 1500;
const QUESTIONS = 512;
const META_TYPES = [0, 41, 249, 250, 251, 252, 253, 254, 255] as const;
const CLASSES = [0, 1, 1, 1, 1, 3, 4, 254, 255] as const;
const UDP_SIZES = [0, 100, 511, 512, 513, 600, 1231, 1232, 1233, 4096, 65_535] as const;
/** NSID, ECS, expire, cookie, keepalive, padding, extended errors. */
const OPTIONS = [3, 8, 9, 10, 10, 11, 12, 15] as const;
const OPTION_LENGTHS = [0, 0, 2, 4, 7, 8, 11, 16, 20, 24, 40] as const;
/** A, NS, SOA, OPT, TKEY, TSIG, IXFR, ANY and one nobody knows. */
const RECORD_TYPES = [1, 2, 6, 41, 249, 250, 250, 251, 255, 65_280] as const;

function endOfName(packet: Uint8Array): number {
  let at = 12;
  while (packet[at] !== 0) at += 1 + (packet[at] as number);
  return at + 1;
}
