import type * as sdk from '@aws-sdk/client-cloudwatch';
import type { Metric } from '../../core/metrics/metric.ts';
import { AwsError } from '../aws-error.ts';
import { pageToken, readPageToken } from '../page-token.ts';
import { optional } from '../route53/door.ts';
import type { MetricDoor } from './door.ts';
import { dimensionShapes } from './shapes.ts';

/** CloudWatch's page. */
const PAGE = 500;
const RECENTLY_SECONDS = 3 * 3600;

export const listMetricsDoor: MetricDoor<sdk.ListMetricsInput, sdk.ListMetricsOutput> = {
  operation: 'ListMetrics',
  handle(input, { telemetry, settings, region }) {
    const recentlyActive: string | undefined = input.RecentlyActive;
    if (recentlyActive !== undefined && recentlyActive !== 'PT3H') {
      const message = `The value ${recentlyActive} for parameter RecentlyActive is invalid: it can only be PT3H.`;
      throw new AwsError('InvalidParameterValue', message);
    }
    const since = recentlyActive === undefined ? 0 : Date.now() / 1000 - RECENTLY_SECONDS;
    const [after] = readPageToken(input.NextToken, 1, 'InvalidNextToken') ?? [];
    const metrics: sdk.Metric[] = [];
    if (input.OwningAccount !== undefined && input.OwningAccount !== settings.accountId) return { Metrics: [] };
    let last = '';
    for (const { key, metric, newest } of telemetry.metrics.list(region, after)) {
      if (newest < since || !isAskedFor(input, metric)) continue;
      if (metrics.length === PAGE) return { Metrics: metrics, ...optional('NextToken', pageToken([last])) };
      const { namespace, name, dimensions } = metric;
      metrics.push({ Namespace: namespace, MetricName: name, Dimensions: dimensionShapes(dimensions) });
      last = key;
    }
    return { Metrics: metrics };
  },
};

function isAskedFor(input: Partial<sdk.ListMetricsInput>, { namespace, name, dimensions }: Metric): boolean {
  return (
    (input.Namespace ?? namespace) === namespace &&
    (input.MetricName ?? name) === name &&
    (input.Dimensions ?? []).every((asked) =>
      dimensions.some((each) => each.name === asked.Name && (asked.Value ?? each.value) === each.value),
    )
  );
}
