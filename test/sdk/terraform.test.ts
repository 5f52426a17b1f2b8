import * as cw from '@aws-sdk/client-cloudwatch';
import * as r53 from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY, startTestMember, type TestMember } from './member.ts';

/**
 * What Terraform's AWS provider does for records, health checks and alarms (internal/service/route53 and …/cloudwatch of
 * hashicorp/terraform-provider-aws, version 6): its calls, in its order, and after each that what it reads is what its user wrote, so that
 * the next plan has nothing to change.
 */
let member: TestMember;
let alarms: cw.CloudWatchClient;
let zone: r53.HostedZone;
let collection: string;

beforeAll(async () => {
  member = await startTestMember();
  alarms = new cw.CloudWatchClient({ endpoint: member.url, region: 'us-east-1', credentials: KEY, maxAttempts: 1 });
  const { HostedZone, ChangeInfo } = await send(
    new r53.CreateHostedZoneCommand({
      Name: 'example.com',
      CallerReference: 'terraform-20260101000000000000000001',
      HostedZoneConfig: { Comment: 'Managed by Terraform' },
    }),
  );
  zone = HostedZone as r53.HostedZone;
  await inSync(ChangeInfo);
  const made = await send(new r53.CreateCidrCollectionCommand({ Name: 'offices', CallerReference: 'offices' }));
  collection = made.Collection?.Id as string;
  const Changes = [{ LocationName: 'berlin', Action: 'PUT' as const, CidrList: ['192.0.2.0/24'] }];
  await send(new r53.ChangeCidrCollectionCommand({ Id: collection, Changes }));
});
afterAll(async () => {
  alarms.destroy();
  await member.close();
  expect(member.failures).toEqual([]);
});

const send: r53.Route53Client['send'] = (...parameters: never[]) =>
  member.client.send(...(parameters as [never])) as never;

async function inSync(info: r53.ChangeInfo | undefined): Promise<void> {
  const { ChangeInfo } = await send(new r53.GetChangeCommand({ Id: info?.Id?.replace('/change/', '') }));
  expect(ChangeInfo?.Status).toBe('INSYNC');
}

const zoneId = (): string => (zone.Id as string).replace('/hostedzone/', '');

async function changeRecords(Comment: string, ...Changes: r53.Change[]): Promise<void> {
  const HostedZoneId = zoneId();
  await send(new r53.GetHostedZoneCommand({ Id: HostedZoneId }));
  const input = { HostedZoneId, ChangeBatch: { Comment, Changes } };
  await inSync((await send(new r53.ChangeResourceRecordSetsCommand(input))).ChangeInfo);
}

const apply = (...Changes: r53.Change[]): Promise<void> => changeRecords('Managed by Terraform', ...Changes);

/** Pages from the name and type on, one set at a time or a hundred, for as long as the next page begins with the same. */
async function find(set: r53.ResourceRecordSet): Promise<r53.ResourceRecordSet[]> {
  await send(new r53.GetHostedZoneCommand({ Id: zoneId() }));
  const name = `${set.Name?.replace('*', '\\052')}.`;
  const MaxItems = set.SetIdentifier === undefined ? 1 : 100;
  const found: r53.ResourceRecordSet[] = [];
  let next: Partial<r53.ListResourceRecordSetsRequest> = { StartRecordName: name, StartRecordType: set.Type };
  for (;;) {
    const input = { HostedZoneId: zoneId(), MaxItems, ...next };
    const page = await send(new r53.ListResourceRecordSetsCommand(input));
    for (const each of page.ResourceRecordSets ?? []) {
      if (each.Name === name && each.Type === set.Type && each.SetIdentifier === set.SetIdentifier) found.push(each);
    }
    if (page.IsTruncated !== true || page.NextRecordName !== name || page.NextRecordType !== set.Type) break;
    next = { StartRecordName: name, StartRecordType: set.Type, StartRecordIdentifier: page.NextRecordIdentifier };
  }
  return found;
}

/** As the provider compares: names without the last dot, values in any order. */
function comparable({ AliasTarget, GeoProximityLocation: near, ...rest }: r53.ResourceRecordSet): object {
  return {
    ...rest,
    Name: rest.Name?.replace('\\052', '*').replace(/\.$/, ''),
    ResourceRecords: (rest.ResourceRecords ?? []).map(({ Value }) => `${Value}`).sort(),
    AliasTarget: AliasTarget && { ...AliasTarget, DNSName: AliasTarget.DNSName?.replace(/\.$/, '') },
    GeoProximityLocation: near && { ...near, Bias: near.Bias ?? 0 },
  };
}

