/**
 * Networks and what is said about each, found by longest prefix: a binary trie in typed arrays, IPv4 and IPv6 apart. A lookup
 * looks no deeper than the client's own prefix, so a network longer than what we know of the client never matches it.
 */
export class PrefixTable {
  /** Two children per node; 0 is none, since no node has the root as a child. */
  #children: Uint32Array = new Uint32Array(INITIAL_NODES * 2);
  /** What is said at a node, or NOTHING. */
  #values: Int32Array = new Int32Array(INITIAL_NODES).fill(NOTHING);
  #nodes = FIRST_FREE;
  /** Bits of the address that the last lookup's answer holds for: a client that shares them gets the same answer. */
  bitsUsed = 0;

  /** A table that another thread has shared: to be read, not added to. */
  static over({ children, values }: SharedPrefixes): PrefixTable {
    const table = new PrefixTable();
    table.#children = new Uint32Array(children);
    table.#values = new Int32Array(values);
    table.#nodes = table.#values.length;
    return table;
  }

  /** A copy of what is in it now, in memory that threads share. */
  share(): SharedPrefixes {
    const children = new SharedArrayBuffer(this.#nodes * 2 * Uint32Array.BYTES_PER_ELEMENT);
    const values = new SharedArrayBuffer(this.#nodes * Int32Array.BYTES_PER_ELEMENT);
    new Uint32Array(children).set(this.#children.subarray(0, this.#nodes * 2));
    new Int32Array(values).set(this.#values.subarray(0, this.#nodes));
    return { children, values };
  }

  /** `address` is 4 or 16 octets; `value` is not negative. A network that is there already is overwritten. */
  add(address: Uint8Array, prefixLength: number, value: number): void {
    let node = rootOf(address);
    for (let bit = 0; bit < prefixLength; bit += 1) {
      const child = node * 2 + bitAt(address, bit);
      const next = this.#children[child] as number;
      node = next === 0 ? (this.#children[child] = this.#newNode()) : next;
      // The array may have been replaced by a longer one while the node was made.
      this.#children[child] = node;
    }
    this.#values[node] = value;
  }

  /** The value of the longest network that holds all addresses of `address`/`prefixLength`, or -1. */
  find(address: Uint8Array, prefixLength: number): number {
    let node = rootOf(address);
    let found = this.#values[node] as number;
    let depth = 0;
    while (depth < prefixLength) {
      const next = this.#children[node * 2 + bitAt(address, depth)] as number;
      if (next === 0) break;
      node = next;
      depth += 1;
      if (this.#values[node] !== NOTHING) found = this.#values[node] as number;
    }
    // Below a node with one child only, the next bit still told this client from those who go on.
    const branches = this.#children[node * 2] !== 0 || this.#children[node * 2 + 1] !== 0;
    this.bitsUsed = branches ? depth + 1 : depth;
    return found;
  }

  #newNode(): number {
    if (this.#nodes * 2 === this.#children.length) {
      const children = new Uint32Array(this.#children.length * 2);
      children.set(this.#children);
      const values = new Int32Array(this.#values.length * 2).fill(NOTHING);
      values.set(this.#values);
      this.#children = children;
      this.#values = values;
    }
    return this.#nodes++;
  }
}

/** A table's octets. */
export interface SharedPrefixes {
  readonly children: SharedArrayBuffer;
  readonly values: SharedArrayBuffer;
}

const NOTHING = -1;
const INITIAL_NODES = 64;
const ROOT_V4 = 0;
const ROOT_V6 = 1;
const FIRST_FREE = 2;

function rootOf(address: Uint8Array): number {
  return address.length === 4 ? ROOT_V4 : ROOT_V6;
}

function bitAt(address: Uint8Array, bit: number): number {
  return ((address[bit >> 3] as number) >> (7 - (bit & 7))) & 1;
}
