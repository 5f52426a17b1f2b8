import { describe, expect, test } from 'vitest';
import { House } from '../house-in-memory.ts';
import type { AlarmInput } from './alarm-members.ts';
import { alarmTags, changeAlarmTags, type ChangeAlarmTagsCommand } from './change-alarm-tags.ts';
import { deleteAlarms } from './delete-alarms.ts';
import { describeAlarms, type DescribeAlarmsCommand } from './describe-alarms.ts';
import { putMetricAlarm } from './put-metric-alarm.ts';
import { switchAlarmActions } from './switch-alarm-actions.ts';

const ALARM: AlarmInput = {
  name: 'errors',
  actions: { ok: [], alarm: [], insufficientData: [] },
  namespace: 'Shop',
  metricName: 'Errors',
  statistic: 'Sum',
  periodSeconds: 60,
  evaluationPeriods: 3,
  threshold: 5,
  comparison: 'GreaterThanThreshold',
  unsupported: [],
};

function put(house: House, more: Partial<AlarmInput> = {}, region = 'us-east-1') {
  const change = house.run(putMetricAlarm, { region, alarm: { ...ALARM, ...more } });
  return typeof change === 'string' ? change : change.alarm;
}

function described(house: House, more: Partial<DescribeAlarmsCommand> = {}) {
  const page = describeAlarms(house.draft, { region: 'us-east-1', limit: 100, accepts: () => true, ...more });
  return page.next === undefined
    ? page.alarms.map(({ name }) => name)
    : [...page.alarms.map(({ name }) => name), `… ${page.next}`];
}

test("an alarm is kept with CloudWatch's defaults", () => {
  const house = new House();
  house.now(1234);
  const dimensions = [
    { name: 'Service', value: 'b' },
    { name: 'Host', value: 'a' },
  ];
  expect(put(house, { dimensions })).toEqual({
    region: 'us-east-1',
    name: 'errors',
    actionsEnabled: true,
    actions: ALARM.actions,
    rule: {
      metric: { namespace: 'Shop', name: 'Errors', dimensions: dimensions.toReversed() },
      statistic: 'Sum',
      periodSeconds: 60,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      threshold: 5,
      comparison: 'GreaterThanThreshold',
      treatMissingData: 'missing',
    },
    updatedAt: 1234,
  });
});

const form = (text: string) => `ValidationError: 1 validation error detected: Value ${text}`;

