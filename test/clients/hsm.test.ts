import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lacks, run, startMember, type Member } from './member.ts';

/** A zone whose key-signing key is in a PKCS #11 token, which is software here and hardware elsewhere. */
const AWS = '/usr/bin/aws';
const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const skip = lacks(AWS) || lacks(MODULE);

let directory = '';
let member: Member | undefined;
let publicKey = '';

function softhsm(...parameters: string[]): void {
  const environment = { ...process.env, SOFTHSM2_CONF: join(directory, 'softhsm2.conf') };
  const { status, stderr } = spawnSync('softhsm2-util', parameters, { env: environment, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
}

beforeAll(async () => {
  if (skip) return;
  directory = mkdtempSync(join(tmpdir(), 'waypost-hsm-'));
  mkdirSync(join(directory, 'tokens'));
  writeFileSync(
    join(directory, 'softhsm2.conf'),
    `directories.tokendir = ${join(directory, 'tokens')}\nlog.level = ERROR\n`,
  );
  writeFileSync(join(directory, 'pin'), '4711\n', { mode: 0o600 });
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(directory, 'key.pem'), pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-64).toString('base64');
  softhsm('--init-token', '--free', '--label', 'zones', '--so-pin', '0000', '--pin', '4711');
  softhsm(
    '--import',
    join(directory, 'key.pem'),
    '--token',
    'zones',
    '--label',
    'ksk-1',
    '--id',
    '01',
    '--pin',
    '4711',
  );
  member = await startMember(undefined, {
    settings: {
      SOFTHSM2_CONF: join(directory, 'softhsm2.conf'),
      WAYPOST_PKCS11_MODULE: MODULE,
      WAYPOST_PKCS11_TOKEN: 'zones',
      WAYPOST_PKCS11_PIN_FILE: join(directory, 'pin'),
    },
  });
});
afterAll(async () => {
  await member?.stop();
  if (directory !== '') rmSync(directory, { recursive: true });
});

test.skipIf(skip)('a zone is signed with a key that never leaves its token', () => {
  const { url, environment } = member as Member;
  const route53 = (...parameters: string[]) =>
    run(AWS, ['--endpoint-url', url, '--output', 'text', 'route53', ...parameters], environment).trim();
  const made = ['--name', 'hsm.example', '--caller-reference', '1'];
  const zone = route53('create-hosted-zone', ...made, '--query', 'HostedZone.Id');
  const key = ['--hosted-zone-id', zone, '--name', 'ksk_1', '--caller-reference', '1', '--status', 'ACTIVE'];
  route53('create-key-signing-key', ...key, '--key-management-service-arn', 'arn:aws:pkcs11:::key/ksk-1');
  route53('enable-hosted-zone-dnssec', '--hosted-zone-id', zone);
  const query = "join(' ', [Status.ServeSignature, KeySigningKeys[0].Status, KeySigningKeys[0].PublicKey])";
  expect(route53('get-dnssec', '--hosted-zone-id', zone, '--query', query)).toBe(`SIGNING ACTIVE ${publicKey}`);
});
