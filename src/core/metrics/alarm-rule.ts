import type { Metric } from './metric.ts';
import type { Statistic } from './statistics.ts';

/** When an alarm is in which state: what PutMetricAlarm says about it, with CloudWatch's defaults filled in. */
export interface AlarmRule {
  readonly metric: Metric;
  /** Data of other units does not count; any unit when left out. */
  readonly unit?: string;
  readonly statistic: Statistic;
  readonly periodSeconds: number;
  /** N: the most recent periods that are looked at. */
  readonly evaluationPeriods: number;
  /** M: how many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly treatMissingData: MissingData;
}

export const COMPARISONS = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;

export type Comparison = (typeof COMPARISONS)[number];

export const MISSING_DATA = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

export type MissingData = (typeof MISSING_DATA)[number];

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export function breaches({ comparison, threshold }: AlarmRule, value: number): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}
