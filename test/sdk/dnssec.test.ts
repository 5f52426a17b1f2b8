import { createHash } from 'node:crypto';
import * as kms from '@aws-sdk/client-kms';
import * as route53 from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY, startTestMember, type TestMember } from './member.ts';
import { signingPolicy } from '../signing-policy.ts';
import { signedFetch } from './signed-fetch.ts';

let member: TestMember;
let keys: kms.KMSClient;
let references = 0;

const ACCOUNT = '123456789012';
const POLICY = signingPolicy(ACCOUNT);

beforeAll(async () => {
  member = await startTestMember();
  keys = new kms.KMSClient({ endpoint: member.url, region: 'us-east-1', credentials: KEY, maxAttempts: 1 });
});
afterAll(async () => {
  keys.destroy();
  await member.close();
  expect(member.failures).toEqual([]);
});

const reference = (): string => `dnssec-${(references += 1)}`;

async function kmsKey(more: Partial<kms.CreateKeyCommandInput> = {}): Promise<string> {
  const asked = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', Policy: POLICY, ...more } as const;
  const { KeyMetadata } = await keys.send(new kms.CreateKeyCommand(asked));
  return KeyMetadata?.Arn ?? '';
}

async function zone(name = `${reference()}.example`): Promise<string> {
  const { HostedZone } = await member.client.send(
    new route53.CreateHostedZoneCommand({ Name: name, CallerReference: reference() }),
  );
  return HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
}

async function keySigningKey(HostedZoneId: string, Name: string, Status = 'ACTIVE', arn?: string) {
  const KeyManagementServiceArn = arn ?? (await kmsKey());
  const input = { HostedZoneId, Name, Status, KeyManagementServiceArn, CallerReference: reference() };
  return member.client.send(new route53.CreateKeySigningKeyCommand(input));
}

async function status(HostedZoneId: string): Promise<string> {
  const { Status, KeySigningKeys = [] } = await member.client.send(new route53.GetDNSSECCommand({ HostedZoneId }));
  return [Status?.ServeSignature, ...KeySigningKeys.map(({ Name, Status: of }) => `${Name}=${of}`)].join(' ');
}

/** `Name status: message` */
async function refusal(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'accepted';
  } catch (error) {
    const { name, message, $metadata } = error as route53.Route53ServiceException;
    return `${name} ${$metadata.httpStatusCode}: ${message}`;
  }
}

