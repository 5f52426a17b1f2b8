/** What transfers count, in memory that all threads of a member share. */
export const TRANSFER_COUNTER = {
  /** Transfers that a client got to their end: the whole zone, what changed, or that nothing did. */
  sentWhole: 0,
  sentDifference: 9,
  sentCurrent: 10,
  /** Requests for a zone, NOTIFYs and signed messages that were turned down. */
  refused: 1,
  /** Transfers that brought a new version. */
  received: 2,
  /** Attempts to check or transfer a zone that failed at every primary. */
  failedIn: 3,
  notifiesSent: 4,
  /** NOTIFYs that nobody answered, however often they were sent. */
  notifiesLost: 5,
  notifiesReceived: 6,
  /** Now, not in total. */
  secondaryZones: 7,
  expiredZones: 8,
} as const;

const COUNTERS = 16;

export function createTransferCounters(): SharedArrayBuffer {
  return new SharedArrayBuffer(COUNTERS * Int32Array.BYTES_PER_ELEMENT);
}

export class TransferCounters {
  readonly #counts: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#counts = new Int32Array(buffer);
  }

  add(counter: number): void {
    Atomics.add(this.#counts, counter, 1);
  }

  set(counter: number, value: number): void {
    Atomics.store(this.#counts, counter, value);
  }

  get(counter: number): number {
    return Atomics.load(this.#counts, counter);
  }
}
