import { together, type StatisticSet } from './statistics.ts';

/** A data point as it is asked for: all of a period together. */
export interface PeriodPoint {
  /** When the period begins, seconds since the epoch. */
  readonly at: number;
  readonly set: StatisticSet;
}

/**
 * Puts points together by period; only periods that have data come out, oldest first. Points of several series (a metric that was
 * published in more than one unit) may follow each other. Periods are counted from `origin`, which no point is before.
 */
export function byPeriod(points: Iterable<PeriodPoint>, periodSeconds: number, origin = 0): PeriodPoint[] {
  const periods = new Map<number, StatisticSet>();
  for (const { at, set } of points) {
    const period = at - ((at - origin) % periodSeconds);
    const known = periods.get(period);
    periods.set(period, known === undefined ? set : together(known, set));
  }
  return [...periods].map(([at, set]) => ({ at, set })).toSorted((a, b) => a.at - b.at);
}
