/**
 * What plans are found by: a kind and a type, and a name without regard to case. Four octets at a time, because hashing and comparing
 * them one by one took a quarter of what an answer from the cache cost.
 */
export class PlanKey {
  /** The kind and type, then the name's octets in lower case, the lowest octet of each word first, zeroes behind its end. */
  readonly words = new Int32Array(WORDS_MAX);
  count = 0;
  hash = 0;

  /** Reads a whole name, that is up to and with its root label: then no other name has the same words. */
  read(packet: Uint8Array, from: number, end: number, kindAndType: number): void {
    const { words } = this;
    words[0] = kindAndType;
    let hash = mixed(SEED, kindAndType);
    let count = 1;
    let at = from;
    for (; at + 4 <= end; at += 4) {
      const word = lowered(
        (packet[at] as number) |
          ((packet[at + 1] as number) << 8) |
          ((packet[at + 2] as number) << 16) |
          ((packet[at + 3] as number) << 24),
      );
      words[count] = word;
      count += 1;
      hash = mixed(hash, word);
    }
    if (at < end) {
      let word = 0;
      for (let shift = 0; at < end; at += 1, shift += 8) word |= (packet[at] as number) << shift;
      word = lowered(word);
      words[count] = word;
      count += 1;
      hash = mixed(hash, word);
    }
    this.count = count;
    this.hash = Math.imul(hash, 0x2c1b3c6d);
  }

  /** One more word: what the name alone does not say. */
  add(word: number): void {
    this.words[this.count] = word;
    this.count += 1;
    this.hash = Math.imul(mixed(this.hash, word), 0x2c1b3c6d);
  }
}

/** Kinds of plans, above the type: of a name itself, or of the names that do not exist below it (shared-plan.ts). */
export const OWN = 0;
export const SHARED = 0x10000;
/** With signatures, of one period (core/dnssec/periods.ts), which is a word of its own behind the name. */
export const SIGNED = 0x40000;
/** The beginning of denials below a name, with signatures (signed/denial-head.ts); it has no type. */
export const DENIAL = 0x80000;
/** Not a plan, but what is known of a name below which others do not exist (enclosers.ts); it has no type. */
export const ENCLOSER = 0x20000;

/** A kind and type, the 255 octets of the longest name, a period and the two words of some content. */
const WORDS_MAX = 1 + 64 + 3;
const SEED = 0x811c9dc5 | 0;

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}

/**
 * Four octets in lower case at once: each octet's high bit is made to say whether it is at least `A`, and whether it is above `Z`.
 * Where the first is true and the second not, and the octet is ASCII, the high bit becomes 0x20. The octets that give labels their
 * lengths are below `A`.
 */
function lowered(word: number): number {
  const heptets = word & 0x7f7f7f7f;
  const atLeastA = (heptets + 0x3f3f3f3f) | 0;
  const aboveZ = (heptets + 0x25252525) | 0;
  const upper = (atLeastA ^ aboveZ) & ~word & 0x80808080;
  return word | (upper >>> 2);
}
