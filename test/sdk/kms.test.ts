import { createHash, createPublicKey, verify } from 'node:crypto';
import * as kms from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEY, startTestMember, type TestMember } from './member.ts';
import { signedFetch } from './signed-fetch.ts';

let member: TestMember;
let client: kms.KMSClient;
let arn: string;
let keyId: string;
const ACCOUNT = '123456789012';

const clientOf = (region: string, credentials = KEY) =>
  new kms.KMSClient({ endpoint: member.url, region, credentials, maxAttempts: 1 });
const createKey = async (more: Partial<kms.CreateKeyCommandInput> = {}) => {
  const asked = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', ...more } as const;
  const { KeyMetadata } = await client.send(new kms.CreateKeyCommand(asked));
  if (KeyMetadata?.Arn === undefined) throw new Error('no key');
  return KeyMetadata as kms.KeyMetadata & { Arn: string };
};

beforeAll(async () => {
  member = await startTestMember();
  client = clientOf('us-east-1');
  const made = await createKey({ Description: 'of all tests', Tags: [{ TagKey: 'team', TagValue: 'dns' }] });
  arn = made.Arn;
  keyId = made.KeyId as string;
});
afterAll(async () => {
  client.destroy();
  await member.close();
  expect(member.failures).toEqual([]);
});

/** A request as its JSON goes over the wire, and the response as it comes. */
async function json(operation: string, input: unknown, service = 'kms'): Promise<[number, unknown]> {
  const response = await signedFetch(`${member.url}/`, {
    service,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` },
    body: typeof input === 'string' ? input : JSON.stringify(input),
  });
  expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
  const text = await response.text();
  return [response.status, text === '' ? '' : (JSON.parse(text) as unknown)];
}

const refused = (type: string, message: string): [number, unknown] => [400, { __type: type, message }];
const wrong = (value: string, member_: string, must: string): [number, unknown] =>
  refused(
    'ValidationException',
    `1 validation error detected: Value${value === '' ? '' : ` ${value}`} at '${member_}' failed to satisfy constraint: Member must ${must}`,
  );
const NOBODY = '11111111-2222-4333-8444-555555555555';
const SPECS = Object.values(kms.KeySpec).join(', ');

test('a key is described with what KMS says of one', async () => {
  expect(await json('DescribeKey', { KeyId: keyId })).toEqual([
    200,
    {
      KeyMetadata: {
        AWSAccountId: ACCOUNT,
        KeyId: keyId,
        Arn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/${keyId}`,
        CreationDate: expect.closeTo(Date.now() / 1000, -2) as number,
        Enabled: true,
        Description: 'of all tests',
        KeyUsage: 'SIGN_VERIFY',
        KeyState: 'Enabled',
        Origin: 'AWS_KMS',
        KeyManager: 'CUSTOMER',
        CustomerMasterKeySpec: 'ECC_NIST_P256',
        KeySpec: 'ECC_NIST_P256',
        SigningAlgorithms: ['ECDSA_SHA_256'],
        MultiRegion: false,
      },
    },
  ]);
});

test.each<[string, kms.KeySpec, kms.SigningAlgorithmSpec]>([
  ['ECDSA', 'ECC_NIST_P256', 'ECDSA_SHA_256'],
  ['Ed25519', 'ECC_NIST_EDWARDS25519', 'ED25519_SHA_512'],
])('%s: what is signed is verified, here and by whoever has the public key', async (_, KeySpec, SigningAlgorithm) => {
  const { KeyId } = await createKey({ KeySpec });
  const Message = Buffer.from('an RRset');
  const asked = { KeyId, Message, SigningAlgorithm };
  const { Signature = new Uint8Array() } = await client.send(new kms.SignCommand(asked));
  const { PublicKey, SigningAlgorithms } = await client.send(new kms.GetPublicKeyCommand({ KeyId }));
  expect(SigningAlgorithms).toEqual([SigningAlgorithm]);
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  expect(verify(KeySpec === 'ECC_NIST_P256' ? 'sha256' : null, Message, key, Signature)).toBe(true);
  expect(await client.send(new kms.VerifyCommand({ ...asked, Signature }))).toMatchObject({ SignatureValid: true });
  for (const other of [
    { ...asked, Message: Buffer.from('another'), Signature },
    { ...asked, Signature: Signature.map((octet, at) => (at === 9 ? octet ^ 1 : octet)) },
    { ...asked, Signature: Buffer.from('no signature') },
  ]) {
    await expect(client.send(new kms.VerifyCommand(other))).rejects.toMatchObject({
      name: 'KMSInvalidSignatureException',
    });
  }
});

