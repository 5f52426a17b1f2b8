import { sorted, type Dimension, type Metric } from './metric.ts';
import { ofValues, type StatisticSet } from './statistics.ts';
import { NO_UNIT, UNITS } from './units.ts';

/** What was published of one metric for one moment. */
export interface Datum {
  readonly metric: Metric;
  readonly unit: string;
  /** Seconds since the epoch. */
  readonly at: number;
  /** Kept by the second for a while, for alarms and graphs with periods below a minute. */
  readonly highResolution: boolean;
  readonly set: StatisticSet;
}

/** As PutMetricData brings it. */
export interface DatumInput {
  readonly metricName?: string;
  readonly dimensions?: readonly Dimension[];
  /** Milliseconds since the epoch; now when left out. */
  readonly timestamp?: number;
  readonly value?: number;
  readonly statisticValues?: StatisticSet;
  readonly values?: readonly number[];
  readonly counts?: readonly number[];
  readonly unit?: string;
  readonly storageResolution?: number;
}

/** Why a request was turned down: CloudWatch's code and words. */
export interface Wrong {
  readonly wrong: 'InvalidParameterValue' | 'InvalidParameterCombination' | 'MissingParameter';
  readonly message: string;
}

export function isWrong(value: object): value is Wrong {
  return 'wrong' in value;
}

/** CloudWatch's limits. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const DATA_MAX = 1000;
const DIMENSIONS_MAX = 30;
const VALUES_MAX = 150;
const TEXT_MAX = 255;
const DIMENSION_VALUE_MAX = 1024;
const MAGNITUDE_MAX = 2 ** 360;
const PAST_MILLISECONDS_MAX = 14 * 24 * 3600 * 1000;
const FUTURE_MILLISECONDS_MAX = 2 * 3600 * 1000;
/** Namespaces of services, in which only they publish. */
const RESERVED = 'AWS/';

/** All data of a request or, when something is wrong with any of it, what that is. `now` in milliseconds since the epoch. */
export function checkData(
  namespace: string | undefined,
  data: readonly DatumInput[],
  now: number,
): readonly Datum[] | Wrong {
  const named = text('Namespace', namespace, TEXT_MAX);
  if (named !== undefined) return named;
  if (namespace?.startsWith(RESERVED) || namespace?.startsWith(':')) return invalid(namespace, 'Namespace');
  if (data.length > DATA_MAX) return tooMany('MetricData', DATA_MAX);
  const checked: Datum[] = [];
  for (const [index, input] of data.entries()) {
    const datum = checkDatum(namespace as string, `MetricData.member.${index + 1}`, input, now);
    if (isWrong(datum)) return datum;
    checked.push(datum);
  }
  return checked;
}

function checkDatum(namespace: string, at: string, input: DatumInput, now: number): Datum | Wrong {
  const { timestamp = now, unit = NO_UNIT, storageResolution = 60 } = input;
  const wrong =
    text(`${at}.MetricName`, input.metricName, TEXT_MAX) ??
    dimensionsOf(`${at}.Dimensions`, input.dimensions ?? []) ??
    momentOf(`${at}.Timestamp`, timestamp, now) ??
    (UNITS.includes(unit) ? undefined : invalid(unit, `${at}.Unit`)) ??
    (storageResolution === 1 || storageResolution === 60
      ? undefined
      : invalid(String(storageResolution), `${at}.StorageResolution`));
  if (wrong !== undefined) return wrong;
  const set = setOf(at, input);
  if (isWrong(set)) return set;
  return {
    metric: { namespace, name: input.metricName as string, dimensions: sorted(input.dimensions ?? []) },
    unit,
    at: Math.floor(timestamp / 1000),
    highResolution: storageResolution === 1,
    set,
  };
}

