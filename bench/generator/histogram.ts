/** Durations in buckets that are some four percent wide, so that a million of them cost 512 numbers. */
const BUCKETS = 512;
const PER_DOUBLING = 18;
const LEAST_MICROSECONDS = 1;

export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  add(milliseconds: number): void {
    const microseconds = Math.max(milliseconds * 1000, LEAST_MICROSECONDS);
    const bucket = Math.min(BUCKETS - 1, Math.floor(Math.log2(microseconds) * PER_DOUBLING));
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#total += 1;
  }

  /** In microseconds; the upper end of the bucket that holds it. */
  quantile(share: number): number {
    let left = Math.ceil(this.#total * share);
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      left -= this.#counts[bucket] as number;
      if (left <= 0) return 2 ** ((bucket + 1) / PER_DOUBLING);
    }
    return Number.NaN;
  }
}
