import { spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import {
  ChangeCidrCollectionCommand,
  ChangeResourceRecordSetsCommand,
  CreateCidrCollectionCommand,
  CreateHostedZoneCommand,
  waitUntilResourceRecordSetsChanged,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagedDatabases } from '../../src/atlas/database-files.ts';
import { lacks, startMember, type Member } from './member.ts';

/** Routing policies from the API to dig, with the client's network told by EDNS client subnet. */
const DIG = '/usr/bin/dig';
const noDig = lacks(DIG);
const noDatabase = packagedDatabases().length === 0 && process.env.CI !== 'true';

let member: Member;

beforeAll(async () => {
  member = await startMember();
  const client = member.client();
  const zone = await client.send(new CreateHostedZoneCommand({ Name: 'routed.test', CallerReference: 'routed' }));
  const made = await client.send(new CreateCidrCollectionCommand({ Name: 'offices', CallerReference: '1' }));
  const CollectionId = made.Collection?.Id as string;
  await client.send(
    new ChangeCidrCollectionCommand({
      Id: CollectionId,
      Changes: [{ LocationName: 'berlin', Action: 'PUT', CidrList: ['10.1.0.0/16'] }],
    }),
  );
  const set = (name: string, id: string, address: string, more: Partial<ResourceRecordSet>): ResourceRecordSet => ({
    Name: `${name}.routed.test`,
    Type: 'A',
    SetIdentifier: id,
    TTL: 60,
    ResourceRecords: [{ Value: address }],
    ...more,
  });
  const sets = [
    set('weighted', 'a', '192.0.2.1', { Weight: 0 }),
    set('weighted', 'b', '192.0.2.2', { Weight: 10 }),
    set('many', '1', '192.0.2.1', { MultiValueAnswer: true }),
    set('many', '2', '192.0.2.2', { MultiValueAnswer: true }),
    set('geo', 'eu', '192.0.2.1', { GeoLocation: { ContinentCode: 'EU' } }),
    set('geo', 'ca', '192.0.2.2', { GeoLocation: { CountryCode: 'US', SubdivisionCode: 'CA' } }),
    set('geo', 'any', '192.0.2.3', { GeoLocation: { CountryCode: '*' } }),
    set('near', 'eu', '192.0.2.1', { Region: 'eu-west-2' }),
    set('near', 'us', '192.0.2.2', { Region: 'us-west-1' }),
    set('office', 'berlin', '192.0.2.1', { CidrRoutingConfig: { CollectionId, LocationName: 'berlin' } }),
    set('office', 'any', '192.0.2.2', { CidrRoutingConfig: { CollectionId, LocationName: '*' } }),
  ];
  const Changes = sets.map((ResourceRecordSet) => ({ Action: 'CREATE' as const, ResourceRecordSet }));
  const { ChangeInfo } = await client.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: zone.HostedZone?.Id, ChangeBatch: { Changes } }),
  );
  await waitUntilResourceRecordSetsChanged(
    { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { Id: ChangeInfo?.Id },
  );
  client.destroy();
});

afterAll(() => member.stop());

/** The addresses that dig is told, and the scope where it says a subnet. */
function dig(name: string, subnet?: string): { addresses: string[]; scope: string | undefined } {
  const options = subnet === undefined ? [] : [`+subnet=${subnet}`];
  const { stdout } = spawnSync(
    DIG,
    ['@127.0.0.1', '-p', `${member.dnsPort}`, `${name}.routed.test`, 'A', '+tries=1', ...options],
    { encoding: 'utf8' },
  );
  assert.match(stdout, /status: NOERROR/);
  return {
    addresses: [...stdout.matchAll(/\tA\t(\S+)/g)].map((match) => match[1] as string).toSorted(),
    scope: /CLIENT-SUBNET: (\S+)/.exec(stdout)?.[1],
  };
}

test.skipIf(noDig)('weighted, multivalue and IP-based answers', () => {
  expect(dig('weighted').addresses).toEqual(['192.0.2.2']);
  expect(dig('many').addresses).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(dig('office', '10.1.2.0/24')).toEqual({ addresses: ['192.0.2.1'], scope: '10.1.2.0/24/16' });
  expect(dig('office', '10.2.2.0/24').addresses).toEqual(['192.0.2.2']);
});

test.skipIf(noDig || noDatabase)('geolocation and latency answers, by where the client network is', () => {
  const [london, monterey, nowhere] = ['81.2.69.0/24', '73.162.0.0/24', '192.0.2.0/24'];
  expect(dig('geo', london).addresses).toEqual(['192.0.2.1']);
  expect(dig('geo', monterey).addresses).toEqual(['192.0.2.2']);
  expect(dig('geo', nowhere).addresses).toEqual(['192.0.2.3']);
  expect(dig('near', london).addresses).toEqual(['192.0.2.1']);
  expect(dig('near', monterey).addresses).toEqual(['192.0.2.2']);
  expect(dig('geo', london).scope).toMatch(/^81\.2\.69\.0\/24\/(1[0-9]|2[0-9]|3[0-2])$/);
});