function dimensionsOf(at: string, dimensions: readonly Dimension[]): Wrong | undefined {
  if (dimensions.length > DIMENSIONS_MAX) return tooMany(at, DIMENSIONS_MAX);
  for (const [index, { name, value }] of dimensions.entries()) {
    const wrong =
      text(`${at}.member.${index + 1}.Name`, name, TEXT_MAX) ??
      text(`${at}.member.${index + 1}.Value`, value, DIMENSION_VALUE_MAX);
    if (wrong !== undefined) return wrong;
  }
  const names = dimensions.map(({ name }) => name);
  return new Set(names).size === names.length ? undefined : invalid(names.join(', '), at);
}

function momentOf(at: string, timestamp: number, now: number): Wrong | undefined {
  if (timestamp < now - PAST_MILLISECONDS_MAX) {
    return {
      wrong: 'InvalidParameterValue',
      message: `The parameter ${at} must specify a time within the past two weeks.`,
    };
  }
  if (timestamp <= now + FUTURE_MILLISECONDS_MAX) return undefined;
  const message = `The parameter ${at} must specify a time no more than two hours in the future.`;
  return { wrong: 'InvalidParameterValue', message };
}

function setOf(at: string, { value, statisticValues, values, counts }: DatumInput): StatisticSet | Wrong {
  const given = [
    ...(value === undefined ? [] : ['Value']),
    ...(statisticValues === undefined ? [] : ['StatisticValues']),
    ...(values === undefined ? [] : ['Values']),
  ];
  if (given.length > 1) {
    const message = `The parameters ${at}.${given[0]} and ${at}.${given[1]} are mutually exclusive and you have specified both.`;
    return { wrong: 'InvalidParameterCombination', message };
  }
  if (value !== undefined) return isNumber(value) ? ofValues([value]) : invalid(String(value), `${at}.Value`);
  if (statisticValues !== undefined) return checkSet(`${at}.StatisticValues`, statisticValues);
  if (values === undefined || values.length === 0) {
    return {
      wrong: 'MissingParameter',
      message: `At least one of the parameters ${at}.Value, ${at}.Values and ${at}.StatisticValues must be specified.`,
    };
  }
  if (values.length > VALUES_MAX) return tooMany(`${at}.Values`, VALUES_MAX);
  if (counts !== undefined && counts.length !== values.length) {
    const message = `The parameters ${at}.Values and ${at}.Counts must be of the same length.`;
    return { wrong: 'InvalidParameterValue', message };
  }
  const odd = values.find((each) => !isNumber(each)) ?? counts?.find((each) => !(isNumber(each) && each > 0));
  return odd === undefined ? ofValues(values, counts) : invalid(String(odd), `${at}.Values`);
}

function checkSet(at: string, set: StatisticSet): StatisticSet | Wrong {
  const { sampleCount, sum, minimum, maximum } = set;
  for (const [member, value] of Object.entries({
    SampleCount: sampleCount,
    Sum: sum,
    Minimum: minimum,
    Maximum: maximum,
  })) {
    if (!isNumber(value)) return invalid(String(value), `${at}.${member}`);
  }
  if (sampleCount <= 0) return invalid(String(sampleCount), `${at}.SampleCount`);
  return minimum <= maximum ? set : invalid(String(minimum), `${at}.Minimum`);
}

function isNumber(value: number): boolean {
  return Math.abs(value) <= MAGNITUDE_MAX;
}

function text(at: string, value: string | undefined, max: number): Wrong | undefined {
  if (value === undefined || value === '')
    return { wrong: 'MissingParameter', message: `The parameter ${at} is required.` };
  return value.length <= max ? undefined : invalid(`${value.slice(0, max)}…`, at);
}

function invalid(value: string, at: string): Wrong {
  return { wrong: 'InvalidParameterValue', message: `The value ${value} for parameter ${at} is invalid.` };
}

function tooMany(at: string, max: number): Wrong {
  return { wrong: 'InvalidParameterValue', message: `The collection ${at} must not have a size greater than ${max}.` };
}
