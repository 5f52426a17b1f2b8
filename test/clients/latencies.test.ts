import { spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  TestDNSAnswerCommand,
  type ResourceRecordSetRegion,
} from '@aws-sdk/client-route-53';
import { expect, onTestFinished, test } from 'vitest';
import { lacks, run, startMember, WAYPOST } from './member.ts';

/** Latency records that go by what an operator has measured. */
const DIG = '/usr/bin/dig';

test.skipIf(lacks(DIG))('measured latencies decide, with the right scope, and are read again on SIGHUP', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-latencies-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'latencies.csv');
  const write = (rows: readonly string[]): void => {
    writeFileSync(`${file}.new`, `network,region,milliseconds\n${rows.join('\n')}\n`);
    renameSync(`${file}.new`, file);
  };
  const settings = { WAYPOST_LATENCIES: file, WAYPOST_LOG_LEVEL: 'fatal' };
  write(['10.1.0.0/16,us-east-1,twelve']);
  const refused = spawnSync(WAYPOST, ['start', '--data', join(directory, 'data')], {
    env: { ...process.env, ...settings },
    encoding: 'utf8',
  });
  expect(refused.stderr).toBe(
    `waypost: WAYPOST_LATENCIES: ${file}: line 2: 'twelve' is not a number of milliseconds up to 60000\n`,
  );

  write(['10.1.0.0/16,us-east-1,20', '10.1.0.0/16,eu-west-1,10', '10.1.128.0/17,us-east-1,5']);
  const member = await startMember(undefined, { settings });
  let stopped = false;
  onTestFinished(() => (stopped ? undefined : member.kill()));
  const client = member.client();
  const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: 'near.test', CallerReference: '1' }));
  const HostedZoneId = HostedZone?.Id;
  const set = (Region: ResourceRecordSetRegion, Value: string) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: {
      Name: 'www.near.test',
      Type: 'A' as const,
      TTL: 60,
      SetIdentifier: Region,
      Region,
      ResourceRecords: [{ Value }],
    },
  });
  const Changes = [set('us-east-1', '192.0.2.1'), set('eu-west-1', '192.0.2.2')];
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }));
  const dig = (subnet: string): string => {
    const asked = run(DIG, ['@127.0.0.1', '-p', `${member.dnsPort}`, 'www.near.test', `+subnet=${subnet}`]);
    return `${/\tA\t(\S+)/.exec(asked)?.[1]} ${/CLIENT-SUBNET: (\S+)/.exec(asked)?.[1]}`;
  };
  // Its /17 is what tells it from the rest of the /16.
  await expect.poll(() => dig('10.1.2.0/24'), { timeout: 60_000 }).toBe('192.0.2.2 10.1.2.0/24/17');
  expect(dig('10.1.200.0/24')).toBe('192.0.2.1 10.1.200.0/24/17');
  const question = { HostedZoneId, RecordName: 'www.near.test', RecordType: 'A' as const };
  const tested = await client.send(new TestDNSAnswerCommand({ ...question, EDNS0ClientSubnetIP: '10.1.2.3' }));
  expect(tested.RecordData).toEqual(['192.0.2.2']);
  client.destroy();

  write(['10.1.0.0/16,us-east-1,20', '10.1.0.0/16,eu-west-1,30']);
  member.reload();
  await expect.poll(() => dig('10.1.2.0/24'), { timeout: 60_000 }).toBe('192.0.2.1 10.1.2.0/24/16');
  await member.stop();
  stopped = true;
});