test('a digest is signed and verified as its message is, here and by whoever has the public key', async () => {
  const Message = Buffer.from('an RRset');
  const digest = createHash('sha256').update(Message).digest();
  const asked = { KeyId: keyId, SigningAlgorithm: 'ECDSA_SHA_256' } as const;
  const ofDigest = { ...asked, Message: digest, MessageType: 'DIGEST' } as const;
  const { PublicKey } = await client.send(new kms.GetPublicKeyCommand({ KeyId: keyId }));
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  for (const input of [ofDigest, { ...asked, Message }]) {
    const { Signature = new Uint8Array(), ...rest } = await client.send(new kms.SignCommand(input));
    expect(rest).toMatchObject({ KeyId: arn, SigningAlgorithm: 'ECDSA_SHA_256' });
    expect(verify('sha256', Message, key, Signature)).toBe(true);
    for (const same of [ofDigest, { ...asked, Message }]) {
      const valid = { KeyId: arn, SigningAlgorithm: 'ECDSA_SHA_256', SignatureValid: true };
      expect(await client.send(new kms.VerifyCommand({ ...same, Signature }))).toMatchObject(valid);
    }
    for (const other of [
      // Of the digest as a message, and of the message as a digest of something else.
      { ...asked, Message: digest, Signature },
      { ...ofDigest, Message: createHash('sha256').update('another').digest(), Signature },
      { ...ofDigest, Signature: Signature.map((octet, at) => (at === 9 ? octet ^ 1 : octet)) },
      { ...ofDigest, Signature: Buffer.alloc(6144, 0x30) },
    ]) {
      await expect(client.send(new kms.VerifyCommand(other))).rejects.toMatchObject({
        name: 'KMSInvalidSignatureException',
      });
    }
  }
});

test.each(['Sign', 'Verify'])('%s: a digest is refused for an Ed25519 key', async (operation) => {
  const { KeyId } = await createKey({ KeySpec: 'ECC_NIST_EDWARDS25519' });
  const Message = Buffer.alloc(64).toString('base64');
  const asked = { KeyId, Message, MessageType: 'DIGEST', ...(operation === 'Verify' ? { Signature: 'AAAA' } : {}) };
  expect(await json(operation, { ...asked, SigningAlgorithm: 'ED25519_SHA_512' })).toEqual(
    refused('ValidationException', 'MessageType DIGEST is incompatible with algorithm ED25519_SHA_512.'),
  );
  expect(await json(operation, { ...asked, SigningAlgorithm: 'ED25519_PH_SHA_512' })).toEqual(
    refused(
      'UnsupportedOperationException',
      'SigningAlgorithm ED25519_PH_SHA_512 is not supported by this version of Waypost.',
    ),
  );
});

