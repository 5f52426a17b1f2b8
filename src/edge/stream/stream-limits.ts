/**
 * What the streams of a member may take, all together: connections, connections of one client network, memory. Each worker writes what it
 * has into a part of shared memory of its own and reads the parts of all, so no lock is needed, and what a dead worker had is
 * forgotten with its part. Two workers that admit at the same moment may go over a limit by one connection each.
 *
 * Connections of a network are counted in a sketch: a few rows of counters, in each of which the network has a place by its hash. The
 * least of its counters is at least the true number, and above it only if others share its place in every row. That bounds memory
 * whatever addresses come, and the seed keeps anybody from choosing addresses that share places.
 */
export interface StreamLimits {
  readonly connectionsMax: number;
  /** Of an IPv4 /24 or an IPv6 /56. */
  readonly connectionsPerNetworkMax: number;
  /** Octets of messages that are not whole, and of answers not taken yet. */
  readonly heldOctetsMax: number;
  /** After this long without a whole query, or with answers not taken, a connection is closed. */
  readonly idleMilliseconds: number;
}

/** What a worker that serves streams is told. */
export interface StreamData {
  readonly memory: SharedArrayBuffer;
  /** Which part of the memory is the worker's. */
  readonly part: number;
  readonly limits: StreamLimits;
}

/** What a worker has counted, at fixed places of its part. */
export const STREAM = {
  open: 0,
  heldOctets: 1,
  accepted: 2,
  /** Closed at once, because there was no room for more of them, or of their network. */
  refused: 3,
  /** Closed after a time without a whole query, or with answers that nobody takes. */
  closedIdle: 4,
  /** Closed before their time, the idlest first, to make room for others. */
  closedForRoom: 5,
  /** Closed because of what they sent. */
  closedUnanswerable: 6,
} as const;

const COUNTS = 8;
const SKETCH_ROWS = 4;
const SKETCH_COLUMNS = 8192;
const PART_OCTETS = COUNTS * Float64Array.BYTES_PER_ELEMENT + SKETCH_ROWS * SKETCH_COLUMNS * 4;
const SEED_OCTETS = 16;

/** The memory for so many workers. `seed` is 16 random octets. */
export function createStreamMemory(workers: number, seed: Uint8Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(SEED_OCTETS + workers * PART_OCTETS);
  new Uint8Array(memory).set(seed.subarray(0, SEED_OCTETS));
  return memory;
}

/** One of a member's counts, over all its workers. */
export function streamCount(memory: SharedArrayBuffer, count: keyof typeof STREAM): number {
  let sum = 0;
  for (let at = SEED_OCTETS; at < memory.byteLength; at += PART_OCTETS) {
    sum += new Float64Array(memory, at, COUNTS)[STREAM[count]] as number;
  }
  return sum;
}

/** A dead worker's connections are gone: they count no more. */
export function vacateStreams(memory: SharedArrayBuffer, part: number): void {
  const at = SEED_OCTETS + part * PART_OCTETS;
  const counts = new Float64Array(memory, at, COUNTS);
  counts[STREAM.open] = 0;
  counts[STREAM.heldOctets] = 0;
  new Int32Array(memory, at + counts.byteLength, SKETCH_ROWS * SKETCH_COLUMNS).fill(0);
}

/** One worker's part, and its view of the others'. */
export class StreamShare {
  readonly limits: StreamLimits;
  readonly counts: Float64Array;
  readonly #sketch: Int32Array;
  readonly #allCounts: readonly Float64Array[];
  readonly #allSketches: readonly Int32Array[];
  readonly #seed: Uint32Array;
  /** Where in each row the network is that was looked at last. */
  readonly #places = new Int32Array(SKETCH_ROWS);

  constructor({ memory, part, limits }: StreamData) {
    this.limits = limits;
    this.#seed = new Uint32Array(memory, 0, SKETCH_ROWS);
    const workers = (memory.byteLength - SEED_OCTETS) / PART_OCTETS;
    const at = (index: number): number => SEED_OCTETS + index * PART_OCTETS;
    this.#allCounts = Array.from({ length: workers }, (_, index) => new Float64Array(memory, at(index), COUNTS));
    this.#allSketches = Array.from(
      { length: workers },
      (_, index) =>
        new Int32Array(memory, at(index) + COUNTS * Float64Array.BYTES_PER_ELEMENT, SKETCH_ROWS * SKETCH_COLUMNS),
    );
    this.counts = this.#allCounts[part] as Float64Array;
    this.#sketch = this.#allSketches[part] as Int32Array;
    vacateStreams(memory, part);
  }

  count(count: number): void {
    this.counts[count]! += 1;
  }

  full(): boolean {
    return this.#sum(STREAM.open) >= this.limits.connectionsMax;
  }

  /** Whether holding so many octets more would be too much. */
  holdsTooMuch(octets: number): boolean {
    return this.#sum(STREAM.heldOctets) + octets > this.limits.heldOctetsMax;
  }

  networkFull(client: Uint8Array): boolean {
    this.#locate(client);
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < SKETCH_ROWS; row += 1) {
      const place = this.#places[row] as number;
      let here = 0;
      for (let part = 0; part < this.#allSketches.length; part += 1) here += this.#allSketches[part]?.[place] as number;
      least = Math.min(least, here);
    }
    return least >= this.limits.connectionsPerNetworkMax;
  }

  opened(client: Uint8Array): void {
    this.counts[STREAM.open]! += 1;
    this.#add(client, 1);
  }

  closed(client: Uint8Array): void {
    this.counts[STREAM.open]! -= 1;
    this.#add(client, -1);
  }

  held(octets: number): void {
    this.counts[STREAM.heldOctets]! += octets;
  }

  #sum(count: number): number {
    let sum = 0;
    for (let part = 0; part < this.#allCounts.length; part += 1) sum += this.#allCounts[part]?.[count] as number;
    return sum;
  }

  #add(client: Uint8Array, change: number): void {
    this.#locate(client);
    for (let row = 0; row < SKETCH_ROWS; row += 1) this.#sketch[this.#places[row] as number]! += change;
  }

  /** An IPv4 client's network is a /24, an IPv6 client's a /56: what one customer is given. */
  #locate(client: Uint8Array): void {
    const octets = client.length === 4 ? 3 : 7;
    for (let row = 0; row < SKETCH_ROWS; row += 1) {
      let hash = (this.#seed[row] as number) ^ octets;
      for (let at = 0; at < octets; at += 1) hash = mix(hash ^ (client[at] as number));
      this.#places[row] = row * SKETCH_COLUMNS + ((hash >>> 8) % SKETCH_COLUMNS);
    }
  }
}

/** Spreads what one octet changed over all bits (a step of xorshift and a multiplication). */
function mix(value: number): number {
  const spread = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return spread ^ (spread >>> 12);
}
