import { gzipSync } from 'node:zlib';
import * as cw from '@aws-sdk/client-cloudwatch';
import * as r53 from '@aws-sdk/client-route-53';
import { cbor } from '@smithy/core/cbor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY, startTestMember, type TestMember } from './member.ts';
import { signedFetch } from './signed-fetch.ts';

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

const MINUTE = 60_000;
const STARTED = Math.floor(Date.now() / MINUTE) * MINUTE;
/** The beginning of a minute some minutes ago; the same one while the tests run. */
const minute = (ago: number) => new Date(STARTED - ago * MINUTE);

const ALARM = {
  MetricName: 'Errors',
  Namespace: 'Shop',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 3,
  ComparisonOperator: 'GreaterThanThreshold',
} as const;

describe('the JavaScript SDK, which speaks CBOR', () => {
  test('an alarm from its creation to its deletion', async () => {
    const AlarmName = 'life & death/ü';
    await client.send(
      new cw.PutMetricAlarmCommand({
        ...ALARM,
        AlarmName,
        AlarmDescription: 'too many <errors>',
        MetricName: 'Nothing',
        Dimensions: [{ Name: 'Service', Value: 'cart' }],
        OKActions: ['arn:aws:sns:us-east-1:123456789012:ok'],
        Threshold: 2.5,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 2,
      }),
    );
    const { MetricAlarms = [] } = await client.send(new cw.DescribeAlarmsCommand({ AlarmNames: [AlarmName] }));
    expect(MetricAlarms).toEqual([
      {
        AlarmName,
        AlarmArn: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${AlarmName}`,
        AlarmDescription: 'too many <errors>',
        AlarmConfigurationUpdatedTimestamp: expect.any(Date),
        ActionsEnabled: true,
        OKActions: ['arn:aws:sns:us-east-1:123456789012:ok'],
        AlarmActions: [],
        InsufficientDataActions: [],
        StateValue: 'INSUFFICIENT_DATA',
        StateReason: 'Insufficient Data: 3 datapoints were unknown.',
        StateUpdatedTimestamp: expect.any(Date),
        StateTransitionedTimestamp: expect.any(Date),
        MetricName: 'Nothing',
        Namespace: 'Shop',
        Statistic: 'Sum',
        Dimensions: [{ Name: 'Service', Value: 'cart' }],
        Period: 60,
        EvaluationPeriods: 3,
        DatapointsToAlarm: 2,
        Threshold: 2.5,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'missing',
      },
    ]);
    expect(Math.abs((MetricAlarms[0]?.StateUpdatedTimestamp?.getTime() ?? 0) - Date.now())).toBeLessThan(MINUTE);
    await client.send(new cw.DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    await expect(client.send(new cw.DeleteAlarmsCommand({ AlarmNames: [AlarmName] }))).rejects.toMatchObject({
      name: 'ResourceNotFound',
      message: `There is no alarm named ${AlarmName} in us-east-1.`,
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('data points come back as they were published, by any statistic', async () => {
    const Dimensions = [
      { Name: 'b', Value: '2' },
      { Name: 'a', Value: '1' },
    ];
    const MetricData = [
      { MetricName: 'Latency', Dimensions, Timestamp: minute(3), Value: 1.5, Unit: 'Milliseconds' as const },
      {
        MetricName: 'Latency',
        Dimensions,
        Timestamp: minute(3),
        Values: [2, 4],
        Counts: [1, 2],
        Unit: 'Milliseconds' as const,
      },
      {
        MetricName: 'Latency',
        Dimensions,
        Timestamp: minute(2),
        StatisticValues: { SampleCount: 10, Sum: 50, Minimum: -1, Maximum: 9 },
        Unit: 'Milliseconds' as const,
      },
    ];
    await client.send(new cw.PutMetricDataCommand({ Namespace: 'Shop', MetricData }));
    const range = { StartTime: minute(5), EndTime: minute(0) };
    const statistics = await client.send(
      new cw.GetMetricStatisticsCommand({
        ...range,
        Namespace: 'Shop',
        MetricName: 'Latency',
        Dimensions: Dimensions.toReversed(),
        Period: 60,
        Statistics: ['Average', 'Sum', 'SampleCount', 'Minimum', 'Maximum'],
      }),
    );
    expect(statistics).toMatchObject({
      Label: 'Latency',
      Datapoints: [
        {
          Timestamp: minute(3),
          Average: 2.875,
          Sum: 11.5,
          SampleCount: 4,
          Minimum: 1.5,
          Maximum: 4,
          Unit: 'Milliseconds',
        },
        { Timestamp: minute(2), Average: 5, Sum: 50, SampleCount: 10, Minimum: -1, Maximum: 9, Unit: 'Milliseconds' },
      ],
    });
    const MetricDataQueries = ['Sum', 'Maximum'].map((Stat, index) => ({
      Id: `q${index}`,
      MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'Latency', Dimensions }, Period: 60, Stat },
    }));
    const query = { ...range, MetricDataQueries };
    const data = await client.send(new cw.GetMetricDataCommand(query));
    expect(data.MetricDataResults).toEqual([
      { Id: 'q0', Label: 'Latency', Timestamps: [minute(2), minute(3)], Values: [50, 11.5], StatusCode: 'Complete' },
      { Id: 'q1', Label: 'Latency', Timestamps: [minute(2), minute(3)], Values: [9, 4], StatusCode: 'Complete' },
    ]);
    const pages = cw.paginateGetMetricData({ client }, { ...query, MaxDatapoints: 3, ScanBy: 'TimestampAscending' });
    const seen: unknown[] = [];
    for await (const page of pages) {
      seen.push(page.MetricDataResults?.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode]));
    }
    expect(seen).toEqual([
      [
        ['q0', [11.5, 50], 'Complete'],
        ['q1', [4], 'PartialData'],
      ],
      [['q1', [9], 'Complete']],
    ]);
  });

  test('metrics are listed by what they are called, those of the region', async () => {
    const named = (MetricName: string, Value: string) => ({
      MetricName,
      Dimensions: [{ Name: 'Host', Value }],
      Value: 1,
      ...(Value === 'old' ? { Timestamp: minute(4 * 60) } : {}),
    });
    const MetricData = [named('A', 'x'), named('A', 'y'), named('B', 'x'), named('B', 'old')];
    await client.send(new cw.PutMetricDataCommand({ Namespace: 'Listed', MetricData }));
    const listed = async (input: cw.ListMetricsCommandInput) => {
      const { Metrics = [] } = await client.send(new cw.ListMetricsCommand({ Namespace: 'Listed', ...input }));
      return Metrics.map(({ MetricName, Dimensions }) => `${MetricName} ${Dimensions?.[0]?.Value}`);
    };
    expect(await listed({})).toEqual(['A x', 'A y', 'B old', 'B x']);
    expect(await listed({ MetricName: 'A' })).toEqual(['A x', 'A y']);
    expect(await listed({ Dimensions: [{ Name: 'Host', Value: 'x' }] })).toEqual(['A x', 'B x']);
    expect(await listed({ Dimensions: [{ Name: 'Port' }] })).toEqual([]);
    expect(await listed({ RecentlyActive: 'PT3H' })).toEqual(['A x', 'A y', 'B x']);
    const elsewhere = new cw.CloudWatchClient({ endpoint: member.url, region: 'eu-west-1', credentials: KEY });
    expect((await elsewhere.send(new cw.ListMetricsCommand({}))).Metrics).toEqual([]);
    elsewhere.destroy();
  });

  test('more metrics than a page are listed page by page; what is published in bulk is compressed', async () => {
    for (const part of [0, 1]) {
      const MetricData = Array.from({ length: 600 }, (_, at) => ({ MetricName: `M${part}-${at}`, Value: at }));
      await client.send(new cw.PutMetricDataCommand({ Namespace: 'Many', MetricData }));
    }
    const sizes: number[] = [];
    for await (const page of cw.paginateListMetrics({ client }, { Namespace: 'Many' })) {
      sizes.push(page.Metrics?.length ?? 0);
    }
    expect(sizes).toEqual([500, 500, 200]);
  });

  test('alarms are described page by page, by prefix, state and action', async () => {
    const named = (AlarmName: string, more: Partial<cw.PutMetricAlarmCommandInput> = {}) =>
      client.send(new cw.PutMetricAlarmCommand({ ...ALARM, MetricName: 'Paged', AlarmName, ...more }));
    await named('page-1');
    await named('page-2', { TreatMissingData: 'breaching' });
    await named('page-3', { AlarmActions: ['arn:aws:sns:x'] });
    const described = async (input: cw.DescribeAlarmsCommandInput) => {
      const names: string[][] = [];
      for await (const page of cw.paginateDescribeAlarms(
        { client, pageSize: 2 },
        { AlarmNamePrefix: 'page-', ...input },
      ))
        names.push((page.MetricAlarms ?? []).map(({ AlarmName = '' }) => AlarmName));
      return names;
    };
    expect(await described({})).toEqual([['page-1', 'page-2'], ['page-3']]);
    expect(await described({ StateValue: 'ALARM' })).toEqual([['page-2']]);
    expect(await described({ ActionPrefix: 'arn:aws:sns' })).toEqual([['page-3']]);
    expect(await described({ AlarmTypes: ['CompositeAlarm'] })).toEqual([[]]);
  });

  test.each<[string, { input: unknown }, string, string]>([
    [
      'a namespace of a service',
      new cw.PutMetricDataCommand({ Namespace: 'AWS/EC2', MetricData: [{ MetricName: 'a', Value: 1 }] }),
      'InvalidParameterValueException',
      'The value AWS/EC2 for parameter Namespace is invalid.',
    ],
    [
      'a metric without a name',
      new cw.PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ Value: 1 } as cw.MetricDatum] }),
      'MissingRequiredParameterException',
      'The parameter MetricData.member.1.MetricName is required.',
    ],
    [
      'a value that is no number',
      new cw.PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'a', Value: NaN }] }),
      'InvalidParameterValueException',
      'The value NaN for parameter MetricData.member.1.Value is invalid.',
    ],
    [
      'two kinds of value',
      new cw.PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'a', Value: 1, Values: [1] }] }),
      'InvalidParameterCombinationException',
      'The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.',
    ],
    [
      'data of three weeks ago',
      new cw.PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: [{ MetricName: 'a', Value: 1, Timestamp: minute(30_000) }],
      }),
      'InvalidParameterValueException',
      'The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.',
    ],
    [
      'too many data points',
      new cw.GetMetricStatisticsCommand({
        Namespace: 'Shop',
        MetricName: 'a',
        StartTime: minute(3000),
        EndTime: minute(0),
        Period: 60,
        Statistics: ['Sum'],
      }),
      'InvalidParameterCombinationException',
      'You have requested up to 3,000 datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
    ],
    [
      'a percentile',
      new cw.GetMetricStatisticsCommand({
        Namespace: 'Shop',
        MetricName: 'a',
        StartTime: minute(3),
        EndTime: minute(0),
        Period: 60,
        ExtendedStatistics: ['p99'],
      }),
      'InvalidParameterValueException',
      'The parameter ExtendedStatistics asks for a statistic that Waypost does not keep: it has Average, Sum, SampleCount, Maximum and Minimum.',
    ],
    [
      'an odd period of an alarm',
      new cw.PutMetricAlarmCommand({ ...ALARM, AlarmName: 'a', Period: 45 }),
      'ValidationException',
      'Metric period must be 10, 20, 30 or a multiple of 60 seconds.',
    ],
    [
      'metric math',
      new cw.PutMetricAlarmCommand({ ...ALARM, AlarmName: 'a', Metrics: [{ Id: 'm', Expression: '1' }] }),
      'ValidationException',
      "Waypost's alarms go by one metric and one of its basic statistics; not supported: Metrics.",
    ],
    [
      'a page that was never given',
      new cw.ListMetricsCommand({ NextToken: 'x' }),
      'InvalidNextToken',
      'The NextToken is not one that was returned by the previous page.',
    ],
    [
      'an operation that is not there',
      new cw.ListDashboardsCommand({}),
      'UnsupportedOperation',
      'ListDashboards is not supported by this version of Waypost.',
    ],
  ])('%s is refused', async (_, command, name, message) => {
    await expect(client.send(command as cw.ListMetricsCommand)).rejects.toMatchObject({ name, message });
  });

  test('a wrong key is told in its own form', async () => {
    const stranger = new cw.CloudWatchClient({
      endpoint: member.url,
      region: 'us-east-1',
      credentials: { ...KEY, secretAccessKey: 'wrong' },
      maxAttempts: 1,
    });
    await expect(stranger.send(new cw.ListMetricsCommand({}))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    });
    stranger.destroy();
  });
});

describe('other wire forms', () => {
  const ask = (path: string, headers: Record<string, string>, body: string | Uint8Array) =>
    signedFetch(member.url + path, { service: 'monitoring', headers, body });
  const query = (text: string) => ask('/', { 'content-type': 'application/x-www-form-urlencoded' }, text);
  const json = (operation: string, input: unknown) =>
    ask(
      '/',
      { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `GraniteServiceVersion20100801.${operation}` },
      typeof input === 'string' ? input : JSON.stringify(input),
    );

  test('Query: an alarm is made and described', async () => {
    const put = await query(
      'Action=PutMetricAlarm&Version=2010-08-01&AlarmName=queried&MetricName=Q&Namespace=Shop&Statistic=Sum&Period=60' +
        '&EvaluationPeriods=2&Threshold=1.5e1&ComparisonOperator=LessThanThreshold&ActionsEnabled=false' +
        '&Dimensions.member.1.Name=Host&Dimensions.member.1.Value=a%26b&AlarmActions=',
    );
    expect([put.status, await put.text()]).toEqual([
      200,
      expect.stringMatching(
        /^<PutMetricAlarmResponse xmlns="http:\/\/monitoring.amazonaws.com\/doc\/2010-08-01\/"><ResponseMetadata><RequestId>[-0-9a-f]{36}<\/RequestId><\/ResponseMetadata><\/PutMetricAlarmResponse>$/,
      ),
    ]);
    const described = await query('Action=DescribeAlarms&AlarmNames.member.1=queried');
    const text = await described.text();
    expect(described.headers.get('content-type')).toBe('text/xml');
    expect(text).toContain(
      '<DescribeAlarmsResult><CompositeAlarms></CompositeAlarms><MetricAlarms><member><AlarmName>queried</AlarmName>',
    );
    expect(text).toContain('<ActionsEnabled>false</ActionsEnabled>');
    expect(text).toContain('<Dimensions><member><Name>Host</Name><Value>a&amp;b</Value></member></Dimensions>');
    expect(text).toContain('<Threshold>15</Threshold>');
    expect(text).toMatch(/<StateUpdatedTimestamp>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z<\/StateUpdatedTimestamp>/);
  });

  test('JSON: data is published and read', async () => {
    const put = await json('PutMetricData', {
      Namespace: 'Json',
      MetricData: [{ MetricName: 'J', Value: 2.5, Timestamp: minute(2).getTime() / 1000, Unit: null }],
    });
    expect([put.status, await put.text()]).toEqual([200, '{}']);
    const got = await json('GetMetricStatistics', {
      Namespace: 'Json',
      MetricName: 'J',
      StartTime: minute(5).toISOString(),
      EndTime: minute(0).getTime() / 1000,
      Period: 60,
      Statistics: ['Sum'],
    });
    expect(got.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(await got.json()).toEqual({
      Label: 'J',
      Datapoints: [{ Timestamp: minute(2).getTime() / 1000, Sum: 2.5, Unit: 'None' }],
    });
  });

  test.each<[string, () => Promise<Response>, number, RegExp]>([
    ['Query without an action', () => query('Version=1'), 400, /<Code>MissingAction<\/Code>/],
    ['Query of another action', () => query('Action=Nothing'), 400, /<Code>InvalidAction<\/Code>/],
    [
      'Query with a parameter that is not known',
      () => query('Action=ListMetrics&Color=red'),
      400,
      /<Code>ValidationError<\/Code><Message>The parameter Color is not known/,
    ],
    [
      'Query with a parameter twice',
      () => query('Action=ListMetrics&Namespace=a&Namespace=b'),
      400,
      /<Code>MalformedQueryString<\/Code>/,
    ],
    [
      'Query with a list that is none',
      () => query('Action=DeleteAlarms&AlarmNames.1=a'),
      400,
      /<Code>InvalidParameterValue<\/Code><Message>The parameter AlarmNames must be a list/,
    ],
    [
      'Query with a name like no other',
      () => query('Action=ListMetrics&__proto__.x=1&constructor=2'),
      400,
      /The parameter __proto__ is not known/,
    ],
    [
      'JSON that is none',
      () => json('ListMetrics', '{'),
      400,
      /"__type":"com.amazonaws.cloudwatch#SerializationException"/,
    ],
    [
      'JSON of another type',
      () => json('ListMetrics', { Namespace: 3 }),
      400,
      /#InvalidParameterValueException","message":"The parameter Namespace must be a string/,
    ],
    [
      'JSON of an alarm that is not there',
      () => json('DeleteAlarms', { AlarmNames: ['none'] }),
      404,
      /#ResourceNotFound"/,
    ],
    [
      'a body that does not unzip',
      () => ask('/', { 'content-encoding': 'gzip' }, 'x'),
      400,
      /<Code>SerializationException<\/Code>/,
    ],
    [
      'a body that is too large once unzipped',
      () => ask('/', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(2 ** 22))),
      413,
      /<Code>RequestEntityTooLarge<\/Code>/,
    ],
  ])('%s is refused in its form', async (_, send, status, body) => {
    const response = await send();
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(body);
  });

  test('errors name the code of old beside the name in the model', async () => {
    const refused = await json('PutMetricData', { Namespace: 'x', MetricData: [{ MetricName: 'a' }] });
    expect(refused.headers.get('x-amzn-query-error')).toBe('MissingParameter;Sender');
    expect(await refused.text()).toContain('#MissingRequiredParameterException');
  });

  test('CBOR that promises more than it holds is refused', async () => {
    const path = '/service/GraniteServiceVersion20100801/operation/ListMetrics';
    for (const octets of [[0x9a, 1, 0xc9, 0xc3, 0x80], [0xc2, 0x5a, 0xff, 0xff, 0xff, 0xff], [0xff], [0xa0, 0xa0]]) {
      const refused = await ask(path, { 'content-type': 'application/cbor' }, Uint8Array.from(octets));
      const error = cbor.deserialize(new Uint8Array(await refused.arrayBuffer())) as { __type: string };
      expect([refused.status, refused.headers.get('smithy-protocol'), error.__type]).toEqual([
        400,
        'rpc-v2-cbor',
        'com.amazonaws.cloudwatch#SerializationException',
      ]);
    }
  });

  test('a signature for Route 53 opens no door of CloudWatch', async () => {
    const headers = { 'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics' };
    const refused = await signedFetch(`${member.url}/`, { service: 'route53', headers, body: '{}' });
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('monitoring')]);
  });
});

test("a CLOUDWATCH_METRIC check follows its alarm's metric, and shows what the alarm looks at", async () => {
  await client.send(new cw.PutMetricAlarmCommand({ ...ALARM, AlarmName: 'followed', MetricName: 'Followed' }));
  // Of the last minute that is over; alarms look at it for three minutes.
  const Timestamp = new Date(Math.floor(Date.now() / MINUTE - 1) * MINUTE);
  const publish = (Value: number) =>
    client.send(
      new cw.PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'Followed', Timestamp, Value }] }),
    );
  await publish(9);
  const made = await member.client.send(
    new r53.CreateHealthCheckCommand({
      CallerReference: 'follows',
      HealthCheckConfig: {
        Type: 'CLOUDWATCH_METRIC',
        AlarmIdentifier: { Region: 'us-east-1', Name: 'followed' },
        InsufficientDataHealthStatus: 'LastKnownStatus',
      },
    }),
  );
  const HealthCheckId = made.HealthCheck?.Id ?? '';
  const got = await member.client.send(new r53.GetHealthCheckCommand({ HealthCheckId }));
  expect(got.HealthCheck?.CloudWatchAlarmConfiguration).toEqual({
    ...ALARM,
    MetricName: 'Followed',
    Dimensions: [],
  });
  const isHealthy = (healthy: boolean) => expect.poll(() => member.healthy(HealthCheckId)).toBe(healthy);
  await isHealthy(false);
  // The sum of that minute goes down again.
  await publish(-8);
  await isHealthy(true);
  await publish(8);
  await isHealthy(false);
});