test.each<[string, Partial<AlarmInput>, string]>([
  [
    'no metric',
    { metricName: undefined } as never,
    form("null at 'metricName' failed to satisfy constraint: Member must not be null"),
  ],
  [
    'an empty name',
    { name: '' },
    form("'' at 'alarmName' failed to satisfy constraint: Member must have length greater than or equal to 1"),
  ],
  [
    'no period',
    { periodSeconds: 0 },
    form("'0' at 'period' failed to satisfy constraint: Member must have value greater than or equal to 1"),
  ],
  [
    'half a period',
    { evaluationPeriods: 1.5 },
    form("'1.5' at 'evaluationPeriods' failed to satisfy constraint: Member must be an integer"),
  ],
  [
    'another statistic',
    { statistic: 'Median' },
    form(
      "'Median' at 'statistic' failed to satisfy constraint: Member must satisfy enum value set: [SampleCount, Average, Sum, Minimum, Maximum]",
    ),
  ],
  [
    'an empty dimension',
    { dimensions: [{ name: 'Host', value: '' }] },
    form(
      "'' at 'dimensions.1.member.value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ),
  ],
  [
    'two wrong members',
    { name: '', periodSeconds: 0 },
    "ValidationError: 2 validation errors detected: Value '' at 'alarmName' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '0' at 'period' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    'an odd period',
    { periodSeconds: 45 },
    'ValidationError: Metric period must be 10, 20, 30 or a multiple of 60 seconds.',
  ],
  [
    'more than a day',
    { periodSeconds: 300, evaluationPeriods: 289 },
    'ValidationError: Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).',
  ],
  [
    'more than a week',
    { periodSeconds: 3600, evaluationPeriods: 169 },
    'ValidationError: Metrics cannot be checked across more than a week (EvaluationPeriods * Period must be <= 604800).',
  ],
  [
    'more datapoints than periods',
    { datapointsToAlarm: 4 },
    'ValidationError: DatapointsToAlarm (4) must be less than or equal to EvaluationPeriods (3).',
  ],
  [
    'data treated somehow',
    { treatMissingData: 'badly' },
    'ValidationError: TreatMissingData must be one of [missing, ignore, breaching, notBreaching], not badly.',
  ],
  ['no number', { threshold: NaN }, 'ValidationError: Threshold must be a finite number, not NaN.'],
  [
    'a dimension twice',
    { dimensions: ['a', 'b'].map((value) => ({ name: 'Host', value })) },
    'ValidationError: Dimension Host occurs twice.',
  ],
  [
    'metric math',
    { unsupported: ['Metrics'] },
    "ValidationError: Waypost's alarms go by one metric and one of its basic statistics; not supported: Metrics.",
  ],
])('%s is refused', (_, more, message) => {
  expect(put(new House(), more)).toBe(message);
});

describe('alarms of two regions', () => {
  const house = new House();
  for (const name of ['b', 'a-2', 'a-1', 'a-3']) put(house, { name });
  put(house, { name: 'a-9' }, 'eu-west-1');

  test.each<[string, Partial<DescribeAlarmsCommand>, string[]]>([
    ['all of one', {}, ['a-1', 'a-2', 'a-3', 'b']],
    ['all of the other', { region: 'eu-west-1' }, ['a-9']],
    ['by name', { names: ['b', 'a-9', 'a-1', 'b'] }, ['b', 'a-1']],
    ['by the beginning of the name', { namePrefix: 'a-' }, ['a-1', 'a-2', 'a-3']],
    ['a first page', { limit: 2 }, ['a-1', 'a-2', '… a-2']],
    ['the page behind it', { limit: 2, after: 'a-2' }, ['a-3', 'b']],
    ['those that the caller accepts', { limit: 2, accepts: ({ name }) => name !== 'a-1' }, ['a-2', 'a-3', '… a-3']],
  ])('%s', (_, command, names) => {
    expect(described(house, command)).toEqual(names);
  });

  test('a second one of the same name takes the place of the first', () => {
    put(house, { name: 'b', threshold: 6 });
    expect(described(house)).toEqual(['a-1', 'a-2', 'a-3', 'b']);
  });

  test('none is deleted when one does not exist', () => {
    expect(house.run(deleteAlarms, { region: 'us-east-1', names: ['b', 'a-9'] })).toBe(
      'ResourceNotFound: There is no alarm named a-9 in us-east-1.',
    );
    expect(described(house)).toContain('b');
  });

  test('they are deleted together', () => {
    house.run(deleteAlarms, { region: 'us-east-1', names: ['b', 'a-1', 'b'] });
    expect(described(house)).toEqual(['a-2', 'a-3']);
  });
});

describe('tags of an alarm', () => {
  const region = 'us-east-1';
  const tags = (house: House) =>
    alarmTags(house.draft, region, 'errors')
      .map(({ key, value }) => `${key}=${value}`)
      .join(' ');
  const change = (house: House, more: Partial<ChangeAlarmTagsCommand>) =>
    house.run(changeAlarmTags, { region, name: 'errors', ...more });

  test('come with a new alarm, are kept by a changed one, and go with a deleted one', () => {
    const house = new House();
    put(house, { tags: [{ key: 'a', value: '1' }, { key: 'b' }] });
    put(house, { threshold: 9, tags: [{ key: 'c', value: '3' }] });
    expect(tags(house)).toBe('a=1 b=');
    house.run(deleteAlarms, { region, names: ['errors'] });
    put(house);
    expect(tags(house)).toBe('');
  });

  test('are added, replaced and removed', () => {
    const house = new House();
    put(house, { tags: [{ key: 'a', value: '1' }] });
    change(house, {
      add: [
        { key: 'b', value: '2' },
        { key: 'a', value: '3' },
      ],
    });
    expect(tags(house)).toBe('b=2 a=3');
    change(house, { remove: ['b', 'never'] });
    expect(tags(house)).toBe('a=3');
  });

  test.each<[string, Partial<ChangeAlarmTagsCommand>, string]>([
    ['no key', { add: [{ value: '1' }] }, "InvalidParameterValue: A tag's Key must have from 1 to 128 characters."],
    ['a key of AWS', { add: [{ key: 'aws:x' }] }, "InvalidParameterValue: A tag's Key must not begin with aws:."],
    [
      'a long value',
      { add: [{ key: 'a', value: 'x'.repeat(257) }] },
      "InvalidParameterValue: A tag's Value must have at most 256 characters.",
    ],
    ['a key twice', { add: [{ key: 'a' }, { key: 'a' }] }, 'InvalidParameterValue: Each tag Key may occur only once.'],
    [
      'one more than fifty',
      { add: Array.from({ length: 50 }, (_, at) => ({ key: `k${at}` })) },
      'InvalidParameterValue: An alarm can have at most 50 tags.',
    ],
    ['another alarm', { name: 'none' }, 'ResourceNotFoundException: There is no alarm named none in us-east-1.'],
  ])('%s is refused', (_, command, message) => {
    const house = new House();
    put(house, { tags: [{ key: 'first' }] });
    expect(change(house, command)).toBe(message);
    expect(tags(house)).toBe('first=');
  });
});

test('actions are switched off and on; an alarm that does not exist is passed over', () => {
  const house = new House();
  for (const name of ['a', 'b', 'c']) put(house, { name, actionsEnabled: name !== 'c' });
  const enabled = () =>
    describeAlarms(house.draft, {
      region: 'us-east-1',
      limit: 9,
      accepts: ({ actionsEnabled }) => actionsEnabled,
    }).alarms.map(({ name }) => name);
  const off = house.run(switchAlarmActions, { region: 'us-east-1', names: ['b', 'c', 'none'], enabled: false });
  expect(off).toMatchObject({ names: ['b'] });
  expect(enabled()).toEqual(['a']);
  house.run(switchAlarmActions, { region: 'us-east-1', names: ['c', 'b'], enabled: true });
  expect(enabled()).toEqual(['a', 'b', 'c']);
});

test('there may be so many alarms, and a changed one is none more', () => {
  const house = new House();
  for (let at = 0; at < 10_000; at += 1) put(house, { name: `n${at}` });
  expect(put(house, { name: 'n0', threshold: 1 })).toMatchObject({ name: 'n0' });
  expect(put(house)).toBe('LimitExceeded: The maximum limit for alarms has been reached: 10000.');
  house.run(deleteAlarms, { region: 'us-east-1', names: ['n1'] });
  expect(put(house)).toMatchObject({ name: 'errors' });
});
