import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { lacks, run, startMember, type Member } from './member.ts';
import { freePort } from '../free-port.ts';
import { signingPolicy } from '../signing-policy.ts';

/**
 * An alarm decides what dig sees: data is published with `aws cloudwatch`, a health check follows the alarm's metric, and a failover pair
 * follows the health check; also after a restart and after a kill.
 */
const AWS = '/usr/bin/aws';
const DIG = '/usr/bin/dig';
const PYTHON = '/usr/bin/python3';
const skip = [AWS, DIG, PYTHON].some((tool) => lacks(tool));
/** A health check looks at its metric every five seconds, and the machine may be busy. */
const SEEN = { timeout: 120_000, interval: 100 };
const MINUTE_MILLISECONDS = 60_000;

function aws(member: Member, ...parameters: string[]): string {
  return run(AWS, ['--endpoint-url', member.url, '--output', 'text', ...parameters], member.environment).trim();
}

function dig(member: Member): string {
  return run(DIG, ['+short', '@127.0.0.1', '-p', `${member.dnsPort}`, 'www.example.com']).trim();
}

/** For the last minute that is over: nothing has to wait for one. */
function publish(member: Member, value: number): void {
  const at = new Date(Date.now() - MINUTE_MILLISECONDS).toISOString();
  const data = ['--namespace', 'Shop', '--metric-name', 'Errors', '--dimensions', 'Host=a', '--timestamp', at];
  aws(member, 'cloudwatch', 'put-metric-data', ...data, '--value', String(value));
}

const ALARM =
  '--alarm-name errors --namespace Shop --metric-name Errors --dimensions Name=Host,Value=a --statistic Maximum --period 60 ' +
  '--evaluation-periods 2 --datapoints-to-alarm 1 --threshold 5 --comparison-operator GreaterThanThreshold';

function set(id: string, failover: string, value: string, check?: string): object {
  return {
    Action: 'CREATE',
    ResourceRecordSet: {
      Name: 'www.example.com',
      Type: 'A',
      TTL: 5,
      SetIdentifier: id,
      Failover: failover,
      ResourceRecords: [{ Value: value }],
      ...(check === undefined ? {} : { HealthCheckId: check }),
    },
  };
}

function failoverPair(member: Member): string {
  const config =
    'Type=CLOUDWATCH_METRIC,AlarmIdentifier={Region=us-east-1,Name=errors},InsufficientDataHealthStatus=Healthy';
  const created = ['create-health-check', '--caller-reference', '1', '--health-check-config', config];
  const check = aws(member, 'route53', ...created, '--query', 'HealthCheck.Id');
  const named = ['create-hosted-zone', '--name', 'example.com', '--caller-reference', '1'];
  const zone = aws(member, 'route53', ...named, '--query', 'HostedZone.Id');
  const Changes = [set('first', 'PRIMARY', '192.0.2.1', check), set('second', 'SECONDARY', '192.0.2.2')];
  const change = ['--hosted-zone-id', zone, '--change-batch', JSON.stringify({ Changes })];
  aws(member, 'route53', 'change-resource-record-sets', ...change);
  return check;
}

