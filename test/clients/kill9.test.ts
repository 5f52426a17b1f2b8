import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import { test } from 'vitest';
import { lacks, newDataDirectory, run, startMember } from './member.ts';
import type { Member } from './member.ts';

/** WAYPOST_KILLS says how often a member under load is killed. */
const kills = Number(process.env['WAYPOST_KILLS'] ?? 3);
const CLIENTS = 8;
const LOAD_MS_MAX = 1000;
const noDig = lacks('/usr/bin/dig');

async function writeUntilKilled(member: Member, zone: string, round: number): Promise<string[]> {
  const acknowledged: string[] = [];
  let over = false;
  const writer = async (number: number): Promise<void> => {
    const client = member.client();
    for (let n = 0; !over; n += 1) {
      const Name = `r${round}-${number}-${n}.kill.test.`;
      const ResourceRecordSet = { Name, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] };
      const ChangeBatch = { Changes: [{ Action: 'CREATE' as const, ResourceRecordSet }] };
      try {
        await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch }));
        acknowledged.push(Name);
      } catch (error) {
        // Another client's change to the same zone may be in the way, as on AWS; then it was not acknowledged.
        if (over || (error as Error).name !== 'PriorRequestNotComplete') break;
      }
    }
    client.destroy();
  };
  const writers = Array.from({ length: CLIENTS }, (_, number) => writer(number));
  await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * LOAD_MS_MAX));
  over = true;
  await member.kill();
  await Promise.all(writers);
  return acknowledged;
}

async function namesOf(member: Member, zone: string): Promise<Set<string>> {
  const client = member.client();
  const names = new Set<string>();
  let StartRecordName: string | undefined;
  do {
    const page = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone, StartRecordName }));
    for (const set of page.ResourceRecordSets ?? []) names.add(set.Name ?? '');
    StartRecordName = page.NextRecordName;
  } while (StartRecordName !== undefined);
  client.destroy();
  return names;
}

test.skipIf(noDig)(
  `kill -9 ${kills} times under write load loses nothing acknowledged`,
  { timeout: kills * 120_000 },
  async () => {
    const data = newDataDirectory();
    let member = await startMember(data);
    const client = member.client();
    const created = await client.send(new CreateHostedZoneCommand({ Name: 'kill.test', CallerReference: 'kill' }));
    client.destroy();
    const zone = created.HostedZone?.Id ?? '';
    const acknowledged: string[] = [];
    for (let round = 0; round < kills; round += 1) {
      const written = await writeUntilKilled(member, zone, round);
      assert.ok(written.length > 0, 'something was written');
      acknowledged.push(...written);
      member = await startMember(data);
      const names = await namesOf(member, zone);
      assert.deepEqual(
        acknowledged.filter((name) => !names.has(name)),
        [],
      );
      for (let from = 0; from < written.length; from += 100) {
        const part = written.slice(from, from + 100);
        const answers = run('/usr/bin/dig', ['@127.0.0.1', '-p', `${member.dnsPort}`, '+short', ...part]);
        assert.equal(answers.match(/^192\.0\.2\.1$/gm)?.length, part.length);
      }
    }
    console.log(`${acknowledged.length} acknowledged changes, 0 lost`);
    await member.stop();
    rmSync(data, { recursive: true });
  },
);
