/** What is kept of the values of one period. Percentiles cannot be had from it, so nothing here has them. */
export interface StatisticSet {
  readonly sampleCount: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

export const STATISTICS = ['Average', 'Sum', 'SampleCount', 'Maximum', 'Minimum'] as const;

export type Statistic = (typeof STATISTICS)[number];

export function isStatistic(text: string): text is Statistic {
  return (STATISTICS as readonly string[]).includes(text);
}

export function together(a: StatisticSet, b: StatisticSet): StatisticSet {
  return {
    sampleCount: a.sampleCount + b.sampleCount,
    sum: a.sum + b.sum,
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
  };
}

/** Of values that each occur `counts` times; once where no counts are given. */
export function ofValues(values: readonly number[], counts?: readonly number[]): StatisticSet {
  let set: StatisticSet = { sampleCount: 0, sum: 0, minimum: Infinity, maximum: -Infinity };
  values.forEach((value, at) => {
    const sampleCount = counts?.[at] ?? 1;
    if (sampleCount > 0) set = together(set, { sampleCount, sum: value * sampleCount, minimum: value, maximum: value });
  });
  return set;
}

export function statisticOf(set: StatisticSet, statistic: Statistic): number {
  switch (statistic) {
    case 'Average':
      return set.sum / set.sampleCount;
    case 'Sum':
      return set.sum;
    case 'SampleCount':
      return set.sampleCount;
    case 'Maximum':
      return set.maximum;
    case 'Minimum':
      return set.minimum;
  }
}
