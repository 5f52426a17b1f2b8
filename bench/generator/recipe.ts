/**
 * What the generator asks, and what it takes for an answer. In a name every `#` stands for a digit of the index that a query draws, and
 * every `?` for a random letter: all queries of a recipe have one length, and making one costs some ten byte writes.
 */
export interface Recipe {
  readonly name: string;
  /** Indexes are drawn evenly from 0 to this, or asked in turn. */
  readonly indexes: number;
  readonly order: 'random' | 'sequential';
  readonly edns: boolean;
  /** With EDNS: signatures are asked for. */
  readonly dnssecOk?: boolean;
  /** With EDNS: each query tells a client network, one of this many /24s drawn at random (RFC 7871). */
  readonly subnets?: number;
  readonly expect: Expected | 'anything';
}

/** A fast wrong answer must not count. Additional records are the least there may be; servers differ in how helpful they are. */
export interface Expected {
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly answers: number;
  readonly authoritiesMin: number;
  readonly additionalsMin: number;
  /** Whether the last answer is the address of the name's index (see `addressOf`). */
  readonly address: 'index' | undefined;
}

/** The address that the bench's zones give the host with an index: so that a wrong record is seen. */
export function addressOf(index: number): readonly [number, number, number, number] {
  return [10, (index >> 16) & 255, (index >> 8) & 255, index & 255];
}

const HEADER_OCTETS = 12;
const OPT = [0, 0, 41, 1232 >> 8, 1232 & 255, 0, 0, 0, 0, 0, 0];
/** Where an OPT record has DO, from its end. */
const DNSSEC_OK_BEFORE_END = 4;
const SUBNET_OCTETS = 3;
/** A client subnet option of a /24, to go into an OPT record; its last octets are drawn. */
const SUBNET = [0, 8, 0, 4 + SUBNET_OCTETS, 0, 1, 24, 0, 0, 0, 0];
const OPT_WITH_SUBNET = [...OPT.slice(0, -1), SUBNET.length, ...SUBNET];

/** Writes a recipe's queries and checks the answers to them. */
export class Queries {
  readonly octets: number;
  readonly questionEnd: number;
  readonly #recipe: Recipe;
  readonly #template: Uint8Array;
  readonly #digits: readonly number[];
  readonly #letters: readonly number[];
  #random = 0x9e3779b9;
  #next = 0;

  constructor(recipe: Recipe) {
    this.#recipe = recipe;
    const labels = recipe.name.split('.').map((label) => [label.length, ...Buffer.from(label, 'latin1')]);
    const question = [...labels.flat(), 0, 0, 1, 0, 1];
    const header = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, recipe.edns ? 1 : 0];
    const opt = recipe.subnets === undefined ? OPT : OPT_WITH_SUBNET;
    this.#template = Uint8Array.from([...header, ...question, ...(recipe.edns ? opt : [])]);
    if (recipe.dnssecOk === true) this.#template[this.#template.length - DNSSEC_OK_BEFORE_END] = 0x80;
    this.octets = this.#template.length;
    this.questionEnd = HEADER_OCTETS + question.length;
    const placesOf = (character: string): number[] =>
      [...this.#template.keys()].filter((at) => at > HEADER_OCTETS && this.#template[at] === character.charCodeAt(0));
    this.#digits = placesOf('#').toReversed();
    this.#letters = placesOf('?');
  }

  /** Puts what all queries share; `draw` then only changes the id and the name. */
  prepare(bytes: Uint8Array, at: number): void {
    bytes.set(this.#template, at);
  }

  /** Writes the next query; gives its index, which `right` wants back. */
  draw(bytes: Uint8Array, at: number, id: number): number {
    bytes[at] = id >>> 8;
    bytes[at + 1] = id;
    let index = 0;
    if (this.#digits.length > 0) {
      index = this.#index();
      let rest = index;
      for (const place of this.#digits) {
        bytes[at + place] = 0x30 + (rest % 10);
        rest = (rest / 10) | 0;
      }
    }
    if (this.#recipe.subnets !== undefined) this.#drawSubnet(bytes, at + this.octets - SUBNET_OCTETS);
    for (const place of this.#letters) bytes[at + place] = 0x61 + ((this.#nextRandom() >>> 8) % 26);
    return index;
  }

  /** Spread over all of the unicast addresses, the same ones in every run. */
  #drawSubnet(bytes: Uint8Array, at: number): void {
    const drawn = (this.#nextRandom() >>> 0) % (this.#recipe.subnets as number);
    const spread = Math.imul(drawn + 1, 0x9e3779b1) >>> 0;
    bytes[at] = 1 + ((spread >>> 24) % 223);
    bytes[at + 1] = (spread >>> 16) & 255;
    bytes[at + 2] = (spread >>> 8) & 255;
  }

  #index(): number {
    if (this.#recipe.order === 'random') return (this.#nextRandom() >>> 0) % this.#recipe.indexes;
    const index = this.#next;
    this.#next = (this.#next + 1) % this.#recipe.indexes;
    return index;
  }

  /** Xorshift: cheap, and each run asks the same. */
  #nextRandom(): number {
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return x;
  }

  /** Whether header and counts are as expected; cheap enough for every answer. */
  plausible(bytes: Uint8Array, at: number, octets: number): boolean {
    const { expect } = this.#recipe;
    if (octets < this.questionEnd) return false;
    if (expect === 'anything') return true;
    const { rcode, authoritative, answers, authoritiesMin, additionalsMin } = expect;
    const flags = get16(bytes, at + 2);
    return (
      (flags & 0xfe8f) === (0x8000 | (authoritative ? 0x0400 : 0) | rcode) &&
      get16(bytes, at + 6) === answers &&
      get16(bytes, at + 8) >= authoritiesMin &&
      get16(bytes, at + 10) >= additionalsMin + (this.#recipe.edns ? 1 : 0)
    );
  }

  /** Whether the answer is to the query that was sent and, for hosts, tells its address. For a sample of the answers. */
  right(bytes: Uint8Array, at: number, octets: number, query: Uint8Array, queryAt: number, index: number): boolean {
    for (let each = HEADER_OCTETS; each < this.questionEnd; each += 1) {
      if (((bytes[at + each] as number) | 0x20) !== ((query[queryAt + each] as number) | 0x20)) return false;
    }
    const { expect } = this.#recipe;
    if (expect === 'anything' || expect.address === undefined) return true;
    const record = lastAnswer(bytes, at + this.questionEnd, at + octets, expect.answers);
    if (record === 0 || get16(bytes, record) !== 1 || get16(bytes, record + 8) !== 4) return false;
    return addressOf(index).every((octet, position) => bytes[record + 10 + position] === octet);
  }
}

/** Where the last of the answers has its type, or 0. */
function lastAnswer(bytes: Uint8Array, from: number, end: number, answers: number): number {
  let record = 0;
  for (let at = from; answers > 0; answers -= 1) {
    while (at < end && (bytes[at] as number) !== 0 && (bytes[at] as number) < 0xc0) at += 1 + (bytes[at] as number);
    record = at + ((bytes[at] as number) === 0 ? 1 : 2);
    at = record + 10 + get16(bytes, record + 8);
    if (at > end) return 0;
  }
  return record;
}

function get16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
