/**
 * How many transfers a member sends at once, counted in memory that its stream workers share: each worker counts its own, so that
 * one that dies takes only its own count with it.
 */

/** Each holds a snapshot and makes a message whenever its client has read one; more of them only make each slower. */
export const TRANSFERS_AT_ONCE_MAX = 8;
/** Who waits longer than this is better served by trying again, and a retry costs it little. */
const WAIT_MILLISECONDS_MAX = 20_000;
/** All secondaries of a big change ask at once. A waiting one holds a connection and no more. */
const WAITING_MAX = 200;

/** How often a transfer ended, for those who wait; how many there are; then of each worker. */
const ENDED = 0;
const ALL = 1;
const FIRST_WORKER = 2;

export function createTransferSlots(workersMax: number): SharedArrayBuffer {
  return new SharedArrayBuffer((FIRST_WORKER + workersMax) * Int32Array.BYTES_PER_ELEMENT);
}

export class TransferSlots {
  readonly #counts: Int32Array;
  readonly #own: number;
  #waiting = 0;

  /** `worker` counts from 0. What a worker of this number held when it died is free again. */
  constructor(slots: SharedArrayBuffer, worker: number) {
    this.#counts = new Int32Array(slots);
    this.#own = FIRST_WORKER + worker;
    Atomics.sub(this.#counts, ALL, Atomics.exchange(this.#counts, this.#own, 0));
    this.#wake();
  }

  /** False when there is none to be had in time. Who gets one gives it back. */
  async take(): Promise<boolean> {
    if (this.#tryToTake()) return true;
    if (this.#waiting === WAITING_MAX) return false;
    this.#waiting += 1;
    const until = performance.now() + WAIT_MILLISECONDS_MAX;
    try {
      for (;;) {
        const seen = Atomics.load(this.#counts, ENDED);
        if (this.#tryToTake()) return true;
        const left = until - performance.now();
        if (left <= 0) return false;
        await Atomics.waitAsync(this.#counts, ENDED, seen, left).value;
      }
    } finally {
      this.#waiting -= 1;
    }
  }

  give(): void {
    Atomics.sub(this.#counts, this.#own, 1);
    Atomics.sub(this.#counts, ALL, 1);
    this.#wake();
  }

  #tryToTake(): boolean {
    for (let all = Atomics.load(this.#counts, ALL); all < TRANSFERS_AT_ONCE_MAX;) {
      const seen = Atomics.compareExchange(this.#counts, ALL, all, all + 1);
      if (seen === all) {
        Atomics.add(this.#counts, this.#own, 1);
        return true;
      }
      all = seen;
    }
    return false;
  }

  #wake(): void {
    Atomics.add(this.#counts, ENDED, 1);
    Atomics.notify(this.#counts, ENDED);
  }
}
