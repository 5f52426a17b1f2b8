/**
 * How other threads learn what changed: a ring in shared memory that the log's writer fills and every edge worker reads at its own
 * pace, with no message on the query path; the checkers read it too. Zones are named by their ids, health checks as core/control's
 * `healthCheckTouched` says. A worker that falls behind by more than the ring sees an overrun and forgets everything.
 *
 * Beside the ring each worker has a slot with the last sequence it serves, so that GetChange can say INSYNC when it is true.
 */

/** Zones between two looks of a worker, in the worst bulk change; at 48 octets each this is 192 KiB. */
export const RING_ENTRIES = 4096;
/** Zones' ids have up to 32, a health check's UUID and what is before it 42. */
const ENTRY_OCTETS = 48;
/** The ring is read and written a word at a time, by atomics: plain accesses could be seen out of order with the count. */
const ENTRY_WORDS = ENTRY_OCTETS / 4;
/** Edge workers of one member. */
const SLOTS_MAX = 64;

/** Layout: [0] entries published, [1] the newest sequence, then a slot per worker: -1 when nobody is there. */
const PUBLISHED = 0;
const SEQUENCE = 1;
const FIRST_SLOT = 2;
const NOBODY = -1n;
const HEADER_OCTETS = (FIRST_SLOT + SLOTS_MAX) * 8;

export function createPropagation(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(HEADER_OCTETS + RING_ENTRIES * ENTRY_OCTETS);
  new BigInt64Array(buffer, FIRST_SLOT * 8, SLOTS_MAX).fill(NOBODY);
  return buffer;
}

function headerOf(buffer: SharedArrayBuffer): BigInt64Array {
  return new BigInt64Array(buffer, 0, FIRST_SLOT + SLOTS_MAX);
}

/** Says, after the commit, that these zones and health checks changed and that the store now holds `sequence`. One thread only. */
export function publish(buffer: SharedArrayBuffer, sequence: number, touched: Iterable<string>): void {
  const header = headerOf(buffer);
  const ring = new Int32Array(buffer, HEADER_OCTETS);
  for (const id of touched) {
    const published = Number(Atomics.load(header, PUBLISHED));
    const fits = writeId(ring, (published % RING_ENTRIES) * ENTRY_WORDS, id);
    // What cannot be named is announced as an overrun: every worker forgets everything.
    Atomics.store(header, PUBLISHED, BigInt(published + (fits ? 1 : RING_ENTRIES)));
  }
  Atomics.store(header, SEQUENCE, BigInt(sequence));
  Atomics.notify(new Int32Array(buffer, SEQUENCE * 8, 1), 0);
}

function writeId(ring: Int32Array, start: number, id: string): boolean {
  if (id.length > ENTRY_OCTETS) return false;
  for (let word = 0; word < ENTRY_WORDS; word += 1) {
    let value = 0;
    for (let octet = 0; octet < 4; octet += 1) {
      const code = id.charCodeAt(word * 4 + octet) || 0;
      if (code > 0x7f) return false;
      value |= code << (octet * 8);
    }
    Atomics.store(ring, start + word, value);
  }
  return true;
}

function readId(ring: Int32Array, start: number): string {
  let text = '';
  for (let word = 0; word < ENTRY_WORDS; word += 1) {
    const value = Atomics.load(ring, start + word);
    for (let octet = 0; octet < 4; octet += 1) {
      const code = (value >>> (octet * 8)) & 0xff;
      if (code === 0) return text;
      text += String.fromCharCode(code);
    }
  }
  return text;
}

/** Whether every edge worker that is there serves the sequence; false while there is none. */
export function servedEverywhere(buffer: SharedArrayBuffer, sequence: number): boolean {
  const header = headerOf(buffer);
  let workers = 0;
  for (let slot = 0; slot < SLOTS_MAX; slot += 1) {
    const served = Atomics.load(header, FIRST_SLOT + slot);
    if (served === NOBODY) continue;
    if (served < BigInt(sequence)) return false;
    workers += 1;
  }
  return workers > 0;
}

/** The sequence that a worker serves, and the newest one; undefined while nobody is in the slot. */
export function progressOf(buffer: SharedArrayBuffer, slot: number): { served: bigint; newest: bigint } | undefined {
  const header = headerOf(buffer);
  const served = Atomics.load(header, FIRST_SLOT + slot);
  return served === NOBODY ? undefined : { served, newest: Atomics.load(header, SEQUENCE) };
}

/** Takes a dead worker's slot out of the count. */
export function vacate(buffer: SharedArrayBuffer, slot: number): void {
  Atomics.store(headerOf(buffer), FIRST_SLOT + slot, NOBODY);
}

/** One worker's place in the ring. Without a slot it follows, and nobody waits for it. */
export class PropagationFollower {
  readonly #header: BigInt64Array;
  readonly #sequence: Int32Array;
  readonly #ring: Int32Array;
  readonly #slot: number | undefined;
  #read: number;
  #seen = -1n;

  constructor(buffer: SharedArrayBuffer, slot?: number) {
    this.#header = headerOf(buffer);
    this.#sequence = new Int32Array(buffer, SEQUENCE * 8, 1);
    this.#ring = new Int32Array(buffer, HEADER_OCTETS);
    this.#slot = slot === undefined ? undefined : FIRST_SLOT + slot;
    this.#read = Number(Atomics.load(this.#header, PUBLISHED));
  }

  /** Whether something was published since the last call of `next`. */
  behind(): boolean {
    return Atomics.load(this.#header, SEQUENCE) !== this.#seen;
  }

  /**
   * Names what was published since the last call. The caller renews its store first, so that what it reads is at least as new as
   * what it is told, and calls `acknowledge` once it has acted.
   */
  next(visit: (id: string) => void): 'current' | 'changed' | 'overrun' {
    const sequence = Atomics.load(this.#header, SEQUENCE);
    if (sequence === this.#seen) return 'current';
    const published = Number(Atomics.load(this.#header, PUBLISHED));
    const ids: string[] = [];
    for (let at = this.#read; at < published && published - at < RING_ENTRIES; at += 1) {
      ids.push(readId(this.#ring, (at % RING_ENTRIES) * ENTRY_WORDS));
    }
    // The writer may have gone round the ring while it was being read.
    const overrun = Number(Atomics.load(this.#header, PUBLISHED)) - this.#read >= RING_ENTRIES;
    this.#read = published;
    this.#seen = sequence;
    if (overrun) return 'overrun';
    ids.forEach(visit);
    return 'changed';
  }

  /** From now on this worker counts as serving what `next` last told. */
  acknowledge(): void {
    if (this.#slot !== undefined) Atomics.store(this.#header, this.#slot, this.#seen);
  }

  leave(): void {
    if (this.#slot !== undefined) Atomics.store(this.#header, this.#slot, NOBODY);
  }

  /** For workers with an event loop: resolves when something is published, or after `timeoutMilliseconds`. */
  async changed(timeoutMilliseconds: number): Promise<void> {
    const low = Number(BigInt.asIntN(32, this.#seen));
    await Atomics.waitAsync(this.#sequence, 0, low, timeoutMilliseconds).value;
  }
}