async function expectNothingToChange(sets: readonly r53.ResourceRecordSet[]): Promise<void> {
  for (const set of sets) expect((await find(set)).map(comparable)).toEqual([comparable(set)]);
}

const set = (
  Name: string,
  values: readonly string[],
  more: Partial<r53.ResourceRecordSet> = {},
): r53.ResourceRecordSet => ({
  Name: `${Name}.example.com`,
  Type: 'A',
  TTL: 300,
  ResourceRecords: values.map((Value) => ({ Value })),
  ...more,
});
const aliasOf = (target: string, EvaluateTargetHealth = true): Partial<r53.ResourceRecordSet> => ({
  TTL: undefined,
  ResourceRecords: undefined,
  AliasTarget: { HostedZoneId: zoneId(), DNSName: target, EvaluateTargetHealth },
});

describe('aws_route53_record', () => {
  const cases: [policy: string, sets: () => r53.ResourceRecordSet[]][] = [
    ['simple', () => [set('www', ['192.0.2.2', '192.0.2.1'])]],
    ['a wildcard', () => [set('*.any', ['192.0.2.1'])]],
    ['TXT of several strings', () => [set('txt', ['"a" "b c"', '"d;e"'], { Type: 'TXT' })]],
    ['weighted', () => [0, 10].map((Weight) => set('w', ['192.0.2.1'], { SetIdentifier: `w-${Weight}`, Weight }))],
    [
      'latency',
      () =>
        (['eu-west-1', 'us-east-1'] as const).map((Region) =>
          set('l', ['192.0.2.1'], { SetIdentifier: Region, Region }),
        ),
    ],
    [
      'failover',
      () => [
        set('f', ['192.0.2.1'], { SetIdentifier: 'first', Failover: 'PRIMARY', HealthCheckId: check }),
        set('f', [], { SetIdentifier: 'second', Failover: 'SECONDARY', ...aliasOf('base.example.com', false) }),
      ],
    ],
    [
      'geolocation',
      () => [
        set('g', ['192.0.2.1'], { SetIdentifier: 'all', GeoLocation: { CountryCode: '*' } }),
        set('g', ['192.0.2.2'], { SetIdentifier: 'eu', GeoLocation: { ContinentCode: 'EU' } }),
        set('g', ['192.0.2.3'], { SetIdentifier: 'ca', GeoLocation: { CountryCode: 'US', SubdivisionCode: 'CA' } }),
      ],
    ],
    [
      // The provider writes a bias always.
      'geoproximity',
      () => [
        set('p', ['192.0.2.1'], { SetIdentifier: 'r', GeoProximityLocation: { AWSRegion: 'eu-west-1', Bias: 0 } }),
        set('p', ['192.0.2.2'], {
          SetIdentifier: 'c',
          GeoProximityLocation: { Coordinates: { Latitude: '49.22', Longitude: '-74.01' }, Bias: -20 },
        }),
        set('p', ['192.0.2.3'], {
          SetIdentifier: 'z',
          GeoProximityLocation: { LocalZoneGroup: 'us-east-1-atl-1', Bias: 0 },
        }),
      ],
    ],
    [
      'multivalue',
      () =>
        ['1', '2'].map((last) =>
          set('m', [`192.0.2.${last}`], { SetIdentifier: last, MultiValueAnswer: true, HealthCheckId: check }),
        ),
    ],
    [
      'IP-based',
      () =>
        ['*', 'berlin'].map((LocationName) =>
          set('i', ['192.0.2.1'], {
            SetIdentifier: LocationName,
            CidrRoutingConfig: { CollectionId: collection, LocationName },
          }),
        ),
    ],
    ['an alias', () => [set('alias', [], aliasOf('base.example.com'))]],
    [
      'weighted aliases',
      () =>
        [1, 2].map((Weight) => set('wa', [], { SetIdentifier: `${Weight}`, Weight, ...aliasOf('base.example.com') })),
    ],
  ];
  let check: string;

  beforeAll(async () => {
    await apply({ Action: 'CREATE', ResourceRecordSet: set('base', ['192.0.2.9']) });
    const HealthCheckConfig: r53.HealthCheckConfig = { Type: 'CALCULATED', HealthThreshold: 0, ChildHealthChecks: [] };
    const made = await send(new r53.CreateHealthCheckCommand({ CallerReference: 'records', HealthCheckConfig }));
    check = made.HealthCheck?.Id as string;
  });

  test.each(cases)('%s: created side by side, changed, and destroyed', async (_, make) => {
    const sets = make();
    await Promise.all(sets.map((ResourceRecordSet) => apply({ Action: 'CREATE', ResourceRecordSet })));
    await expectNothingToChange(sets);
    // A second resource of the same name is not to take it over.
    const again = apply({ Action: 'CREATE', ResourceRecordSet: sets[0] as r53.ResourceRecordSet });
    await expect(again).rejects.toThrow('but it already exists');
    const changed = sets.map((each) =>
      each.AliasTarget === undefined ? { ...each, ResourceRecords: each.ResourceRecords?.slice(0, 1) } : each,
    );
    for (const ResourceRecordSet of changed) await apply({ Action: 'UPSERT', ResourceRecordSet });
    await expectNothingToChange(changed);
    for (const each of changed) {
      const [found] = await find(each);
      await changeRecords('Deleted by Terraform', { Action: 'DELETE', ResourceRecordSet: found });
      expect(await find(each)).toEqual([]);
    }
  });

  test('another set identifier, or type, is a deletion and a creation in one batch', async () => {
    const before = set('turn', ['192.0.2.1'], { SetIdentifier: 'blue', Weight: 1 });
    await apply({ Action: 'CREATE', ResourceRecordSet: before });
    const renamed = { ...before, SetIdentifier: 'green' };
    await apply({ Action: 'DELETE', ResourceRecordSet: before }, { Action: 'CREATE', ResourceRecordSet: renamed });
    await expectNothingToChange([renamed]);
    expect(await find(before)).toEqual([]);
    const other = set('turn', ['base.example.com'], { Type: 'CNAME' });
    await apply({ Action: 'DELETE', ResourceRecordSet: renamed }, { Action: 'CREATE', ResourceRecordSet: other });
    await expectNothingToChange([other]);
  });
});

