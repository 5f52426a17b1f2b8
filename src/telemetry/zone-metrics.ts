import type { Datum } from '../core/metrics/datum.ts';
import { ROUTE53_REGION } from './health-metrics.ts';
import type { MetricStore } from './metric-store.ts';

/** Of the metrics and points that a member keeps, zones are to leave some to others. */
const ZONES_MAX = 10_000;

const METRIC = { namespace: 'AWS/Route53', name: 'DNSQueries' } as const;

/**
 * Publishes how many queries zones were answered in a minute, as Route 53 does: a sample for each query. A zone that was not asked for
 * has no point. False when there was no room for a zone.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-hosted-zones-with-cloudwatch.html
 */
export function publishZoneQueries(
  metrics: MetricStore,
  minuteSeconds: number,
  queries: ReadonlyMap<string, number>,
): boolean {
  let room: number | undefined;
  let allPublished = true;
  for (const [zoneId, count] of queries) {
    const datum = zoneDatum(zoneId, minuteSeconds, count);
    const isNew = metrics.units(ROUTE53_REGION, datum.metric).length === 0;
    if (isNew) room ??= ZONES_MAX - zonesIn(metrics);
    const published = (!isNew || (room as number) > 0) && metrics.put(ROUTE53_REGION, datum);
    if (published && isNew) room = (room as number) - 1;
    allPublished &&= published;
  }
  return allPublished;
}

function zoneDatum(zoneId: string, at: number, count: number): Datum {
  return {
    metric: { ...METRIC, dimensions: [{ name: 'HostedZoneId', value: zoneId }] },
    unit: 'Count',
    at,
    highResolution: false,
    set: { sampleCount: count, sum: count, minimum: 1, maximum: 1 },
  };
}

function zonesIn(metrics: MetricStore): number {
  let zones = 0;
  for (const { metric } of metrics.list(ROUTE53_REGION)) {
    if (metric.namespace === METRIC.namespace && metric.name === METRIC.name) zones += 1;
  }
  return zones;
}
