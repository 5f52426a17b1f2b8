import type { AlarmIdentifier } from '../core/health/health-check-config.ts';
import type { MetricState } from '../core/health/status.ts';

/**
 * Where CLOUDWATCH_METRIC checks look: whoever keeps metrics and alarms provides it. It is asked every few seconds about each alarm
 * that a check names, in the member's main thread, so it answers from memory.
 */
export interface MetricSource {
  /** What the alarm's metric says by its own data, whatever state was set on the alarm. Without such an alarm: insufficient data. */
  state(alarm: AlarmIdentifier): MetricState;
  /** What the alarm looks at, for GetHealthCheck; undefined without such an alarm. */
  configuration(alarm: AlarmIdentifier): AlarmConfiguration | undefined;
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_CloudWatchAlarmConfiguration.html */
export interface AlarmConfiguration {
  readonly evaluationPeriods: number;
  readonly threshold: number;
  readonly comparisonOperator:
    | 'GreaterThanOrEqualToThreshold'
    | 'GreaterThanThreshold'
    | 'LessThanThreshold'
    | 'LessThanOrEqualToThreshold';
  readonly periodSeconds: number;
  readonly metricName: string;
  readonly namespace: string;
  readonly statistic: 'Average' | 'Sum' | 'SampleCount' | 'Maximum' | 'Minimum';
  readonly dimensions: readonly { readonly name: string; readonly value: string }[];
}
