import assert from 'node:assert/strict';
import { afterAll, beforeAll, test } from 'vitest';
import { lacks, run, startMember } from './member.ts';
import type { Member } from './member.ts';

const AWS = '/usr/bin/aws';
const skip = lacks(AWS);
let member: Member;
beforeAll(async () => {
  member = await startMember();
});
afterAll(() => member.stop());

interface Json {
  readonly [key: string]: Json;
}

function aws(...parameters: string[]): Json {
  const output = run(AWS, ['--endpoint-url', member.url, '--output', 'json', ...parameters], member.environment);
  return (output.trim() === '' ? {} : JSON.parse(output)) as Json;
}
const route53 = (...parameters: string[]): Json => aws('route53', ...parameters);
const text = (json: Json | undefined): string => (typeof json === 'string' ? json : JSON.stringify(json));

function changes(action: string): string {
  const set = { Name: 'www.example.com', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] };
  return JSON.stringify({ Changes: [{ Action: action, ResourceRecordSet: set }] });
}

test.skipIf(skip)('awscli: a hosted zone from its creation to its deletion', () => {
  const created = route53('create-hosted-zone', '--name', 'example.com', '--caller-reference', '1');
  const id = text(created['HostedZone']?.['Id']);
  route53('change-resource-record-sets', '--hosted-zone-id', id, '--change-batch', changes('CREATE'));
  const change = route53('change-resource-record-sets', '--hosted-zone-id', id, '--change-batch', changes('UPSERT'));
  route53('wait', 'resource-record-sets-changed', '--id', text(change['ChangeInfo']?.['Id']));
  route53('get-change', '--id', text(change['ChangeInfo']?.['Id']));
  assert.equal(
    run('/usr/bin/dig', ['+short', '@127.0.0.1', '-p', `${member.dnsPort}`, 'www.example.com']),
    '192.0.2.1\n',
  );
  const sets = route53('list-resource-record-sets', '--hosted-zone-id', id, '--page-size', '1');
  assert.equal(Object.keys(sets['ResourceRecordSets'] ?? {}).length, 3);
  route53('update-hosted-zone-comment', '--id', id, '--comment', 'seen');
  assert.equal(text(route53('get-hosted-zone', '--id', id)['HostedZone']?.['Config']?.['Comment']), 'seen');
  route53('list-hosted-zones');
  route53('list-hosted-zones-by-name', '--dns-name', 'example.com');
  assert.equal(Number(route53('get-hosted-zone-count')['HostedZoneCount']), 1);
  const bare = id.replace('/hostedzone/', '');
  const tagged = ['--resource-type', 'hostedzone', '--resource-id', bare];
  route53('change-tags-for-resource', ...tagged, '--add-tags', 'Key=team,Value=dns');
  assert.match(JSON.stringify(route53('list-tags-for-resource', ...tagged)), /"team"/);
  route53('list-tags-for-resources', '--resource-type', 'hostedzone', '--resource-ids', bare);
  route53('get-hosted-zone-limit', '--type', 'MAX_RRSETS_BY_ZONE', '--hosted-zone-id', id);
  route53('change-resource-record-sets', '--hosted-zone-id', id, '--change-batch', changes('DELETE'));
  route53('delete-hosted-zone', '--id', id);
});

test.skipIf(skip)('awscli: reusable delegation sets, account limits and who am I', () => {
  const created = route53('create-reusable-delegation-set', '--caller-reference', 'set-1');
  const id = text(created['DelegationSet']?.['Id']);
  route53('get-reusable-delegation-set', '--id', id);
  route53('list-reusable-delegation-sets');
  route53(
    'get-reusable-delegation-set-limit',
    '--type',
    'MAX_ZONES_BY_REUSABLE_DELEGATION_SET',
    '--delegation-set-id',
    id,
  );
  route53('delete-reusable-delegation-set', '--id', id);
  route53('get-account-limit', '--type', 'MAX_HOSTED_ZONES_BY_OWNER');
  assert.equal(text(aws('sts', 'get-caller-identity')['Account']), '000000000000');
});
