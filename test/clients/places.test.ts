import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { expect, onTestFinished, test } from 'vitest';
import { lacks, run, startMember } from './member.ts';
import { tinyDatabase } from './tiny-database.ts';

/** A location database that is replaced while the member runs: no restart, no answer lost. */
const DIG = '/usr/bin/dig';

test.skipIf(lacks(DIG))('SIGHUP: clients are placed by the database that is there now', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-places-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const database = join(directory, 'places.mmdb');
  const replace = (octets: Uint8Array): void => {
    writeFileSync(`${database}.new`, octets);
    renameSync(`${database}.new`, database);
  };
  replace(tinyDatabase('FR'));
  const member = await startMember(undefined, {
    settings: { WAYPOST_GEO_DATABASE: database, WAYPOST_LOG_LEVEL: 'fatal' },
  });
  let stopped = false;
  onTestFinished(() => (stopped ? undefined : member.kill()));
  const client = member.client();
  const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: 'geo.test', CallerReference: '1' }));
  const set = (CountryCode: string, Value: string): { Action: 'CREATE'; ResourceRecordSet: ResourceRecordSet } => ({
    Action: 'CREATE',
    ResourceRecordSet: {
      Name: 'www.geo.test',
      Type: 'A',
      TTL: 60,
      SetIdentifier: CountryCode,
      GeoLocation: { CountryCode },
      ResourceRecords: [{ Value }],
    },
  });
  const Changes = [set('FR', '192.0.2.33'), set('US', '192.0.2.1'), set('*', '192.0.2.99')];
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch: { Changes } }));
  client.destroy();
  const dig = (): string => run(DIG, ['+short', '@127.0.0.1', '-p', `${member.dnsPort}`, 'www.geo.test']).trim();
  await expect.poll(dig, { timeout: 60_000 }).toBe('192.0.2.33');

  replace(tinyDatabase('US'));
  member.reload();
  await expect.poll(dig, { timeout: 60_000 }).toBe('192.0.2.1');

  // What is no database does no harm; what is put there next counts again, also without a signal.
  replace(Uint8Array.of(1, 2, 3));
  member.reload();
  expect(dig()).toBe('192.0.2.1');
  replace(tinyDatabase('DE'));
  await expect.poll(dig, { timeout: 60_000, interval: 200 }).toBe('192.0.2.99');
  await member.stop();
  stopped = true;
});

test.skipIf(lacks(DIG))('a member that starts again is ready once it places clients', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-places-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  let member = await startMember(directory);
  onTestFinished(() => member.kill());
  const client = member.client();
  const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: 'geo.test', CallerReference: '1' }));
  const Changes = ['*', 'DE'].map((CountryCode, at) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: {
      Name: 'www.geo.test',
      Type: 'A' as const,
      TTL: 60,
      SetIdentifier: CountryCode,
      GeoLocation: { CountryCode },
      ResourceRecords: [{ Value: `192.0.2.${at}` }],
    },
  }));
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch: { Changes } }));
  client.destroy();
  await member.stop();
  member = await startMember(directory);
  // The database that comes along has this network in Germany.
  const asked = ['+short', '+subnet=91.64.0.0/24', '@127.0.0.1', '-p', `${member.dnsPort}`, 'www.geo.test'];
  expect(run(DIG, asked).trim()).toBe('192.0.2.1');
});