test.skipIf(skip)("awscli, dig: what is published to an alarm's metric changes the answer", async () => {
  const data = mkdtempSync(join(tmpdir(), 'waypost-cloudwatch-'));
  onTestFinished(() => rmSync(data, { recursive: true }));
  const sees = (member: Member, address: string) => vi.waitFor(() => expect(dig(member)).toBe(address), SEEN);
  const state = (member: Member) =>
    aws(member, 'cloudwatch', 'describe-alarms', '--alarm-names', 'errors', '--query', 'MetricAlarms[0].StateValue');

  let member = await startMember(data);
  onTestFinished(() => member.kill());
  aws(member, 'cloudwatch', 'put-metric-alarm', ...ALARM.split(' '));
  const check = failoverPair(member);
  assert.equal(state(member), 'INSUFFICIENT_DATA');
  await sees(member, '192.0.2.1');
  publish(member, 4);
  assert.equal(state(member), 'OK');
  publish(member, 6);
  assert.equal(state(member), 'ALARM');
  await sees(member, '192.0.2.2');
  const reason = ['get-health-check-last-failure-reason', '--health-check-id', check];
  assert.match(aws(member, 'route53', ...reason), /The CloudWatch alarm errors is in ALARM/);
  const shown = ['get-health-check', '--health-check-id', check];
  const configuration = [
    '--query',
    'HealthCheck.CloudWatchAlarmConfiguration.[MetricName,Period,EvaluationPeriods,Statistic]',
  ];
  assert.equal(aws(member, 'route53', ...shown, ...configuration), 'Errors\t60\t2\tMaximum');

  await member.stop();
  member = await startMember(data);
  assert.equal(state(member), 'ALARM');
  assert.equal(dig(member), '192.0.2.2');

  // The alarm was acknowledged, so it is there; the data of the last minute may be gone.
  aws(member, 'cloudwatch', 'put-metric-alarm', ...ALARM.replace('--threshold 5', '--threshold 50').split(' '));
  await member.kill();
  member = await startMember(data);
  const threshold = ['describe-alarms', '--query', 'MetricAlarms[].Threshold'];
  assert.equal(aws(member, 'cloudwatch', ...threshold), '50.0');
  publish(member, 6);
  assert.equal(state(member), 'OK');
  await sees(member, '192.0.2.1');
  aws(member, 'cloudwatch', 'delete-alarms', '--alarm-names', 'errors');
  assert.equal(aws(member, 'cloudwatch', ...threshold), '');
});

test.skipIf(skip)("awscli: what Waypost's checkers measure is read as Route 53's metrics", async () => {
  const member = await startMember();
  onTestFinished(() => member.stop());
  // In a process of its own: this one stands still while it waits for the clients.
  const port = await freePort();
  const endpoint = spawn(PYTHON, ['-m', 'http.server', String(port), '--bind', '127.0.0.1'], { stdio: 'ignore' });
  onTestFinished(() => void endpoint.kill());
  const config = `Type=HTTP,IPAddress=127.0.0.1,Port=${port},RequestInterval=10,MeasureLatency=true`;
  const created = ['create-health-check', '--caller-reference', '1', '--health-check-config', config];
  const check = aws(member, 'route53', ...created, '--query', 'HealthCheck.Id');
  const listed = ['list-metrics', '--namespace', 'AWS/Route53', '--dimensions', `Name=HealthCheckId,Value=${check}`];
  // They are told at the end of each minute.
  await vi.waitFor(
    () => expect(aws(member, 'cloudwatch', ...listed, '--query', 'Metrics[].MetricName')).toContain('TimeToFirstByte'),
    { timeout: 180_000, interval: 1000 },
  );
  const latest = (metric: string, statistic: string, ...dimensions: string[]): number => {
    const metrics = [
      '--namespace',
      'AWS/Route53',
      '--metric-name',
      metric,
      '--dimensions',
      `Name=HealthCheckId,Value=${check}`,
    ];
    const range = ['--start-time', at(-10), '--end-time', at(1), '--period', '60', '--statistics', statistic];
    const query = ['--query', `Datapoints[-1].${statistic}`];
    return Number(aws(member, 'cloudwatch', 'get-metric-statistics', ...metrics, ...dimensions, ...range, ...query));
  };
  expect(latest('HealthCheckStatus', 'Minimum')).toBe(1);
  expect(latest('HealthCheckPercentageHealthy', 'Average')).toBe(100);
  const milliseconds = latest('TimeToFirstByte', 'Average', 'Name=Region,Value=us-east-1');
  expect(milliseconds).toBeGreaterThan(0);
  expect(milliseconds).toBeLessThan(10_000);
});

test.skipIf(skip)('awscli, dig: queries of a hosted zone are counted, also over a restart', async () => {
  const data = mkdtempSync(join(tmpdir(), 'waypost-cloudwatch-'));
  onTestFinished(() => rmSync(data, { recursive: true }));
  let member = await startMember(data);
  const created = ['create-hosted-zone', '--name', 'example.com', '--caller-reference', '1'];
  const zone = aws(member, 'route53', ...created, '--query', 'HostedZone.Id').replace('/hostedzone/', '');
  for (const how of ['+notcp', '+tcp', '+notcp']) {
    run(DIG, [how, '@127.0.0.1', '-p', `${member.dnsPort}`, 'www.example.com']);
  }
  // What the minute under way has is kept when the member stops.
  await member.stop();
  member = await startMember(data);
  onTestFinished(() => member.stop());
  const metric = ['--namespace', 'AWS/Route53', '--metric-name', 'DNSQueries'];
  const listed = aws(member, 'cloudwatch', 'list-metrics', ...metric, '--query', 'Metrics[].Dimensions[].[Name,Value]');
  expect(listed).toBe(`HostedZoneId\t${zone}`);
  const range = ['--start-time', at(-10), '--end-time', at(1), '--period', '3600', '--statistics', 'Sum'];
  const dimension = ['--dimensions', `Name=HostedZoneId,Value=${zone}`];
  const sum = ['--query', 'sum(Datapoints[].Sum)'];
  expect(aws(member, 'cloudwatch', 'get-metric-statistics', ...metric, ...dimension, ...range, ...sum)).toBe('3.0');
});

