import type * as sdk from '@aws-sdk/client-cloudwatch';
import { checkData, isWrong, type DatumInput } from '../../core/metrics/datum.ts';
import { byPeriod } from '../../core/metrics/periods.ts';
import { isStatistic, statisticOf, type Statistic } from '../../core/metrics/statistics.ts';
import { AwsError } from '../aws-error.ts';
import { optional } from '../route53/door.ts';
import { checkPeriod, required, type MetricDoor } from './door.ts';
import { dimensionsOf } from './shapes.ts';

/** CloudWatch's limit of one answer. */
const DATAPOINTS_MAX = 1440;

export const putMetricDataDoor: MetricDoor<sdk.PutMetricDataInput, object> = {
  operation: 'PutMetricData',
  handle(input, { telemetry, region }) {
    if (input.EntityMetricData !== undefined) {
      throw new AwsError('InvalidParameterValue', 'EntityMetricData is not supported by this version of Waypost.');
    }
    const data = checkData(input.Namespace, required(input.MetricData, 'MetricData').map(datumInput), Date.now());
    if (isWrong(data)) throw new AwsError(data.wrong, data.message);
    // One after the other, not all or nothing: what has found room is kept when a later metric finds none.
    const refused = data.filter((datum) => !telemetry.metrics.put(region, datum));
    if (refused.length > 0) {
      const names = [...new Set(refused.map(({ metric }) => metric.name))].slice(0, 10).join(', ');
      throw new AwsError('LimitExceeded', `There are as many metrics as this member keeps; not kept: ${names}.`);
    }
    return {};
  },
};

function datumInput(datum: sdk.MetricDatum): DatumInput {
  const set = datum.StatisticValues;
  return {
    ...optional('metricName', datum.MetricName),
    dimensions: dimensionsOf(datum.Dimensions),
    ...optional('timestamp', datum.Timestamp?.getTime()),
    ...optional('value', datum.Value),
    ...optional('values', datum.Values),
    ...optional('counts', datum.Counts),
    ...optional('unit', datum.Unit as string | undefined),
    ...optional('storageResolution', datum.StorageResolution),
    ...optional(
      'statisticValues',
      set === undefined
        ? undefined
        : {
            sampleCount: set.SampleCount ?? NaN,
            sum: set.Sum ?? NaN,
            minimum: set.Minimum ?? NaN,
            maximum: set.Maximum ?? NaN,
          },
    ),
  };
}

export const getMetricStatisticsDoor: MetricDoor<sdk.GetMetricStatisticsInput, sdk.GetMetricStatisticsOutput> = {
  operation: 'GetMetricStatistics',
  handle(input, { telemetry, region }) {
    const metric = {
      namespace: required(input.Namespace, 'Namespace'),
      name: required(input.MetricName, 'MetricName'),
      dimensions: dimensionsOf(input.Dimensions),
    };
    const periodSeconds = checkPeriod(required(input.Period, 'Period'), 'Period');
    const { from, to } = rangeOf(input, periodSeconds);
    const statistics = statisticsOf(input);
    const units = telemetry.metrics.units(region, metric).filter((unit) => (input.Unit ?? unit) === unit);
    const points = units.flatMap((unit) =>
      byPeriod(telemetry.metrics.between(region, metric, { unit, periodSeconds, from, to }), periodSeconds, from).map(
        ({ at, set }) => ({
          Timestamp: new Date(at * 1000),
          ...Object.fromEntries(statistics.map((statistic) => [statistic, statisticOf(set, statistic)])),
          Unit: unit as sdk.StandardUnit,
        }),
      ),
    );
    return { Label: metric.name, Datapoints: points };
  },
};

/** In seconds, from a whole minute or, for short periods, a whole period. */
function rangeOf(input: Partial<sdk.GetMetricStatisticsInput>, periodSeconds: number): { from: number; to: number } {
  const start = required(input.StartTime, 'StartTime').getTime() / 1000;
  const to = required(input.EndTime, 'EndTime').getTime() / 1000;
  if (start >= to) {
    const message = 'The parameter StartTime must be less than the parameter EndTime.';
    throw new AwsError('InvalidParameterCombination', message);
  }
  const from = start - (start % Math.min(periodSeconds, 60));
  const asked = Math.ceil((to - from) / periodSeconds);
  if (asked <= DATAPOINTS_MAX) return { from, to };
  throw new AwsError(
    'InvalidParameterCombination',
    `You have requested up to ${asked.toLocaleString('en-US')} datapoints, which exceeds the limit of ` +
      `${DATAPOINTS_MAX.toLocaleString('en-US')}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
  );
}

function statisticsOf(input: Partial<sdk.GetMetricStatisticsInput>): Statistic[] {
  if (input.ExtendedStatistics !== undefined) throw percentile('ExtendedStatistics');
  const statistics = (input.Statistics ?? []) as string[];
  if (statistics.length === 0) {
    const message = 'At least one of the parameters Statistics and ExtendedStatistics must be specified.';
    throw new AwsError('MissingParameter', message);
  }
  return statistics.map((statistic, index) => {
    if (isStatistic(statistic)) return statistic;
    const path = `Statistics.member.${index + 1}`;
    throw new AwsError('InvalidParameterValue', `The value ${statistic} for parameter ${path} is invalid.`);
  });
}

export function percentile(path: string): AwsError {
  return new AwsError(
    'InvalidParameterValue',
    `The parameter ${path} asks for a statistic that Waypost does not keep: it has Average, Sum, SampleCount, Maximum and Minimum.`,
  );
}
