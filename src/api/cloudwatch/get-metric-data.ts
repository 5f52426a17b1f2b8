import type * as sdk from '@aws-sdk/client-cloudwatch';
import { byPeriod } from '../../core/metrics/periods.ts';
import { isStatistic, statisticOf, type Statistic } from '../../core/metrics/statistics.ts';
import type { Metric } from '../../core/metrics/metric.ts';
import { AwsError } from '../aws-error.ts';
import { pageToken, readPageToken } from '../page-token.ts';
import { optional } from '../route53/door.ts';
import { checkPeriod, required, type MetricDesk, type MetricDoor } from './door.ts';
import { percentile } from './metric-data.ts';
import { dimensionsOf } from './shapes.ts';

/** CloudWatch's limits of one request. */
const QUERIES_MAX = 500;
const DATAPOINTS_MAX = 100_800;
const ID = /^[a-z][a-zA-Z0-9_]{0,254}$/;

interface Query {
  readonly id: string;
  readonly label: string;
  readonly metric: Metric;
  readonly unit: string | undefined;
  readonly statistic: Statistic;
  readonly periodSeconds: number;
}

interface Point {
  readonly at: number;
  readonly value: number;
}

/** A page begins with a query, behind one of its points: the token says which. */
export const getMetricDataDoor: MetricDoor<sdk.GetMetricDataInput, sdk.GetMetricDataOutput> = {
  operation: 'GetMetricData',
  handle(input, desk) {
    const queries = queriesOf(required(input.MetricDataQueries, 'MetricDataQueries'));
    const from = required(input.StartTime, 'StartTime').getTime() / 1000;
    const to = required(input.EndTime, 'EndTime').getTime() / 1000;
    if (from >= to) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
    const budget = budgetOf(input.MaxDatapoints);
    const newestFirst = newestFirstOf(input.ScanBy);
    const [first = '0', behind = ''] = readPageToken(input.NextToken, 2, 'InvalidNextToken') ?? [];
    const results: sdk.MetricDataResult[] = [];
    let room = budget;
    for (const [index, query] of queries.entries()) {
      if (index < Number(first)) continue;
      const all = pointsOf(desk, query, from, to, newestFirst);
      const left = String(index) === first && behind !== '' ? behindPoint(all, Number(behind), newestFirst) : all;
      const page = left.slice(0, room);
      room -= page.length;
      const complete = page.length === left.length;
      results.push(resultOf(query, page, complete));
      if (complete) continue;
      const next = pageToken([String(index), String(page.at(-1)?.at ?? '')]);
      return { MetricDataResults: results, ...optional('NextToken', next) };
    }
    return { MetricDataResults: results };
  },
};

function queriesOf(queries: readonly sdk.MetricDataQuery[]): Query[] {
  if (queries.length === 0 || queries.length > QUERIES_MAX) {
    throw invalid(`The collection MetricDataQueries must have from 1 to ${QUERIES_MAX} members.`);
  }
  const read = queries.map((query, index) => queryOf(query, `MetricDataQueries.member.${index + 1}`));
  const ids = read.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw invalid(`The values for parameter id in MetricDataQueries are not unique: ${twice}.`);
  return read.filter((_, index) => queries[index]?.ReturnData !== false);
}

function queryOf(query: sdk.MetricDataQuery, path: string): Query {
  const id = query.Id ?? '';
  if (!ID.test(id))
    throw invalid(
      `The value ${id} for parameter ${path}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    );
  if (query.Expression !== undefined)
    throw invalid(`${path}.Expression: metric math is not supported by this version of Waypost.`);
  const stat = required(query.MetricStat, `${path}.MetricStat`);
  const statistic = required(stat.Stat, `${path}.MetricStat.Stat`);
  if (!isStatistic(statistic)) throw percentile(`${path}.MetricStat.Stat`);
  const name = required(stat.Metric?.MetricName, `${path}.MetricStat.Metric.MetricName`);
  return {
    id,
    label: query.Label ?? name,
    metric: {
      namespace: required(stat.Metric?.Namespace, `${path}.MetricStat.Metric.Namespace`),
      name,
      dimensions: dimensionsOf(stat.Metric?.Dimensions),
    },
    unit: stat.Unit,
    statistic,
    periodSeconds: checkPeriod(required(stat.Period, `${path}.MetricStat.Period`), `${path}.MetricStat.Period`),
  };
}

function budgetOf(maxDatapoints: number | undefined): number {
  if (maxDatapoints === undefined) return DATAPOINTS_MAX;
  if (Number.isSafeInteger(maxDatapoints) && maxDatapoints >= 1) return Math.min(maxDatapoints, DATAPOINTS_MAX);
  throw invalid(`The value ${maxDatapoints} for parameter MaxDatapoints is invalid.`);
}

function newestFirstOf(scanBy: string | undefined): boolean {
  if (scanBy === undefined || scanBy === 'TimestampDescending') return true;
  if (scanBy === 'TimestampAscending') return false;
  throw invalid(`The value ${scanBy} for parameter ScanBy is invalid: TimestampDescending or TimestampAscending.`);
}

function pointsOf(
  { telemetry, region }: MetricDesk,
  query: Query,
  from: number,
  to: number,
  newestFirst: boolean,
): Point[] {
  const { metric, unit, periodSeconds, statistic } = query;
  const start = from - (from % periodSeconds);
  const points = telemetry.metrics.between(region, metric, {
    ...optional('unit', unit),
    periodSeconds,
    from: start,
    to,
  });
  const read = byPeriod(points, periodSeconds).map(({ at, set }) => ({ at, value: statisticOf(set, statistic) }));
  return newestFirst ? read.toReversed() : read;
}

function behindPoint(points: readonly Point[], behind: number, newestFirst: boolean): Point[] {
  return points.filter(({ at }) => (newestFirst ? at < behind : at > behind));
}

function resultOf({ id, label }: Query, points: readonly Point[], complete: boolean): sdk.MetricDataResult {
  return {
    Id: id,
    Label: label,
    Timestamps: points.map(({ at }) => new Date(at * 1000)),
    Values: points.map(({ value }) => value),
    StatusCode: complete ? 'Complete' : 'PartialData',
  };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
