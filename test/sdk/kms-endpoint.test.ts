import { createPublicKey, verify } from 'node:crypto';
import * as kms from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MemoryDraft } from '../../src/core/control/memory-draft.ts';
import { Custody } from '../../src/keys/custody.ts';
import { EmbeddedKeyService } from '../../src/keys/embedded-key-service.ts';
import { isKeyFailure, type KeyService } from '../../src/keys/key-service.ts';
import { KeyServices } from '../../src/keys/key-services.ts';
import { KmsEndpointKeyService } from '../../src/keys/kms-endpoint-key-service.ts';
import { publicKeyInfo } from '../../src/keys/private-key.ts';
import { KEY, startTestMember, type TestMember } from './member.ts';

/** A KMS somewhere else is here another member's. */
let member: TestMember;
let client: kms.KMSClient;
let service: KeyService;
const opened: KmsEndpointKeyService[] = [];

function open(endpoint: string, credentials = KEY): KeyServices {
  const custody = new Custody({ masterSecret: new Uint8Array(32), adopt: () => Promise.resolve() });
  const embedded = new EmbeddedKeyService({ view: () => new MemoryDraft(), accountId: '000000000000', custody });
  const elsewhere = new KmsEndpointKeyService({ endpoint, credentials });
  opened.push(elsewhere);
  return new KeyServices({ embedded, endpoint: elsewhere, pkcs11: undefined });
}

const createKey = async (KeySpec: kms.KeySpec): Promise<string> => {
  const { KeyMetadata } = await client.send(new kms.CreateKeyCommand({ KeySpec, KeyUsage: 'SIGN_VERIFY' }));
  return KeyMetadata?.Arn as string;
};

beforeAll(async () => {
  member = await startTestMember();
  client = new kms.KMSClient({ endpoint: member.url, region: 'us-east-1', credentials: KEY, maxAttempts: 1 });
  service = open(member.url);
});
afterAll(async () => {
  client.destroy();
  for (const each of opened) await each.close();
  await member.close();
});

test.each([
  ['ECC_NIST_P256', 13],
  ['ECC_NIST_EDWARDS25519', 15],
] as const)('%s signs as an RRSIG holds it', async (spec, algorithm) => {
  const arn = await createKey(spec);
  const octets = Buffer.from('a DNSKEY RRset');
  expect(await service.describe(arn)).toEqual({
    arn,
    spec,
    usage: 'SIGN_VERIFY',
    algorithm,
    enabled: true,
    permitted: true,
  });
  const [key, signature] = [await service.publicKey(arn), await service.sign(arn, octets)];
  if (isKeyFailure(key) || isKeyFailure(signature)) throw new Error('no signature');
  expect(signature).toHaveLength(64);
  const info = Buffer.from(publicKeyInfo(key.algorithm, key.octets));
  const publicKey = createPublicKey({ key: info, format: 'der', type: 'spki' });
  const hash = algorithm === 13 ? 'sha256' : null;
  expect(verify(hash, octets, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
});

const failed = async (by: KeyService, key: string): Promise<string> => {
  const signature = await by.sign(key, Buffer.from('octets'));
  return isKeyFailure(signature) ? `${signature.failed}: ${signature.message}` : 'signed';
};

test('a key that is not there, or disabled, or not ours to use, says so', async () => {
  const arn = await createKey('ECC_NIST_P256');
  const absent = arn.replace(/[^/]*$/, '11111111-2222-4333-8444-555555555555');
  expect(await failed(service, absent)).toBe(`not-found: KMS: NotFoundException: Key '${absent}' does not exist`);
  expect(await failed(open(member.url, { ...KEY, accessKeyId: 'AKIDOTHER' }), arn)).toMatch(
    /^denied: KMS: UnrecognizedClientException: /,
  );
  await client.send(new kms.DisableKeyCommand({ KeyId: arn }));
  expect(await failed(service, arn)).toBe(`disabled: KMS: DisabledException: ${arn} is disabled.`);
});

test('a key of another region is asked for there', async () => {
  const elsewhere = new kms.KMSClient({ endpoint: member.url, region: 'eu-west-1', credentials: KEY });
  const asked = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' } as const;
  const { KeyMetadata } = await elsewhere.send(new kms.CreateKeyCommand(asked));
  elsewhere.destroy();
  expect(await failed(service, KeyMetadata?.Arn as string)).toBe('signed');
});

test('a KMS that cannot be reached may be there again later', async () => {
  expect(await failed(open('http://127.0.0.1:1'), 'alias/ksk')).toMatch(/^unavailable: KMS: /);
});

test('a key of a token needs a module', async () => {
  expect(await failed(service, 'arn:aws:pkcs11:::key/ksk')).toBe(
    'not-found: arn:aws:pkcs11:::key/ksk: WAYPOST_PKCS11_MODULE names no module.',
  );
});