describe('aws_route53_health_check', () => {
  const HTTPS = {
    Type: 'HTTPS',
    FullyQualifiedDomainName: 'www.example.com',
    Port: 443,
    ResourcePath: '/health?a=1&b=2',
    RequestInterval: 30,
    FailureThreshold: 5,
    MeasureLatency: true,
    Disabled: true,
  } as const;
  const cases: [type: string, config: r53.HealthCheckConfig, update: Partial<r53.UpdateHealthCheckRequest>][] = [
    ['HTTPS', HTTPS, { FailureThreshold: 1, EnableSNI: false, ResourcePath: '/' }],
    [
      'HTTP_STR_MATCH',
      { ...HTTPS, Type: 'HTTP_STR_MATCH', Port: 80, SearchString: 'all <well> & "fine"' },
      { SearchString: 'fine' },
    ],
    [
      'TCP with regions',
      {
        Type: 'TCP',
        IPAddress: '192.0.2.1',
        Port: 25,
        RequestInterval: 10,
        FailureThreshold: 3,
        Disabled: true,
        Regions: ['us-east-1', 'eu-west-1', 'ap-southeast-1'],
      },
      { IPAddress: '192.0.2.2', Regions: ['us-west-1', 'eu-west-1', 'ap-southeast-1'] },
    ],
    [
      'CALCULATED',
      { Type: 'CALCULATED', HealthThreshold: 1, ChildHealthChecks: [] },
      { HealthThreshold: 0, Inverted: true },
    ],
    [
      'CLOUDWATCH_METRIC',
      {
        Type: 'CLOUDWATCH_METRIC',
        AlarmIdentifier: { Name: 'errors', Region: 'us-east-1' },
        InsufficientDataHealthStatus: 'Healthy',
      },
      { InsufficientDataHealthStatus: 'Unhealthy' },
    ],
  ];

  /** What its user wrote is there, and nothing that was left out has come up, but for what Terraform takes from Route 53. */
  async function expectRead(id: string, written: r53.HealthCheckConfig): Promise<void> {
    const { HealthCheck } = await send(new r53.GetHealthCheckCommand({ HealthCheckId: id }));
    const config = HealthCheck?.HealthCheckConfig as r53.HealthCheckConfig;
    expect(config).toMatchObject(written);
    const { EnableSNI: _, FailureThreshold: __, ...rest } = config;
    for (const [member, value] of Object.entries(rest)) {
      if (member in written || (Array.isArray(value) && value.length === 0)) continue;
      expect([member, value]).toEqual([member, false]);
    }
  }

  test.each(cases)('%s', async (_, config, update) => {
    const CallerReference = `check-terraform-20260101000000${String(cases.findIndex(([, each]) => each === config))}`;
    const made = await send(new r53.CreateHealthCheckCommand({ CallerReference, HealthCheckConfig: config }));
    const id = made.HealthCheck?.Id as string;
    const tags = { ResourceType: 'healthcheck', ResourceId: id } as const;
    await send(new r53.ChangeTagsForResourceCommand({ ...tags, AddTags: [{ Key: 'Name', Value: 'web' }] }));
    await expectRead(id, config);
    const { ResourceTagSet } = await send(new r53.ListTagsForResourceCommand(tags));
    expect(ResourceTagSet?.Tags).toEqual([{ Key: 'Name', Value: 'web' }]);
    await send(new r53.UpdateHealthCheckCommand({ HealthCheckId: id, ...update }));
    await expectRead(id, { ...config, ...update } as r53.HealthCheckConfig);
    await send(new r53.ChangeTagsForResourceCommand({ ...tags, RemoveTagKeys: ['Name'] }));
    await send(new r53.DeleteHealthCheckCommand({ HealthCheckId: id }));
    const gone = send(new r53.GetHealthCheckCommand({ HealthCheckId: id }));
    await expect(gone).rejects.toMatchObject({ name: 'NoSuchHealthCheck' });
  });
});

