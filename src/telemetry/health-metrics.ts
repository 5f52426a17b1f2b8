import type { Datum } from '../core/metrics/datum.ts';
import type { HealthMeasurement, HealthMetric } from '../feed/health-measurement.ts';

/** Where Route 53 publishes, wherever its checkers are. */
export const ROUTE53_REGION = 'us-east-1';
const NAMESPACE = 'AWS/Route53';

const UNITS: Readonly<Record<HealthMetric, string>> = {
  HealthCheckStatus: 'None',
  HealthCheckPercentageHealthy: 'Percent',
  ChildHealthCheckHealthyCount: 'None',
  ConnectionTime: 'Milliseconds',
  SSLHandshakeTime: 'Milliseconds',
  TimeToFirstByte: 'Milliseconds',
};

/** A measurement as Route 53 would publish it. */
export function healthDatum({ healthCheckId, metric, region, set }: HealthMeasurement, atSeconds: number): Datum {
  const dimensions = [
    { name: 'HealthCheckId', value: healthCheckId },
    ...(region === undefined ? [] : [{ name: 'Region', value: region }]),
  ];
  return {
    metric: { namespace: NAMESPACE, name: metric, dimensions },
    unit: UNITS[metric],
    at: atSeconds,
    highResolution: false,
    set,
  };
}
