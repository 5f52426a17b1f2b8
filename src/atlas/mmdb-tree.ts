/**
 * The search tree of a location database in MaxMind's file format: address → where its record is. The library that reads records
 * (mmdb-lib) walks it too, but from an address as text; a query has octets, and no time.
 * https://maxmind.github.io/MaxMind-DB/#binary-search-tree-section
 */
export interface TreeShape {
  /** Bits of each of a node's two records: 24, 28 or 32. */
  readonly recordSize: number;
  readonly nodeCount: number;
  readonly ipVersion: number;
}

/** IPv4 addresses are in an IPv6 tree behind so many zeroes. */
const IPV4_DEPTH = 96;

export class MmdbTree {
  readonly #bytes: Uint8Array;
  readonly #recordSize: number;
  readonly #nodeOctets: number;
  readonly #nodeCount: number;
  readonly #ipv4Root: number;
  /** Whether addresses of sixteen octets can be looked up, too. */
  readonly hasIpv6: boolean;
  /** Bits of the address that the last answer depended on. */
  bitsUsed = 0;

  constructor(bytes: Uint8Array, shape: TreeShape) {
    this.#bytes = bytes;
    this.#recordSize = shape.recordSize;
    this.#nodeOctets = shape.recordSize / 4;
    this.#nodeCount = shape.nodeCount;
    this.hasIpv6 = shape.ipVersion === 6;
    let root = 0;
    for (let depth = 0; this.hasIpv6 && depth < IPV4_DEPTH && root < this.#nodeCount; depth += 1) {
      root = this.#record(root, 0);
    }
    this.#ipv4Root = root;
  }

  /** A number that stands for the address's record, the same for all addresses that share it, or 0: unknown. */
  find(address: Uint8Array): number {
    const bits = address.length * 8;
    let node = bits === 32 ? this.#ipv4Root : 0;
    let depth = 0;
    while (depth < bits && node < this.#nodeCount) {
      node = this.#record(node, ((address[depth >> 3] as number) >> (7 - (depth & 7))) & 1);
      depth += 1;
    }
    this.bitsUsed = depth;
    return node > this.#nodeCount ? node : 0;
  }

  #record(node: number, side: number): number {
    const bytes = this.#bytes;
    const at = node * this.#nodeOctets;
    if (this.#recordSize === 24) {
      const from = at + side * 3;
      return ((bytes[from] as number) << 16) | ((bytes[from + 1] as number) << 8) | (bytes[from + 2] as number);
    }
    if (this.#recordSize === 28) {
      // The octet in the middle holds the highest four bits of both.
      const from = at + side * 4;
      const middle = bytes[at + 3] as number;
      const high = side === 0 ? middle >> 4 : middle & 15;
      return (
        (high << 24) |
        ((bytes[from] as number) << 16) |
        ((bytes[from + 1] as number) << 8) |
        (bytes[from + 2] as number)
      );
    }
    const from = at + side * 4;
    return (
      (bytes[from] as number) * 2 ** 24 +
      (((bytes[from + 1] as number) << 16) | ((bytes[from + 2] as number) << 8) | (bytes[from + 3] as number))
    );
  }
}
