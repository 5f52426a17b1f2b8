import type { StatisticSet } from '../core/metrics/statistics.ts';

/**
 * What was measured of a health check within a minute, for the metrics that Route 53 publishes of it.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-cloudwatch.html
 */
export interface HealthMeasurement {
  readonly healthCheckId: string;
  readonly metric: HealthMetric;
  /** Of the checker that measured, where checkers do; absent for what they say together. */
  readonly region?: string;
  readonly set: StatisticSet;
}

export type HealthMetric =
  | 'HealthCheckStatus'
  | 'HealthCheckPercentageHealthy'
  | 'ChildHealthCheckHealthyCount'
  | LatencyMetric;

export type LatencyMetric = 'ConnectionTime' | 'SSLHandshakeTime' | 'TimeToFirstByte';
