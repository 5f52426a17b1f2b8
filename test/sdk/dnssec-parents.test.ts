import * as kms from '@aws-sdk/client-kms';
import * as route53 from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startUpstream, type TestUpstream } from '../../src/resolve/upstream-for-tests.ts';
import { freePort } from '../free-port.ts';
import { signingPolicy } from '../signing-policy.ts';
import { KEY, startTestMember, type TestMember } from './member.ts';

/** A member that asks a resolver, a real one on loopback, about the parents of its signed zones. */
let upstream: TestUpstream;
let member: TestMember;
let keys: kms.KMSClient;
let HostedZoneId: string;
let ds: string;
let nameServers: string;
let zones = 0;

const POLICY = signingPolicy('123456789012');

beforeAll(async () => {
  upstream = await startUpstream(await freePort());
  member = await startTestMember([upstream.address]);
  keys = new kms.KMSClient({ endpoint: member.url, region: 'us-east-1', credentials: KEY, maxAttempts: 1 });
}, 30_000);
afterAll(async () => {
  keys.destroy();
  await member.close();
  await upstream.close();
  expect(member.failures).toEqual([]);
});

const name = (): string => `zone${zones}.example.`;

/** What the resolver says of the zone's name from now on. */
function says(type: string, text: string): void {
  upstream.says.set(`${name()} ${type}`, text);
}

async function addKey(Name: string): Promise<string> {
  const { KeyMetadata } = await keys.send(
    new kms.CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', Policy: POLICY }),
  );
  const { KeySigningKey } = await member.client.send(
    new route53.CreateKeySigningKeyCommand({
      HostedZoneId,
      Name,
      Status: 'ACTIVE',
      KeyManagementServiceArn: KeyMetadata?.Arn,
      CallerReference: `${HostedZoneId}-${Name}`,
    }),
  );
  return KeySigningKey?.DSRecord ?? '';
}

beforeEach(async () => {
  zones += 1;
  const { HostedZone, DelegationSet } = await member.client.send(
    new route53.CreateHostedZoneCommand({ Name: name(), CallerReference: name() }),
  );
  HostedZoneId = HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
  nameServers = (DelegationSet?.NameServers ?? []).map((each) => `${each}.`).join(',');
  ds = await addKey('one');
  await addKey('two');
  says('NS', `60 ${nameServers}`);
});

async function outcome(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'accepted';
  } catch (error) {
    const { name: code, message, $metadata } = error as route53.Route53ServiceException;
    return `${code} ${$metadata.httpStatusCode}: ${message}`;
  }
}

const enable = () => outcome(member.client.send(new route53.EnableHostedZoneDNSSECCommand({ HostedZoneId })));
const disable = () => outcome(member.client.send(new route53.DisableHostedZoneDNSSECCommand({ HostedZoneId })));
const deactivate = (Name: string) =>
  outcome(member.client.send(new route53.DeactivateKeySigningKeyCommand({ HostedZoneId, Name })));

test('a zone whose parent has other name servers for it is not signed', async () => {
  says('NS', '60 ns1.elsewhere.test.,ns2.elsewhere.test.');
  expect(await enable()).toMatch(/^HostedZonePartiallyDelegated 400: .*ns1\.elsewhere\.test/);
  says('NS', `60 ${nameServers}`);
  expect(await enable()).toBe('accepted');
});

test('a key stays, and signatures stay, while a DS record in the parent leads to it', async () => {
  expect(await enable()).toBe('accepted');
  says('DS', `60 ${ds}`);
  expect(await deactivate('one')).toMatch(
    /^KeySigningKeyInParentDSRecord 400: Key-signing key one .* as 127\.0\.0\.1:/,
  );
  expect(await disable()).toMatch(/^KeySigningKeyInParentDSRecord 400: /);
  expect(await deactivate('two')).toBe('accepted');
  says('DS', 'NOERROR of example.');
  expect(await disable()).toBe('accepted');
});

test('a parent that does not exist has no DS record', async () => {
  says('NS', 'NXDOMAIN of .');
  says('DS', 'NXDOMAIN of .');
  expect([await enable(), await disable()]).toEqual(['accepted', 'accepted']);
});

test.each(['SERVFAIL', 'REFUSED', 'silence'])(
  'when the resolver has %s for an answer signing begins, and ends only for who says that he is sure',
  { timeout: 60_000 },
  async (answer) => {
    says('DS', answer);
    says('NS', answer);
    expect(await enable()).toBe('accepted');
    expect(await disable()).toMatch(
      /^ServiceUnavailable 503: .*set the tag waypost:parent-check of the hosted zone to off$/,
    );
    expect(await deactivate('one')).toMatch(/^ServiceUnavailable 503: /);
    await member.client.send(
      new route53.ChangeTagsForResourceCommand({
        ResourceType: 'hostedzone',
        ResourceId: HostedZoneId,
        AddTags: [{ Key: 'waypost:parent-check', Value: 'off' }],
      }),
    );
    expect([await deactivate('one'), await disable()]).toEqual(['accepted', 'accepted']);
  },
);

test('nobody is asked for a zone that is not signed', async () => {
  expect(await deactivate('one')).toBe('accepted');
  expect(await disable()).toBe('accepted');
  expect(upstream.asked.filter((each) => each.startsWith(name()))).toEqual([]);
});