test('aws_cloudwatch_metric_alarm', async () => {
  const AlarmName = 'terraform';
  const find = async (): Promise<cw.MetricAlarm[]> => {
    const asked = { AlarmNames: [AlarmName], AlarmTypes: ['MetricAlarm' as const] };
    return (await alarms.send(new cw.DescribeAlarmsCommand(asked))).MetricAlarms ?? [];
  };
  const written = {
    AlarmName,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    EvaluationPeriods: 2,
    MetricName: 'Errors',
    Namespace: 'Shop',
    Period: 120,
    Statistic: 'Average',
    Threshold: 80,
    ActionsEnabled: true,
    AlarmDescription: 'too many errors',
    TreatMissingData: 'missing',
  } as const satisfies cw.PutMetricAlarmInput;
  /** Members that Terraform's user may leave out and that it takes for changed when they come back. */
  const LEFT_OUT = [
    'DatapointsToAlarm',
    'Unit',
    'ExtendedStatistic',
    'ThresholdMetricId',
    'EvaluateLowSampleCountPercentile',
  ];
  const expectRead = async (expected: cw.PutMetricAlarmInput): Promise<string> => {
    const [alarm, ...more] = await find();
    expect(more).toEqual([]);
    expect(alarm).toMatchObject({ Dimensions: [], OKActions: [], AlarmActions: [], ...expected });
    for (const member of LEFT_OUT) if (!(member in expected)) expect(alarm).not.toHaveProperty(member);
    expect(alarm?.Metrics ?? []).toEqual([]);
    return alarm?.AlarmArn as string;
  };
  const tags = async (ResourceARN: string) =>
    (await alarms.send(new cw.ListTagsForResourceCommand({ ResourceARN }))).Tags;

  expect(await find()).toEqual([]);
  const Tags = [{ Key: 'team', Value: 'web' }];
  await alarms.send(new cw.PutMetricAlarmCommand({ ...written, Tags }));
  const arn = await expectRead(written);
  expect(await tags(arn)).toEqual(Tags);

  const changed = { ...written, Threshold: 90.5, DatapointsToAlarm: 1, Dimensions: [{ Name: 'Host', Value: 'a' }] };
  await alarms.send(new cw.UntagResourceCommand({ ResourceARN: arn, TagKeys: ['team'] }));
  await alarms.send(new cw.TagResourceCommand({ ResourceARN: arn, Tags: [{ Key: 'stage', Value: 'test' }] }));
  await alarms.send(new cw.PutMetricAlarmCommand({ ...changed, Tags: [{ Key: 'stage', Value: 'test' }] }));
  expect(await expectRead(changed)).toBe(arn);
  expect(await tags(arn)).toEqual([{ Key: 'stage', Value: 'test' }]);

  await alarms.send(new cw.DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
  expect(await find()).toEqual([]);
});