test('a zone is signed, and is not any more, and every change can be waited for', async () => {
  const HostedZoneId = await zone('Signed.example');
  const arn = await kmsKey();
  expect(await status(HostedZoneId)).toBe('NOT_SIGNING');
  const { KeySigningKey: key = {}, ChangeInfo, Location } = await keySigningKey(HostedZoneId, 'my_ksk', 'ACTIVE', arn);
  expect(Location).toBe(`https://route53.amazonaws.com/2013-04-01/keysigningkey/${HostedZoneId}/my_ksk`);
  expect(ChangeInfo).toMatchObject({ Id: expect.stringMatching(/^\/change\/C/) as string, Status: 'PENDING' });

  const { PublicKey: info = new Uint8Array() } = await keys.send(new kms.GetPublicKeyCommand({ KeyId: arn }));
  const publicKey = Buffer.from(info.slice(-64));
  const rdata = Buffer.concat([Buffer.from([1, 1, 3, 13]), publicKey]);
  const owner = Buffer.from('\x06signed\x07example\0');
  const digest = createHash('sha256').update(owner).update(rdata).digest('hex').toUpperCase();
  const tag = [...rdata].reduce((sum, octet, at) => sum + (at % 2 === 0 ? octet * 256 : octet), 0);
  const KeyTag = (tag + Math.floor(tag / 65_536)) % 65_536;
  const expected = {
    Name: 'my_ksk',
    KmsArn: arn,
    Flag: 257,
    SigningAlgorithmMnemonic: 'ECDSAP256SHA256',
    SigningAlgorithmType: 13,
    DigestAlgorithmMnemonic: 'SHA-256',
    DigestAlgorithmType: 2,
    KeyTag,
    DigestValue: digest,
    PublicKey: publicKey.toString('base64'),
    DSRecord: `${KeyTag} 13 2 ${digest}`,
    DNSKEYRecord: `257 3 13 ${publicKey.toString('base64')}`,
    Status: 'ACTIVE',
  };
  expect(key).toEqual({ ...expected, CreatedDate: expect.any(Date) as Date, LastModifiedDate: key.CreatedDate });

  const named = { HostedZoneId, Name: 'my_ksk' };
  const walk: [string, () => Promise<{ ChangeInfo: route53.ChangeInfo | undefined }>][] = [
    ['SIGNING my_ksk=ACTIVE', () => member.client.send(new route53.EnableHostedZoneDNSSECCommand({ HostedZoneId }))],
    [
      'NOT_SIGNING my_ksk=ACTIVE',
      () => member.client.send(new route53.DisableHostedZoneDNSSECCommand({ HostedZoneId })),
    ],
    ['NOT_SIGNING my_ksk=INACTIVE', () => member.client.send(new route53.DeactivateKeySigningKeyCommand(named))],
    ['NOT_SIGNING my_ksk=ACTIVE', () => member.client.send(new route53.ActivateKeySigningKeyCommand(named))],
    ['NOT_SIGNING my_ksk=INACTIVE', () => member.client.send(new route53.DeactivateKeySigningKeyCommand(named))],
    ['NOT_SIGNING', () => member.client.send(new route53.DeleteKeySigningKeyCommand(named))],
  ];
  for (const [after, operation] of walk) {
    const { ChangeInfo: change } = await operation();
    expect(await status(HostedZoneId)).toBe(after);
    const got = await member.client.send(new route53.GetChangeCommand({ Id: change?.Id }));
    expect(got.ChangeInfo).toMatchObject({ Id: change?.Id, Status: 'INSYNC' });
  }
  await member.client.send(new route53.DeleteHostedZoneCommand({ Id: HostedZoneId }));
});

test('two keys change over while the zone is signed', async () => {
  const HostedZoneId = await zone();
  await keySigningKey(HostedZoneId, 'one');
  await member.client.send(new route53.EnableHostedZoneDNSSECCommand({ HostedZoneId }));
  await keySigningKey(HostedZoneId, 'two', 'INACTIVE');
  await member.client.send(new route53.ActivateKeySigningKeyCommand({ HostedZoneId, Name: 'two' }));
  await member.client.send(new route53.DeactivateKeySigningKeyCommand({ HostedZoneId, Name: 'one' }));
  await member.client.send(new route53.DeleteKeySigningKeyCommand({ HostedZoneId, Name: 'one' }));
  expect(await status(HostedZoneId)).toBe('SIGNING two=ACTIVE');
});

test('a zone is signed with Ed25519 when its KMS key is of that kind', async () => {
  const HostedZoneId = await zone();
  const arn = await kmsKey({ KeySpec: 'ECC_NIST_EDWARDS25519' });
  const { KeySigningKey } = await keySigningKey(HostedZoneId, 'edwards', 'ACTIVE', arn);
  expect(KeySigningKey).toMatchObject({ SigningAlgorithmMnemonic: 'ED25519', SigningAlgorithmType: 15 });
  await member.client.send(new route53.EnableHostedZoneDNSSECCommand({ HostedZoneId }));
  expect(await status(HostedZoneId)).toBe('SIGNING edwards=ACTIVE');
});

