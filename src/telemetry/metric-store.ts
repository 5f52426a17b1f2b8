import type { Datum } from '../core/metrics/datum.ts';
import { metricKey, type Metric } from '../core/metrics/metric.ts';
import type { PeriodPoint } from '../core/metrics/periods.ts';
import { Series } from '../core/metrics/series.ts';

/**
 * Data points of this member's metrics, in memory. They are telemetry: bounded in number and age, lost when they are too many or too
 * old, and not in the change log. Metrics of one region are nothing to another, as with AWS.
 *
 * Everything is kept by the minute; what was published in high resolution is kept by the second beside it, for a few hours.
 */
export interface MetricStoreLimits {
  readonly streamsMax: number;
  readonly pointsMax: number;
}

export const LIMITS: MetricStoreLimits = {
  /** Metrics by unit. With their names and maps each takes about a kilobyte. */
  streamsMax: 50_000,
  /** 40 octets each, 40 MiB in all; beyond, the oldest of all metrics go first. */
  pointsMax: 2 ** 20,
};

const MINUTE_SECONDS = 60;
/** CloudWatch keeps minutes for 15 days and seconds for three hours. */
export const MINUTES_KEPT_SECONDS = 15 * 86_400;
const SECONDS_KEPT_SECONDS = 3 * 3600;
/** How full it may be after the oldest points have gone: else they would go again with the next point. */
const ROOM = 3 / 4;

/** A metric's data in one unit. */
interface Stream {
  readonly minutes: Series;
  readonly seconds: Series;
}

interface Kept {
  readonly metric: Metric;
  /** By unit. */
  readonly streams: Map<string, Stream>;
}

/** A stream as it is written down and read again. */
export interface StreamRecord {
  readonly region: string;
  readonly metric: Metric;
  readonly unit: string;
  readonly minutes: Float64Array<ArrayBuffer>;
  readonly seconds: Float64Array<ArrayBuffer>;
}

export class MetricStore {
  readonly #limits: MetricStoreLimits;
  readonly #regions = new Map<string, Map<string, Kept>>();
  /** Keys of a region's metrics in order, until one comes or goes. */
  readonly #ordered = new Map<string, readonly string[]>();
  #streams = 0;
  #points = 0;
  #changes = 0;

  constructor(limits = LIMITS) {
    this.#limits = limits;
  }

  get streams(): number {
    return this.#streams;
  }

  get points(): number {
    return this.#points;
  }

  /** Grows with every change. */
  get changes(): number {
    return this.#changes;
  }

