import * as r53 from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestMember, type TestMember } from './member.ts';

let member: TestMember;
let HostedZoneId: string;

beforeAll(async () => {
  member = await startTestMember();
  const zone = await member.client.send(
    new r53.CreateHostedZoneCommand({ Name: 'test.example', CallerReference: 'test' }),
  );
  HostedZoneId = zone.HostedZone?.Id as string;
  const set = (Name: string, Type: r53.RRType, values: string[], more: Partial<r53.ResourceRecordSet> = {}) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: { Name, Type, TTL: 60, ResourceRecords: values.map((Value) => ({ Value })), ...more },
  });
  const Changes = [
    set('www.test.example', 'A', ['192.0.2.1']),
    set('to.test.example', 'CNAME', ['www.test.example']),
    set('text.test.example', 'TXT', ['"a b" "c"']),
    set('below.test.example', 'NS', ['ns.example.net']),
    set('geo.test.example', 'A', ['192.0.2.7'], { SetIdentifier: 'us', GeoLocation: { CountryCode: 'US' } }),
  ];
  await member.client.send(new r53.ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }));
});

afterAll(async () => {
  await member.close();
  expect(member.failures).toEqual([]);
});

test.each([
  ['www.test.example', 'A', 'NOERROR', ['192.0.2.1']],
  ['WWW.test.example.', 'A', 'NOERROR', ['192.0.2.1']],
  ['to.test.example', 'A', 'NOERROR', ['www.test.example.', '192.0.2.1']],
  ['text.test.example', 'TXT', 'NOERROR', ['"a b" "c"']],
  ['www.test.example', 'AAAA', 'NOERROR', []],
  ['nothing.test.example', 'A', 'NXDOMAIN', []],
  ['host.below.test.example', 'A', 'NOERROR', []],
  ['www.example.org', 'A', 'REFUSED', []],
  ['geo.test.example', 'A', 'NOERROR', ['192.0.2.7']],
] as const)('%s %s is %s', async (RecordName, RecordType, ResponseCode, RecordData) => {
  const answer = await member.client.send(new r53.TestDNSAnswerCommand({ HostedZoneId, RecordName, RecordType }));
  expect(answer).toMatchObject({ ResponseCode, RecordData, RecordType, Protocol: 'UDP' });
  expect(answer.Nameserver).toMatch(/^ns1\./);
});

test('a resolver elsewhere, or a client behind it, is asked for where it is', async () => {
  const question = { HostedZoneId, RecordName: 'geo.test.example', RecordType: 'A' as const };
  // This member has no location database, so nobody is in the US.
  for (const who of [
    { ResolverIP: '192.0.2.1' },
    { EDNS0ClientSubnetIP: '2001:db8::1', EDNS0ClientSubnetMask: '48' },
  ]) {
    const answer = await member.client.send(new r53.TestDNSAnswerCommand({ ...question, ...who }));
    expect(answer.RecordData).toEqual([]);
  }
});

test.each([
  [{ ResolverIP: 'x' }, "ResolverIP 'x' is not an IP address"],
  [{ EDNS0ClientSubnetMask: '24' }, 'EDNS0ClientSubnetMask needs EDNS0ClientSubnetIP'],
  [{ EDNS0ClientSubnetIP: '192.0.2.0', EDNS0ClientSubnetMask: '33' }, 'EDNS0ClientSubnetMask must be from 0 to 32'],
  [{ RecordName: 'a..b' }, "RecordName 'a..b' is not a domain name"],
  [{ RecordType: 'HINFO' as r53.RRType }, 'RecordType must be one of'],
])('%j is InvalidInput', async (more, says) => {
  const question = { HostedZoneId, RecordName: 'www.test.example', RecordType: 'A' as const, ...more };
  await expect(member.client.send(new r53.TestDNSAnswerCommand(question))).rejects.toMatchObject({
    name: 'InvalidInput',
    message: expect.stringContaining(says),
  });
});
