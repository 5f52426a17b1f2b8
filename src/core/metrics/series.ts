import type { StatisticSet } from './statistics.ts';

/**
 * The data points of one metric at one resolution, in the order of time. A point is 40 octets of one array: an object for each would
 * take four times as much, and there may be a million.
 */
export class Series {
  readonly #resolutionSeconds: number;
  /** Time, sample count, sum, minimum and maximum of one point after the other. */
  #columns = new Float64Array(FIRST_POINTS * WIDTH);
  #length = 0;

  constructor(resolutionSeconds: number) {
    this.#resolutionSeconds = resolutionSeconds;
  }

  get length(): number {
    return this.#length;
  }

  /** When its oldest point begins, in seconds since the epoch; undefined without points. */
  get oldest(): number | undefined {
    return this.#length === 0 ? undefined : this.#columns[0];
  }

  get newest(): number | undefined {
    return this.#length === 0 ? undefined : this.#columns[(this.#length - 1) * WIDTH];
  }

  /** Adds to the point of that second or minute; says whether there is a point more than before. */
  add(atSeconds: number, set: StatisticSet): boolean {
    const at = atSeconds - (atSeconds % this.#resolutionSeconds);
    const place = this.#placeOf(at);
    const columns = this.#columns;
    const from = place * WIDTH;
    if (place < this.#length && columns[from] === at) {
      columns[from + 1] = (columns[from + 1] as number) + set.sampleCount;
      columns[from + 2] = (columns[from + 2] as number) + set.sum;
      columns[from + 3] = Math.min(columns[from + 3] as number, set.minimum);
      columns[from + 4] = Math.max(columns[from + 4] as number, set.maximum);
      return false;
    }
    this.#insert(from, [at, set.sampleCount, set.sum, set.minimum, set.maximum]);
    return true;
  }

  /** Drops what is older; says how many points that were. */
  dropBefore(atSeconds: number): number {
    const dropped = this.#placeOf(atSeconds);
    if (dropped === 0) return 0;
    this.#columns = this.#columns.slice(dropped * WIDTH, this.#length * WIDTH);
    this.#length -= dropped;
    return dropped;
  }

  /** Each point from `from` to before `to`, seconds since the epoch. */
  *between(from: number, to: number): Generator<{ readonly at: number; readonly set: StatisticSet }> {
    for (let place = this.#placeOf(from); place < this.#length; place += 1) {
      const [at = 0, sampleCount = 0, sum = 0, minimum = 0, maximum = 0] = this.#columns.subarray(
        place * WIDTH,
        (place + 1) * WIDTH,
      );
      if (at >= to) return;
      yield { at, set: { sampleCount, sum, minimum, maximum } };
    }
  }

  /** All points as they lie, to be kept. */
  numbers(): Float64Array<ArrayBuffer> {
    return this.#columns.slice(0, this.#length * WIDTH);
  }

  /** Adds what `numbers` gave to the points that there are; throws for what it cannot have given. */
  restore(numbers: Float64Array<ArrayBuffer>): void {
    if (numbers.length % WIDTH !== 0) throw new Error('a series ends within a point');
    for (let at = 0; at < numbers.length; at += 1) {
      if (!Number.isFinite(numbers[at])) throw new Error('a series holds what is no number');
    }
    for (let from = WIDTH; from < numbers.length; from += WIDTH) {
      if ((numbers[from] as number) > (numbers[from - WIDTH] as number)) continue;
      throw new Error('a series is not in the order of time');
    }
    // Few: what has come since the member started.
    const newer = [...this.between(-Infinity, Infinity)];
    this.#columns = numbers.slice();
    this.#length = numbers.length / WIDTH;
    for (const { at, set } of newer) this.add(at, set);
  }

  /** Where the first point is that is not older. Most are asked for near the end, yet bisection is as good as any. */
  #placeOf(at: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#columns[middle * WIDTH] as number) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(from: number, point: readonly number[]): void {
    const used = this.#length * WIDTH;
    if (used === this.#columns.length) {
      const grown = new Float64Array(Math.max(used * 2, FIRST_POINTS * WIDTH));
      grown.set(this.#columns);
      this.#columns = grown;
    }
    this.#columns.copyWithin(from + WIDTH, from, used);
    this.#columns.set(point, from);
    this.#length += 1;
  }
}

const WIDTH = 5;
const FIRST_POINTS = 4;