  /** False when it is a new metric and there is no room for one. */
  put(region: string, { metric, unit, at, highResolution, set }: Datum): boolean {
    const stream = this.#stream(region, metric, unit);
    if (stream === undefined) return false;
    this.#changes += 1;
    if (stream.minutes.add(at, set)) this.#points += 1;
    if (highResolution && stream.seconds.add(at, set)) this.#points += 1;
    if (this.#points > this.#limits.pointsMax) this.#makeRoom();
    return true;
  }

  /**
   * A metric's points from `from` to before `to`, in seconds since the epoch, of one unit or of all. Periods below a minute are for
   * data of high resolution.
   */
  *between(
    region: string,
    metric: Metric,
    asked: { readonly unit?: string; readonly periodSeconds: number; readonly from: number; readonly to: number },
  ): Generator<PeriodPoint> {
    for (const [unit, { minutes, seconds }] of this.#regions.get(region)?.get(metricKey(metric))?.streams ?? []) {
      if (asked.unit !== undefined && asked.unit !== unit) continue;
      yield* (asked.periodSeconds < MINUTE_SECONDS ? seconds : minutes).between(asked.from, asked.to);
    }
  }

  units(region: string, metric: Metric): readonly string[] {
    return [...(this.#regions.get(region)?.get(metricKey(metric))?.streams.keys() ?? [])];
  }

  /** Metrics with data, in the order of their keys, from behind one. `newest` is when the latest point begins. */
  *list(
    region: string,
    after = '',
  ): Generator<{ readonly key: string; readonly metric: Metric; readonly newest: number }> {
    const kept = this.#regions.get(region);
    if (kept === undefined) return;
    const ordered = this.#ordered.get(region) ?? [...kept.keys()].toSorted((a, b) => (a < b ? -1 : 1));
    this.#ordered.set(region, ordered);
    for (const key of ordered) {
      const found = key > after ? kept.get(key) : undefined;
      if (found === undefined) continue;
      const newest = Math.max(...[...found.streams.values()].map(({ minutes }) => minutes.newest ?? 0));
      yield { key, metric: found.metric, newest };
    }
  }

  /** Lets go of what is too old. */
  expire(nowSeconds: number): void {
    this.#dropBefore(nowSeconds - MINUTES_KEPT_SECONDS, nowSeconds - SECONDS_KEPT_SECONDS);
  }

  *records(): Generator<StreamRecord> {
    for (const [region, kept] of this.#regions) {
      for (const { metric, streams } of kept.values()) {
        for (const [unit, { minutes, seconds }] of streams) {
          yield { region, metric, unit, minutes: minutes.numbers(), seconds: seconds.numbers() };
        }
      }
    }
  }

  /** Adds to what is there already. Throws for what `records` cannot have given. */
  restore({ region, metric, unit, minutes, seconds }: StreamRecord): void {
    const stream = this.#stream(region, metric, unit);
    if (stream === undefined) return;
    this.#points -= stream.minutes.length + stream.seconds.length;
    stream.minutes.restore(minutes);
    stream.seconds.restore(seconds);
    this.#points += stream.minutes.length + stream.seconds.length;
    if (this.#points > this.#limits.pointsMax) this.#makeRoom();
  }

  #stream(region: string, metric: Metric, unit: string): Stream | undefined {
    const key = metricKey(metric);
    const known = this.#regions.get(region)?.get(key)?.streams.get(unit);
    if (known !== undefined) return known;
    if (this.#streams >= this.#limits.streamsMax) return undefined;
    const kept = this.#regions.get(region) ?? new Map<string, Kept>();
    this.#regions.set(region, kept);
    const found = kept.get(key) ?? { metric, streams: new Map<string, Stream>() };
    if (!kept.has(key)) this.#ordered.delete(region);
    kept.set(key, found);
    const stream = { minutes: new Series(MINUTE_SECONDS), seconds: new Series(1) };
    found.streams.set(unit, stream);
    this.#streams += 1;
    return stream;
  }

  /** Halves the time that is looked back on until enough has gone. */
  #makeRoom(): void {
    let oldest = Infinity;
    let newest = -Infinity;
    for (const { minutes } of this.#allStreams()) {
      oldest = Math.min(oldest, minutes.oldest ?? Infinity);
      newest = Math.max(newest, minutes.newest ?? -Infinity);
    }
    for (let kept = newest - oldest; this.#points > this.#limits.pointsMax * ROOM && kept >= 1; kept /= 2) {
      this.#dropBefore(newest - kept / 2, newest - Math.min(kept / 2, SECONDS_KEPT_SECONDS));
    }
  }

  *#allStreams(): Generator<Stream> {
    for (const kept of this.#regions.values()) for (const { streams } of kept.values()) yield* streams.values();
  }

  #dropBefore(minutesFrom: number, secondsFrom: number): void {
    for (const [region, kept] of this.#regions) {
      for (const [key, { streams }] of kept) {
        for (const [unit, { minutes, seconds }] of streams) {
          this.#points -= minutes.dropBefore(minutesFrom) + seconds.dropBefore(secondsFrom);
          if (minutes.length > 0) continue;
          this.#points -= seconds.length;
          this.#streams -= 1;
          streams.delete(unit);
        }
        if (streams.size > 0) continue;
        kept.delete(key);
        this.#ordered.delete(region);
      }
      if (kept.size === 0) this.#regions.delete(region);
    }
  }
}