describe('what is not a request is refused in KMS’s words', () => {
  test.each<[string, string, () => unknown, () => [number, unknown]]>([
    ['no JSON', 'ListKeys', () => '{', () => refused('SerializationException', 'The request body is not JSON.')],
    ['a list', 'ListKeys', () => [], () => refused('SerializationException', 'The input must be a structure.')],
    [
      'a text for a number',
      'ListKeys',
      () => ({ Limit: '3' }),
      () => refused('SerializationException', 'Limit must be a number.'),
    ],
    [
      'octets that are no base64',
      'Sign',
      () => ({ Message: 'é' }),
      () => refused('SerializationException', 'Message must be octets.'),
    ],
    [
      'a member that nobody knows',
      'ListKeys',
      () => ({ Limits: 3 }),
      () => refused('ValidationException', 'The parameter Limits is not known.'),
    ],
    ['no key', 'DescribeKey', () => ({}), () => wrong('null', 'keyId', 'not be null')],
    [
      'an empty key',
      'DescribeKey',
      () => ({ KeyId: '' }),
      () => wrong("''", 'keyId', 'have length greater than or equal to 1'),
    ],
    [
      'too many',
      'ListKeys',
      () => ({ Limit: 1001 }),
      () => wrong("'1001'", 'limit', 'have value less than or equal to 1000'),
    ],
    ['none', 'ListAliases', () => ({ Limit: 0 }), () => wrong("'0'", 'limit', 'have value greater than or equal to 1')],
    [
      'a marker that was not given out',
      'ListKeys',
      () => ({ Marker: 'x' }),
      () => refused('InvalidMarkerException', 'The NextToken is not one that was returned by the previous page.'),
    ],
    [
      'no operation',
      'Nonsense',
      () => ({}),
      () => refused('UnknownOperationException', 'There is no operation Nonsense.'),
    ],
    [
      'an operation that is not served',
      'Encrypt',
      () => ({}),
      () => refused('UnsupportedOperationException', 'Encrypt is not supported by this version of Waypost.'),
    ],
    [
      'a key that is not there',
      'GetPublicKey',
      () => ({ KeyId: NOBODY }),
      () => refused('NotFoundException', `Key 'arn:aws:kms:us-east-1:${ACCOUNT}:key/${NOBODY}' does not exist`),
    ],
    [
      'a key of another region',
      'DescribeKey',
      () => ({ KeyId: arn.replace('us-east-1', 'eu-west-1') }),
      () => refused('NotFoundException', 'Invalid arn eu-west-1'),
    ],
    [
      'an ARN of something else',
      'DescribeKey',
      () => ({ KeyId: 'arn:aws:s3:::x' }),
      () => refused('InvalidArnException', 'Invalid arn arn:aws:s3:::x'),
    ],
    [
      'an alias for a state',
      'EnableKey',
      () => ({ KeyId: 'alias/x' }),
      () => refused('NotFoundException', "Invalid keyId 'alias/x'"),
    ],
    [
      'no message',
      'Sign',
      () => ({ KeyId: keyId, SigningAlgorithm: 'ECDSA_SHA_256' }),
      () => wrong('null', 'message', 'not be null'),
    ],
    [
      'a long message, which is not shown',
      'Sign',
      () => ({ KeyId: keyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: Buffer.alloc(4097).toString('base64') }),
      () => wrong('', 'message', 'have length less than or equal to 4096'),
    ],
    [
      'an algorithm of another kind of key',
      'Sign',
      () => ({ KeyId: keyId, SigningAlgorithm: 'ED25519_SHA_512', Message: 'AAAA' }),
      () =>
        refused('InvalidKeyUsageException', 'Algorithm ED25519_SHA_512 is incompatible with key spec ECC_NIST_P256.'),
    ],
    ...[1, 31, 33, 64, 4096].flatMap((length): [string, string, () => unknown, () => [number, unknown]][] =>
      [{}, { Signature: 'AAAA' }].map((more) => [
        `a digest of ${length} octets`,
        'Signature' in more ? 'Verify' : 'Sign',
        () => ({
          KeyId: keyId,
          SigningAlgorithm: 'ECDSA_SHA_256',
          Message: Buffer.alloc(length).toString('base64'),
          MessageType: 'DIGEST',
          ...more,
        }),
        () => refused('ValidationException', 'Digest is invalid length for algorithm ECDSA_SHA_256.'),
      ]),
    ),
    [
      'a digest of no kind',
      'Sign',
      () => ({ KeyId: keyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: 'AAAA', MessageType: 'HASH' }),
      () => wrong("'HASH'", 'messageType', 'satisfy enum value set: [DIGEST, EXTERNAL_MU, RAW]'),
    ],
    [
      'what other keys sign',
      'Sign',
      () => ({ KeyId: keyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: 'AAAA', MessageType: 'EXTERNAL_MU' }),
      () => refused('ValidationException', 'MessageType EXTERNAL_MU is incompatible with algorithm ECDSA_SHA_256.'),
    ],
    [
      'a dry run of a digest',
      'Sign',
      () => ({
        KeyId: keyId,
        SigningAlgorithm: 'ECDSA_SHA_256',
        Message: Buffer.alloc(32).toString('base64'),
        MessageType: 'DIGEST',
        DryRun: true,
      }),
      () => refused('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.'),
    ],
    [
      'a dry run',
      'Sign',
      () => ({ KeyId: keyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: 'AAAA', DryRun: true }),
      () => refused('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.'),
    ],
    [
      'a symmetric key',
      'CreateKey',
      () => ({}),
      () =>
        refused(
          'UnsupportedOperationException',
          'Keys of KeySpec SYMMETRIC_DEFAULT are not supported by this version of Waypost.',
        ),
    ],
    [
      'a key of no usage',
      'CreateKey',
      () => ({ KeySpec: 'ECC_NIST_P256' }),
      () =>
        refused(
          'ValidationException',
          'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
        ),
    ],
    [
      'a key of another usage',
      'CreateKey',
      () => ({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'ENCRYPT_DECRYPT' }),
      () => refused('ValidationException', 'KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec ECC_NIST_P256'),
    ],
    [
      'a key of no spec',
      'CreateKey',
      () => ({ KeySpec: 'P256', KeyUsage: 'SIGN_VERIFY' }),
      () => wrong("'P256'", 'keySpec', `satisfy enum value set: [${SPECS}]`),
    ],
    [
      'a key of many regions',
      'CreateKey',
      () => ({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', MultiRegion: true }),
      () => refused('UnsupportedOperationException', 'Multi-Region keys are not supported by this version of Waypost.'),
    ],
    [
      'a policy for nobody',
      'PutKeyPolicy',
      () => ({ KeyId: keyId, Policy: '{"Statement":[]}' }),
      () =>
        refused(
          'MalformedPolicyDocumentException',
          'The new key policy will not allow you to update the key policy in the future.',
        ),
    ],
    [
      'another policy',
      'GetKeyPolicy',
      () => ({ KeyId: keyId, PolicyName: 'other' }),
      () => refused('NotFoundException', 'No such policy exists'),
    ],
    [
      'a tag of no value',
      'TagResource',
      () => ({ KeyId: keyId, Tags: [{ TagKey: 'a' }] }),
      () => wrong('null', 'tags.1.member.tagValue', 'not be null'),
    ],
    [
      'six days',
      'ScheduleKeyDeletion',
      () => ({ KeyId: keyId, PendingWindowInDays: 6 }),
      () => refused('ValidationException', 'PendingWindowInDays must be between 7 and 30 inclusive'),
    ],
  ])('%s: %s', async (_, operation, input, expected) => {
    expect(await json(operation, input())).toEqual(expected());
  });

  test('a signature for another service', async () => {
    expect(await json('ListKeys', {}, 'monitoring')).toEqual([
      403,
      { __type: 'InvalidSignatureException', message: "Credential should be scoped to correct service: 'kms'." },
    ]);
  });

  test('a wrong key', async () => {
    const stranger = clientOf('us-east-1', { ...KEY, accessKeyId: 'AKIDOTHER' });
    await expect(stranger.send(new kms.ListKeysCommand({}))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    stranger.destroy();
  });
});

test('what is said of a key is changed, and read as Terraform reads it', async () => {
  const { KeyId } = await createKey({ Tags: [{ TagKey: 'a', TagValue: '1' }] });
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
    ],
  };
  const Policy = JSON.stringify(policy);
  expect(await json('UpdateKeyDescription', { KeyId, Description: 'ksk' })).toEqual([200, '']);
  expect(await json('PutKeyPolicy', { KeyId, Policy, PolicyName: 'default' })).toEqual([200, '']);
  expect(await json('TagResource', { KeyId, Tags: [{ TagKey: 'b', TagValue: '' }] })).toEqual([200, '']);
  expect(await json('UntagResource', { KeyId, TagKeys: ['a'] })).toEqual([200, '']);
  expect(await json('DescribeKey', { KeyId })).toMatchObject([200, { KeyMetadata: { Description: 'ksk' } }]);
  expect(await json('GetKeyPolicy', { KeyId })).toEqual([200, { Policy, PolicyName: 'default' }]);
  expect(await json('ListKeyPolicies', { KeyId })).toEqual([200, { PolicyNames: ['default'], Truncated: false }]);
  expect(await json('ListResourceTags', { KeyId })).toEqual([
    200,
    { Tags: [{ TagKey: 'b', TagValue: '' }], Truncated: false },
  ]);
  expect(await json('GetKeyRotationStatus', { KeyId })).toEqual([
    200,
    { KeyId: `arn:aws:kms:us-east-1:${ACCOUNT}:key/${KeyId}`, KeyRotationEnabled: false },
  ]);
});

test('a key is disabled, enabled, about to be deleted, and rescued', async () => {
  const { KeyId, Arn } = await createKey();
  const sign = () => json('Sign', { KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: 'AAAA' });
  const state = async () => (await client.send(new kms.DescribeKeyCommand({ KeyId }))).KeyMetadata;
  expect(await json('DisableKey', { KeyId })).toEqual([200, '']);
  expect(await sign()).toEqual(refused('DisabledException', `${Arn} is disabled.`));
  expect(await json('GetPublicKey', { KeyId })).toMatchObject([200, { KeyId: Arn }]);
  expect(await json('EnableKey', { KeyId })).toEqual([200, '']);
  expect(await sign()).toMatchObject([200, { KeyId: Arn, SigningAlgorithm: 'ECDSA_SHA_256' }]);
  expect(await json('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })).toEqual([
    200,
    {
      KeyId: Arn,
      DeletionDate: expect.closeTo(Date.now() / 1000 + 7 * 86_400, -2) as number,
      KeyState: 'PendingDeletion',
      PendingWindowInDays: 7,
    },
  ]);
  expect(await state()).toMatchObject({
    KeyState: 'PendingDeletion',
    Enabled: false,
    DeletionDate: expect.any(Date) as Date,
  });
  for (const pending of [await sign(), await json('GetPublicKey', { KeyId }), await json('EnableKey', { KeyId })]) {
    expect(pending).toEqual(refused('KMSInvalidStateException', `${Arn} is pending deletion.`));
  }
  expect(await json('CancelKeyDeletion', { KeyId })).toEqual([200, { KeyId: Arn }]);
  expect(await state()).toMatchObject({ KeyState: 'Disabled' });
});

test('aliases are made, moved, listed and deleted', async () => {
  const [first, second] = [await createKey(), await createKey()];
  const AliasName = 'alias/zone/example';
  expect(await json('CreateAlias', { AliasName, TargetKeyId: first.KeyId })).toEqual([200, '']);
  expect(await json('CreateAlias', { AliasName, TargetKeyId: second.KeyId })).toEqual(
    refused(
      'AlreadyExistsException',
      `An alias with the name arn:aws:kms:us-east-1:${ACCOUNT}:${AliasName} already exists`,
    ),
  );
  expect(await json('UpdateAlias', { AliasName, TargetKeyId: second.Arn })).toEqual([200, '']);
  expect(await json('DescribeKey', { KeyId: AliasName })).toMatchObject([
    200,
    { KeyMetadata: { KeyId: second.KeyId } },
  ]);
  const entry = {
    AliasName,
    AliasArn: `arn:aws:kms:us-east-1:${ACCOUNT}:${AliasName}`,
    TargetKeyId: second.KeyId,
    CreationDate: expect.any(Number) as number,
    LastUpdatedDate: expect.any(Number) as number,
  };
  expect(await json('ListAliases', {})).toEqual([200, { Aliases: [entry], Truncated: false }]);
  expect(await json('ListAliases', { KeyId: second.Arn })).toEqual([200, { Aliases: [entry], Truncated: false }]);
  expect(await json('ListAliases', { KeyId: first.KeyId })).toEqual([200, { Aliases: [], Truncated: false }]);
  expect(await json('DeleteAlias', { AliasName })).toEqual([200, '']);
  expect(await json('DeleteAlias', { AliasName })).toEqual(
    refused('NotFoundException', `Alias arn:aws:kms:us-east-1:${ACCOUNT}:${AliasName} is not found.`),
  );
});

test('keys are listed page by page, and are of the region that the request was signed for', async () => {
  await createKey();
  const all: string[] = [];
  for await (const page of kms.paginateListKeys({ client, pageSize: 2 }, {})) {
    expect(page.Keys?.length).toBeLessThanOrEqual(2);
    all.push(...(page.Keys ?? []).map(({ KeyId = '' }) => KeyId));
  }
  expect(all).toEqual([...new Set(all)].toSorted((a, b) => (a < b ? -1 : 1)));
  expect(all).toContain(keyId);
  const elsewhere = clientOf('eu-west-1');
  expect(await elsewhere.send(new kms.ListKeysCommand({}))).toMatchObject({ Keys: [], Truncated: false });
  elsewhere.destroy();
});
