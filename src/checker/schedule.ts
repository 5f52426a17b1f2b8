import { createHash } from 'node:crypto';

/**
 * What is due when: a binary heap. Ten thousand checks from three regions at ten seconds are three thousand turns a second, each of
 * some fifteen comparisons.
 */
export class Schedule<T> {
  readonly #dues: number[] = [];
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** When the next is due; Infinity when there is none. */
  get next(): number {
    return this.#dues[0] ?? Infinity;
  }

  add(item: T, due: number): void {
    let at = this.#items.length;
    this.#dues.push(due);
    this.#items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#dues[parent] as number) <= due) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#place(item, due, at);
  }

  /** Takes out the item that is due first. */
  take(): T | undefined {
    const first = this.#items[0];
    const item = this.#items.pop();
    const due = this.#dues.pop();
    if (item === undefined || due === undefined || this.#items.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      if (left >= this.#items.length) break;
      const right = left + 1;
      const smaller = (this.#dues[right] ?? Infinity) < (this.#dues[left] as number) ? right : left;
      if ((this.#dues[smaller] as number) >= due) break;
      this.#move(smaller, at);
      at = smaller;
    }
    this.#place(item, due, at);
    return first;
  }

  #move(from: number, to: number): void {
    this.#dues[to] = this.#dues[from] as number;
    this.#items[to] = this.#items[from] as T;
  }

  #place(item: T, due: number, at: number): void {
    this.#dues[at] = due;
    this.#items[at] = item;
  }
}

/**
 * Where in its interval a checker probes a check, from 0 up to 1: always at the same place, and every pair of check and checker at
 * another. So probes are spread, and a restart meets no herd.
 */
export function phaseOf(healthCheckId: string, region: string): number {
  return createHash('sha1').update(`${healthCheckId} ${region}`).digest().readUInt32BE(0) / 2 ** 32;
}

/** The first time after `now` that lies at the phase of an interval; times are milliseconds since the epoch. */
export function nextTurn(now: number, intervalMilliseconds: number, phase: number): number {
  const offset = phase * intervalMilliseconds;
  return (Math.floor((now - offset) / intervalMilliseconds) + 1) * intervalMilliseconds + offset;
}
