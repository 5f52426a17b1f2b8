import { createPublicKey, verify } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { createKmsAlias } from '../core/control/kms/aliases.ts';
import { createKmsKey } from '../core/control/kms/create-kms-key.ts';
import { putKmsKeyPolicy } from '../core/control/kms/key-members.ts';
import {
  cancelKmsKeyDeletion,
  disableKmsKey,
  enableKmsKey,
  scheduleKmsKeyDeletion,
} from '../core/control/kms/key-states.ts';
import { House } from '../core/control/house-in-memory.ts';
import type { ChangeBase, WriteOperation } from '../core/control/operation.ts';
import type { KmsKeySpec } from '../core/control/tables.ts';
import { Custody } from './custody.ts';
import { EmbeddedKeyService } from './embedded-key-service.ts';
import { isKeyFailure } from './key-service.ts';
import { publicKeyInfo } from './private-key.ts';

const ACCOUNT = '000000000000';
const POLICY = JSON.stringify({
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
    {
      Effect: 'Allow',
      Principal: { Service: 'dnssec-route53.amazonaws.com' },
      Action: ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Sign'],
      Resource: '*',
      Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:route53:::hostedzone/Z1*' } },
    },
  ],
});

let house: House;
let service: EmbeddedKeyService;
let custody: Custody;
let id: string;
const region = 'us-east-1';
const arnOf = (keyId: string) => `arn:aws:kms:${region}:${ACCOUNT}:key/${keyId}`;
const run = <C, Ch extends ChangeBase>(operation: WriteOperation<C, Ch>, command: C): void => {
  const change = house.run(operation, command);
  if (typeof change === 'string') throw new Error(change);
};

async function createKey(spec: KmsKeySpec): Promise<string> {
  const key = await custody.newKmsKey(spec === 'ECC_NIST_P256' ? 13 : 15);
  run(createKmsKey, { ...key, region, spec, description: '', policy: POLICY, bypassPolicyCheck: false, tags: [] });
  return key.id;
}

beforeEach(async () => {
  house = new House();
  custody = new Custody({ masterSecret: new Uint8Array(32).fill(3), adopt: () => Promise.resolve() });
  service = new EmbeddedKeyService({ view: () => house.draft, accountId: ACCOUNT, custody });
  id = await createKey('ECC_NIST_P256');
});

const described = async (name: string, zoneId?: string) => {
  const found = await service.describe(name, zoneId);
  if (isKeyFailure(found)) return `${found.failed}: ${found.message}`;
  return [found.arn, found.enabled && 'enabled', found.permitted && 'permitted'].filter(Boolean).join(' ');
};
const signed = async (zoneId = 'Z1A') => {
  const signature = await service.sign(arnOf(id), Buffer.from('octets'), zoneId);
  return isKeyFailure(signature) ? `${signature.failed}: ${signature.message}` : signature.length;
};

test('a key is described by its id, its ARN and its alias', async () => {
  run(createKmsAlias, { region, alias: 'alias/ksk', keyId: id });
  for (const name of [id, arnOf(id), 'alias/ksk', `arn:aws:kms:${region}:${ACCOUNT}:alias/ksk`]) {
    expect(await described(name, 'Z1A')).toBe(`${arnOf(id)} enabled permitted`);
  }
  expect(await service.describe(id)).toMatchObject({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', algorithm: 13 });
});

test.each([
  ['nonsense', "not-found: Invalid keyId 'nonsense'"],
  ['alias/none', 'not-found: Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found.'],
  [
    arnOf('11111111-2222-3333-4444-555555555555'),
    `not-found: Key '${arnOf('11111111-2222-3333-4444-555555555555')}' does not exist`,
  ],
  [
    'arn:aws:kms:us-east-1:999999999999:key/x',
    "not-found: Key 'arn:aws:kms:us-east-1:999999999999:key/x' does not exist",
  ],
])('%s is no key', async (name, message) => {
  expect(await described(name)).toBe(message);
});

test.each<KmsKeySpec>(['ECC_NIST_P256', 'ECC_NIST_EDWARDS25519'])('%s signs as an RRSIG holds it', async (spec) => {
  const name = await createKey(spec);
  const octets = Buffer.from('a DNSKEY RRset');
  const [key, signature] = [await service.publicKey(name, 'Z1A'), await service.sign(name, octets, 'Z1A')];
  if (isKeyFailure(key) || isKeyFailure(signature)) throw new Error('no signature');
  const info = Buffer.from(publicKeyInfo(key.algorithm, key.octets));
  const publicKey = createPublicKey({ key: info, format: 'der', type: 'spki' });
  expect(signature).toHaveLength(64);
  const hash = spec === 'ECC_NIST_P256' ? 'sha256' : null;
  expect(verify(hash, octets, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
});

test('a key signs while it is enabled', async () => {
  const key = { region, keyId: id };
  expect(await signed()).toBe(64);
  run(disableKmsKey, key);
  expect(await signed()).toBe(`disabled: ${arnOf(id)} is disabled.`);
  expect(await described(id, 'Z1A')).toBe(`${arnOf(id)} permitted`);
  run(enableKmsKey, key);
  expect(await signed()).toBe(64);
  run(scheduleKmsKeyDeletion, { ...key, days: 7 });
  expect(await signed()).toBe(`disabled: ${arnOf(id)} is pending deletion.`);
  run(cancelKmsKeyDeletion, key);
  run(enableKmsKey, key);
  expect(await signed()).toBe(64);
});

test('a key signs for the zones that its policy names, and for as long as it does', async () => {
  const denied = `denied: The policy of ${arnOf(id)} does not let dnssec-route53.amazonaws.com sign.`;
  expect([await signed('Z1A'), await signed('Z2')]).toEqual([64, denied]);
  expect(await described(id, 'Z2')).toBe(`${arnOf(id)} enabled`);
  run(putKmsKeyPolicy, {
    region,
    keyId: id,
    policy: POLICY.replace('kms:Sign', 'kms:Verify'),
    bypassPolicyCheck: false,
  });
  expect(await signed('Z1A')).toBe(denied);
});

test('with another master secret a key is locked', async () => {
  const other = new Custody({ masterSecret: new Uint8Array(32).fill(4), adopt: () => Promise.resolve() });
  service = new EmbeddedKeyService({ view: () => house.draft, accountId: ACCOUNT, custody: other });
  expect(await signed()).toBe(`locked: The key ${id} is wrapped with another master key.`);
});
