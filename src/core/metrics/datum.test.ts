import { expect, test } from 'vitest';
import { checkData, isWrong, type DatumInput } from './datum.ts';

const NOW = 1e12;
const DAY = 86_400_000;

function check(input: DatumInput, namespace = 'Shop'): string {
  const checked = checkData(namespace, [{ metricName: 'Errors', ...input }], NOW);
  if (isWrong(checked)) return `${checked.wrong}: ${checked.message}`;
  return checked
    .map(({ at, unit, highResolution, set: { sampleCount, sum, minimum, maximum } }) =>
      [at, unit, highResolution ? 'high' : 'minutes', sampleCount, sum, minimum, maximum].join(' '),
    )
    .join('');
}

const many = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test.each<[string, DatumInput, string]>([
  ['a value, now', { value: -2.5 }, '1000000000 None minutes 1 -2.5 -2.5 -2.5'],
  ['a value of a second', { value: 1, timestamp: NOW - 1, storageResolution: 1 }, '999999999 None high 1 1 1 1'],
  ['values', { values: [1, 3], unit: 'Count' }, '1000000000 Count minutes 2 4 1 3'],
  ['values that occur often', { values: [1, 3], counts: [10, 0.5] }, '1000000000 None minutes 10.5 11.5 1 3'],
  [
    'statistics',
    { statisticValues: { sampleCount: 2, sum: 5, minimum: 1, maximum: 4 } },
    '1000000000 None minutes 2 5 1 4',
  ],
  [
    'no value',
    {},
    'MissingParameter: At least one of the parameters MetricData.member.1.Value, MetricData.member.1.Values and MetricData.member.1.StatisticValues must be specified.',
  ],
  [
    'no name',
    { metricName: '', value: 1 },
    'MissingParameter: The parameter MetricData.member.1.MetricName is required.',
  ],
  [
    'a value beyond all',
    { value: 2 ** 361 },
    `InvalidParameterValue: The value ${2 ** 361} for parameter MetricData.member.1.Value is invalid.`,
  ],
  [
    'a value without end',
    { values: [1, Infinity] },
    'InvalidParameterValue: The value Infinity for parameter MetricData.member.1.Values is invalid.',
  ],
  [
    'a value that never occurs',
    { values: [1], counts: [0] },
    'InvalidParameterValue: The value 0 for parameter MetricData.member.1.Values is invalid.',
  ],
  [
    'counts of other values',
    { values: [1], counts: [1, 2] },
    'InvalidParameterValue: The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same length.',
  ],
  [
    'too many values',
    { values: many(151) },
    'InvalidParameterValue: The collection MetricData.member.1.Values must not have a size greater than 150.',
  ],
  [
    'statistics of nothing',
    { statisticValues: { sampleCount: 0, sum: 0, minimum: 0, maximum: 0 } },
    'InvalidParameterValue: The value 0 for parameter MetricData.member.1.StatisticValues.SampleCount is invalid.',
  ],
  [
    'statistics upside down',
    { statisticValues: { sampleCount: 1, sum: 0, minimum: 2, maximum: 1 } },
    'InvalidParameterValue: The value 2 for parameter MetricData.member.1.StatisticValues.Minimum is invalid.',
  ],
  [
    'a unit of its own',
    { value: 1, unit: 'Apples' },
    'InvalidParameterValue: The value Apples for parameter MetricData.member.1.Unit is invalid.',
  ],
  [
    'another resolution',
    { value: 1, storageResolution: 5 },
    'InvalidParameterValue: The value 5 for parameter MetricData.member.1.StorageResolution is invalid.',
  ],
  ['the day before yesterday', { value: 1, timestamp: NOW - 2 * DAY }, '999827200 None minutes 1 1 1 1'],
  [
    'last month',
    { value: 1, timestamp: NOW - 15 * DAY },
    'InvalidParameterValue: The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.',
  ],
  [
    'tomorrow',
    { value: 1, timestamp: NOW + DAY },
    'InvalidParameterValue: The parameter MetricData.member.1.Timestamp must specify a time no more than two hours in the future.',
  ],
  [
    'too many dimensions',
    { value: 1, dimensions: many(31).map((at) => ({ name: `${at}`, value: 'x' })) },
    'InvalidParameterValue: The collection MetricData.member.1.Dimensions must not have a size greater than 30.',
  ],
  [
    'a dimension without a value',
    { value: 1, dimensions: [{ name: 'Host', value: '' }] },
    'MissingParameter: The parameter MetricData.member.1.Dimensions.member.1.Value is required.',
  ],
  [
    'a dimension twice',
    { value: 1, dimensions: [1, 2].map((at) => ({ name: 'Host', value: `${at}` })) },
    'InvalidParameterValue: The value Host, Host for parameter MetricData.member.1.Dimensions is invalid.',
  ],
])('%s', (_, input, expected) => {
  expect(check(input)).toBe(expected);
});

test.each([
  ['AWS/EC2', 'InvalidParameterValue: The value AWS/EC2 for parameter Namespace is invalid.'],
  [':x', 'InvalidParameterValue: The value :x for parameter Namespace is invalid.'],
  ['', 'MissingParameter: The parameter Namespace is required.'],
])('the namespace %s is refused', (namespace, message) => {
  expect(check({ value: 1 }, namespace)).toBe(message);
});

test('a thousand data are taken, and not one more', () => {
  const data = (count: number) =>
    checkData(
      'Shop',
      many(count).map((value) => ({ metricName: 'n', value })),
      NOW,
    );
  expect(data(1000)).toHaveLength(1000);
  expect(data(1001)).toEqual({
    wrong: 'InvalidParameterValue',
    message: 'The collection MetricData must not have a size greater than 1000.',
  });
});
