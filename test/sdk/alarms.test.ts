import * as cw from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY, startTestMember, type TestMember } from './member.ts';

let member: TestMember;
let client: cw.CloudWatchClient;
beforeAll(async () => {
  member = await startTestMember();
  client = new cw.CloudWatchClient({ endpoint: member.url, region: 'us-east-1', credentials: KEY, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await member.close();
  expect(member.failures).toEqual([]);
});

const ALARM = {
  MetricName: 'Errors',
  Namespace: 'Shop',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 3,
  ComparisonOperator: 'GreaterThanThreshold',
} as const;
const arnOf = (name: string) => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`;

const put = (AlarmName: string, more: Partial<cw.PutMetricAlarmCommandInput> = {}) =>
  client.send(new cw.PutMetricAlarmCommand({ ...ALARM, AlarmName, ...more }));

async function described(name: string): Promise<cw.MetricAlarm> {
  const { MetricAlarms = [] } = await client.send(new cw.DescribeAlarmsCommand({ AlarmNames: [name] }));
  return MetricAlarms[0] as cw.MetricAlarm;
}

async function tagsOf(name: string): Promise<Record<string, string | undefined>> {
  const { Tags = [] } = await client.send(new cw.ListTagsForResourceCommand({ ResourceARN: arnOf(name) }));
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
}

test('tags come with an alarm, change, and are listed by its ARN', async () => {
  const name = 'tagged: a/b';
  await put(name, { Tags: [{ Key: 'team', Value: 'web' }] });
  expect(await tagsOf(name)).toEqual({ team: 'web' });
  const Tags = [
    { Key: 'team', Value: 'shop' },
    { Key: 'stage', Value: '' },
  ];
  await client.send(new cw.TagResourceCommand({ ResourceARN: arnOf(name), Tags }));
  expect(await tagsOf(name)).toEqual({ team: 'shop', stage: '' });
  await client.send(new cw.UntagResourceCommand({ ResourceARN: arnOf(name), TagKeys: ['team', 'never'] }));
  expect(await tagsOf(name)).toEqual({ stage: '' });
  await put(name, { Threshold: 9 });
  expect(await tagsOf(name)).toEqual({ stage: '' });
});

test('a state that was set by hand is shown, and told in the history', async () => {
  await put('rehearsed');
  expect((await described('rehearsed')).StateValue).toBe('INSUFFICIENT_DATA');
  const state = { AlarmName: 'rehearsed', StateValue: 'ALARM', StateReason: 'a rehearsal' } as const;
  await client.send(new cw.SetAlarmStateCommand({ ...state, StateReasonData: '{"by":"hand"}' }));
  expect(await described('rehearsed')).toMatchObject({
    StateValue: 'ALARM',
    StateReason: 'a rehearsal',
    StateReasonData: '{"by":"hand"}',
  });
  const events: unknown[] = [];
  const asked = { AlarmName: 'rehearsed', ScanBy: 'TimestampAscending' } as const;
  for await (const page of cw.paginateDescribeAlarmHistory({ client, pageSize: 1 }, asked)) {
    expect(page.AlarmHistoryItems).toHaveLength(1);
    events.push(...(page.AlarmHistoryItems ?? []));
  }
  expect(events).toEqual([
    {
      AlarmName: 'rehearsed',
      AlarmType: 'MetricAlarm',
      Timestamp: expect.any(Date),
      HistoryItemType: 'ConfigurationUpdate',
      HistorySummary: 'Alarm "rehearsed" created',
      HistoryData: '{"version":"1.0","type":"Create"}',
    },
    {
      AlarmName: 'rehearsed',
      AlarmType: 'MetricAlarm',
      Timestamp: expect.any(Date),
      HistoryItemType: 'StateUpdate',
      HistorySummary: 'Alarm updated from INSUFFICIENT_DATA to ALARM',
      HistoryData: JSON.stringify({
        version: '1.0',
        oldState: { stateValue: 'INSUFFICIENT_DATA', stateReason: 'Insufficient Data: 2 datapoints were unknown.' },
        newState: { stateValue: 'ALARM', stateReason: 'a rehearsal' },
      }),
    },
  ]);
});

test('the history is told by alarm, kind and time', async () => {
  const before = new Date();
  await put('told');
  await put('told', { Threshold: 4 });
  await client.send(new cw.DisableAlarmActionsCommand({ AlarmNames: ['told'] }));
  await client.send(new cw.DeleteAlarmsCommand({ AlarmNames: ['told'] }));
  const told = async (more: cw.DescribeAlarmHistoryCommandInput) => {
    const { AlarmHistoryItems = [] } = await client.send(
      new cw.DescribeAlarmHistoryCommand({ AlarmName: 'told', ...more }),
    );
    return AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary);
  };
  const all = ['deleted', 'updated', 'updated', 'created'].map((what) => `Alarm "told" ${what}`);
  expect(await told({})).toEqual(all);
  expect(await told({ ScanBy: 'TimestampAscending', StartDate: before })).toEqual(all.toReversed());
  expect(await told({ EndDate: new Date(before.getTime() - 1) })).toEqual([]);
  expect(await told({ HistoryItemType: 'StateUpdate' })).toEqual([]);
  expect(await told({ AlarmTypes: ['CompositeAlarm'] })).toEqual([]);
});

test('actions are disabled and enabled', async () => {
  await put('quiet');
  await client.send(new cw.DisableAlarmActionsCommand({ AlarmNames: ['quiet', 'none'] }));
  expect((await described('quiet')).ActionsEnabled).toBe(false);
  await client.send(new cw.EnableAlarmActionsCommand({ AlarmNames: ['quiet'] }));
  expect((await described('quiet')).ActionsEnabled).toBe(true);
});

test('alarms are found by the metric that they look at', async () => {
  const Dimensions = [
    { Name: 'b', Value: '2' },
    { Name: 'a', Value: '1' },
  ];
  await put('metric-1', { MetricName: 'Looked', Dimensions });
  await put('metric-2', { MetricName: 'Looked', Dimensions, Statistic: 'Maximum', Period: 300, Unit: 'Count' });
  await put('metric-3', { MetricName: 'Looked' });
  const found = async (more: Partial<cw.DescribeAlarmsForMetricCommandInput>) => {
    const input = { Namespace: 'Shop', MetricName: 'Looked', Dimensions: Dimensions.toReversed(), ...more };
    const { MetricAlarms = [] } = await client.send(new cw.DescribeAlarmsForMetricCommand(input));
    return MetricAlarms.map(({ AlarmName }) => AlarmName);
  };
  expect(await found({})).toEqual(['metric-1', 'metric-2']);
  expect(await found({ Dimensions: [] })).toEqual(['metric-3']);
  expect(await found({ Statistic: 'Maximum' })).toEqual(['metric-2']);
  expect(await found({ Period: 60 })).toEqual(['metric-1']);
  expect(await found({ Unit: 'Count' })).toEqual(['metric-2']);
  expect(await found({ ExtendedStatistic: 'p99' })).toEqual([]);
});

describe('refused', () => {
  test.each<[string, { input: unknown }, string, string, number]>([
    [
      'tags of an alarm that does not exist',
      new cw.ListTagsForResourceCommand({ ResourceARN: arnOf('none') }),
      'ResourceNotFoundException',
      'There is no alarm named none in us-east-1.',
      404,
    ],
    [
      'tags of a dashboard',
      new cw.TagResourceCommand({ ResourceARN: 'arn:aws:cloudwatch::123456789012:dashboard/d', Tags: [] }),
      'ResourceNotFoundException',
      "There is no arn:aws:cloudwatch::123456789012:dashboard/d: of CloudWatch's resources Waypost has alarms.",
      404,
    ],
    [
      'what is no ARN',
      new cw.UntagResourceCommand({ ResourceARN: 'quiet', TagKeys: ['a'] }),
      'InvalidParameterValueException',
      'The value quiet for parameter ResourceARN is no ARN of CloudWatch.',
      400,
    ],
    [
      'the state of an alarm that does not exist',
      new cw.SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: '' }),
      'ResourceNotFound',
      'There is no alarm named none in us-east-1.',
      404,
    ],
    [
      'a state that there is not',
      new cw.SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'FINE' as 'OK', StateReason: '' }),
      'ValidationException',
      "1 validation error detected: Value 'FINE' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
      400,
    ],
    [
      'reasons that are no JSON',
      new cw.SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: '', StateReasonData: '{' }),
      'InvalidFormatFault',
      'StateReasonData was not syntactically valid JSON.',
      400,
    ],
    [
      'a page of none',
      new cw.DescribeAlarmHistoryCommand({ MaxRecords: 0 }),
      'ValidationException',
      "1 validation error detected: Value '0' at 'maxRecords' failed to satisfy constraint: Member must have value from 1 to 100",
      400,
    ],
    [
      'a composite alarm',
      new cw.PutCompositeAlarmCommand({ AlarmName: 'both', AlarmRule: 'ALARM(a)' }),
      'UnsupportedOperation',
      'PutCompositeAlarm is not supported by this version of Waypost.',
      400,
    ],
  ])('%s', async (_, command, name, message, httpStatusCode) => {
    await expect(client.send(command as cw.ListMetricsCommand)).rejects.toMatchObject({
      name,
      message,
      $metadata: { httpStatusCode },
    });
  });
});