test.skipIf(skip)('awscli: a signed zone has the metrics of its keys, and alarms look at them', async () => {
  const data = mkdtempSync(join(tmpdir(), 'waypost-cloudwatch-'));
  onTestFinished(() => rmSync(data, { recursive: true }));
  let member = await startMember(data);
  const created = ['create-hosted-zone', '--name', 'example.com', '--caller-reference', '1'];
  const zone = aws(member, 'route53', ...created, '--query', 'HostedZone.Id').replace('/hostedzone/', '');
  const spec = ['--key-spec', 'ECC_NIST_P256', '--key-usage', 'SIGN_VERIFY', '--policy', signingPolicy('000000000000')];
  const key = aws(member, 'kms', 'create-key', ...spec, '--query', 'KeyMetadata.Arn');
  const named = ['--hosted-zone-id', zone, '--name', 'my_ksk', '--caller-reference', '1', '--status', 'ACTIVE'];
  aws(member, 'route53', 'create-key-signing-key', ...named, '--key-management-service-arn', key);
  aws(member, 'route53', 'enable-hosted-zone-dnssec', '--hosted-zone-id', zone);
  // What is not published yet is so when the member starts.
  await member.stop();
  member = await startMember(data);
  onTestFinished(() => member.stop());
  const listed = ['--namespace', 'AWS/Route53', '--query', "Metrics[?starts_with(MetricName, 'DNSSEC')].MetricName"];
  const names = () => aws(member, 'cloudwatch', 'list-metrics', ...listed).split(/\s+/);
  await vi.waitFor(() => expect(names().toSorted()).toEqual(SIGNED_ZONE_METRICS), SEEN);
  const metric = ['--namespace', 'AWS/Route53', '--metric-name', 'DNSSECKeySigningKeyAge'];
  const dimension = ['--dimensions', `Name=HostedZoneId,Value=${zone}`];
  const range = ['--start-time', at(-10), '--end-time', at(1), '--period', '3600', '--statistics', 'Maximum'];
  const points = ['get-metric-statistics', ...metric, ...dimension, ...range];
  const seconds = Number(aws(member, 'cloudwatch', ...points, '--query', 'max(Datapoints[].Maximum)'));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(600);
  expect(aws(member, 'cloudwatch', ...points, '--query', 'Datapoints[0].Unit')).toBe('Seconds');
  const alarm = ['--alarm-name', 'dnssec', '--namespace', 'AWS/Route53', ...dimension, '--statistic', 'Sum'];
  const rule = ['--period', '60', '--evaluation-periods', '1', '--threshold', '1'];
  const when = ['--comparison-operator', 'GreaterThanOrEqualToThreshold', '--treat-missing-data', 'notBreaching'];
  const asked = ['--metric-name', 'DNSSECKeySigningKeysNeedingAction', ...rule, ...when];
  aws(member, 'cloudwatch', 'put-metric-alarm', ...alarm, ...asked);
  const state = ['describe-alarms', '--alarm-names', 'dnssec', '--query', 'MetricAlarms[0].StateValue'];
  expect(aws(member, 'cloudwatch', ...state)).toBe('OK');
});

const SIGNED_ZONE_METRICS = [
  'DNSSECInternalFailure',
  'DNSSECKeySigningKeyAge',
  'DNSSECKeySigningKeyMaxNeedingActionAge',
  'DNSSECKeySigningKeysNeedingAction',
];

function at(minutes: number): string {
  return new Date(Date.now() + minutes * MINUTE_MILLISECONDS).toISOString();
}