describe('refused, by the codes that clients know', () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a zone that is not there',
      () => keySigningKey('Z0', 'one'),
      /^NoSuchHostedZone 404: No hosted zone found with ID: Z0$/,
    ],
    ['its status', () => status('Z0'), /^NoSuchHostedZone 404/],
    [
      'a key that is not there',
      async () =>
        member.client.send(new route53.DeleteKeySigningKeyCommand({ HostedZoneId: await zone(), Name: 'one' })),
      /^NoSuchKeySigningKey 404/,
    ],
    [
      'a name twice',
      async () => {
        const id = await zone();
        await keySigningKey(id, 'one');
        await keySigningKey(id, 'one');
      },
      /^KeySigningKeyAlreadyExists 409/,
    ],
    [
      'a KMS key twice',
      async () => {
        const [id, arn] = [await zone(), await kmsKey()];
        await keySigningKey(id, 'one', 'ACTIVE', arn);
        await keySigningKey(id, 'two', 'ACTIVE', arn);
      },
      /^KeySigningKeyAlreadyExists 409/,
    ],
    [
      'no KMS key',
      async () =>
        keySigningKey(
          await zone(),
          'one',
          'ACTIVE',
          'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-4333-8444-555555555555',
        ),
      /^InvalidKMSArn 400: .*does not exist$/,
    ],
    [
      'a KMS key whose policy does not allow it',
      async () =>
        keySigningKey(
          await zone(),
          'one',
          'ACTIVE',
          await kmsKey({ Policy: signingPolicy(ACCOUNT, 's3.amazonaws.com') }),
        ),
      /^InvalidKMSArn 400: .*dnssec-route53\.amazonaws\.com/,
    ],
    [
      'a KMS key that is disabled',
      async () => {
        const KeyId = await kmsKey();
        await keys.send(new kms.DisableKeyCommand({ KeyId }));
        return keySigningKey(await zone(), 'one', 'ACTIVE', KeyId);
      },
      /^InvalidKMSArn 400: .*is disabled/,
    ],
    [
      'signing with a KMS key that was disabled since',
      async () => {
        const [HostedZoneId, KeyId] = [await zone(), await kmsKey()];
        await keySigningKey(HostedZoneId, 'one', 'ACTIVE', KeyId);
        await keys.send(new kms.DisableKeyCommand({ KeyId }));
        await member.client.send(new route53.EnableHostedZoneDNSSECCommand({ HostedZoneId }));
      },
      /^InvalidKMSArn 400: The KMS key of key-signing key one cannot be used: .*is disabled/,
    ],
    [
      'signing without a key',
      async () => member.client.send(new route53.EnableHostedZoneDNSSECCommand({ HostedZoneId: await zone() })),
      /^KeySigningKeyWithActiveStatusNotFound 400/,
    ],
    [
      'not signing what never was',
      async () => member.client.send(new route53.DisableHostedZoneDNSSECCommand({ HostedZoneId: await zone() })),
      /^DNSSECNotFound 400/,
    ],
  ])('%s', async (_, attempt, expected) => {
    expect(await refusal(attempt())).toMatch(expected);
  });

  test('a request without its members', async () => {
    const response = await signedFetch(`${member.url}/2013-04-01/keysigningkey`, {
      service: 'route53',
      headers: { 'content-type': 'text/xml' },
      body: '<CreateKeySigningKeyRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"/>',
    });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('element CallerReference')]);
  });
});

test('requests that change the same keys at once are all answered, and leave a zone that is signed as its keys say', async () => {
  const HostedZoneId = await zone();
  await keySigningKey(HostedZoneId, 'one');
  await keySigningKey(HostedZoneId, 'two', 'INACTIVE');
  const named = { HostedZoneId, Name: 'two' };
  const outcomes = await Promise.all([
    refusal(member.client.send(new route53.EnableHostedZoneDNSSECCommand({ HostedZoneId }))),
    refusal(member.client.send(new route53.ActivateKeySigningKeyCommand(named))),
    refusal(member.client.send(new route53.EnableHostedZoneDNSSECCommand({ HostedZoneId }))),
    refusal(member.client.send(new route53.ActivateKeySigningKeyCommand(named))),
  ]);
  expect(outcomes).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
  expect(await status(HostedZoneId)).toBe('SIGNING one=ACTIVE two=ACTIVE');
});
