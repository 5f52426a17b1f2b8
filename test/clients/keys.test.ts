import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { tables } from '../../src/core/control/tables.ts';
import { importPrivateKey } from '../../src/keys/private-key.ts';
import { Wrapping, wrappingKeyOf } from '../../src/keys/wrapping.ts';
import { zoneKeyId } from '../../src/keys/zone-keys.ts';
import { openStore } from '../../src/store/store.ts';
import { KEY, lacks, run } from './member.ts';
import { freePort } from '../free-port.ts';
import { signingPolicy } from '../signing-policy.ts';

/** Custody of keys as an operator meets it: a member with its own master key file, its logs, its data and its backups. */
const AWS = '/usr/bin/aws';
const skip = lacks(AWS);
const WAYPOST = fileURLToPath(new URL('../../bin/waypost', import.meta.url));

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-keys-'));
});
afterEach(() => rmSync(directory, { recursive: true }));
const at = (name: string) => join(directory, name);

interface Running {
  readonly url: string;
  readonly processId: number;
  /** All that it has said to anybody. */
  said(): string;
  stop(): Promise<void>;
}

async function start(settings: Record<string, string> = {}): Promise<Running> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(WAYPOST, ['start'], {
    env: {
      ...process.env,
      WAYPOST_DATA: at('data'),
      WAYPOST_HTTP: `127.0.0.1:${port}`,
      WAYPOST_DNS: `127.0.0.1:${await freePort()}`,
      WAYPOST_ACCESS_KEY_ID: KEY.accessKeyId,
      WAYPOST_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      WAYPOST_LOG_LEVEL: 'trace',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!said.includes('Waypost is ready')) {
    if (child.exitCode !== null) throw new Error(said);
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  }
  return {
    url,
    processId: child.pid as number,
    said: () => said,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

const environment = {
  ...process.env,
  AWS_ACCESS_KEY_ID: KEY.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_PAGER: '',
};
const aws = (member: Running, ...parameters: string[]) =>
  run(AWS, ['--endpoint-url', member.url, '--output', 'text', ...parameters], environment).trim();
const OF_ZONES = ['--key-spec', 'ECC_NIST_P256', '--key-usage', 'SIGN_VERIFY'];
const createKey = (member: Running) => aws(member, 'kms', 'create-key', ...OF_ZONES, '--query', 'KeyMetadata.KeyId');
/** A zone that signs with the key. */
function signedZone(member: Running, keyId: string): string {
  const policy = signingPolicy('000000000000');
  aws(member, 'kms', 'put-key-policy', '--key-id', keyId, '--policy-name', 'default', '--policy', policy);
  const made = ['--name', 'keys.example', '--caller-reference', '1', '--query', 'HostedZone.Id'];
  const zone = aws(member, 'route53', 'create-hosted-zone', ...made);
  const arn = `arn:aws:kms:us-east-1:000000000000:key/${keyId}`;
  const key = ['--name', 'ksk_1', '--caller-reference', '1', '--status', 'ACTIVE', '--key-management-service-arn', arn];
  aws(member, 'route53', 'create-key-signing-key', '--hosted-zone-id', zone, ...key);
  aws(member, 'route53', 'enable-hosted-zone-dnssec', '--hosted-zone-id', zone);
  return zone.replace('/hostedzone/', '');
}
const waypost = (parameters: readonly string[], settings: Record<string, string>) => {
  const { status, stdout, stderr } = spawnSync(WAYPOST, parameters, {
    env: { ...process.env, ...settings },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
};

function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A secret in every form that it could leak in. */
function formsOf(secret: Uint8Array): Buffer[] {
  const octets = Buffer.from(secret);
  const texts = [octets.toString('hex'), octets.toString('hex').toUpperCase(), octets.toString('base64url')];
  // Base64 of what it is a part of looks different at each of three places; the middle of it does not depend on its neighbours.
  const within = [0, 1, 2].map((before) => {
    const shifted = Buffer.concat([Buffer.alloc(before), octets]).toString('base64');
    return shifted.slice(before === 0 ? 0 : 4, 40);
  });
  return [octets, ...[...texts, ...within].map((text) => Buffer.from(text))];
}

test.skipIf(skip)('the master key and private keys are nowhere in clear', async () => {
  const member = await start();
  expect(member.said()).toContain(`  Master key  ${at('data.master-key')} (made just now`);
  expect(statSync(at('data.master-key')).mode & 0o777).toBe(0o600);
  const secret = Buffer.from(readFileSync(at('data.master-key'), 'latin1').trim(), 'hex');
  const keyId = createKey(member);
  const zoneId = signedZone(member, keyId);
  const message = at('message');
  writeFileSync(message, 'an RRset');
  const asked = ['--key-id', keyId, '--message', `fileb://${message}`, '--signing-algorithm', 'ECDSA_SHA_256'];
  const told = [
    aws(member, 'kms', 'sign', ...asked),
    aws(member, 'kms', 'describe-key', '--key-id', keyId),
    aws(member, 'kms', 'get-public-key', '--key-id', keyId),
    await (await fetch(`${member.url}/metrics`)).text(),
    readFileSync(`/proc/${member.processId}/cmdline`, 'latin1'),
    readFileSync(`/proc/${member.processId}/environ`, 'latin1'),
  ];
  expect(waypost(['backup', at('backup')], { WAYPOST_DATA: at('data') }).status).toBe(0);
  await member.stop();

  const store = openStore(at('data'), { readOnly: true });
  const key = store.view.get(tables.kmsKeys, ['us-east-1', keyId]);
  const signer = store.view.get(tables.zoneSignings, [zoneId])?.signer;
  await store.close();
  const wrappingKey = wrappingKeyOf(secret, 'kms-key');
  const zoneWrappingKey = wrappingKeyOf(secret, 'zone-signing-key');
  const privateKey = new Wrapping(wrappingKey).unwrap(keyId, key?.wrapped ?? '') ?? new Uint8Array();
  const zoneKey = signer && new Wrapping(zoneWrappingKey).unwrap(zoneKeyId(signer), signer.wrapped);
  expect([privateKey.length, zoneKey?.length]).toEqual([32, 32]);
  const pem = importPrivateKey(13, privateKey).export({ format: 'pem', type: 'pkcs8' }) as string;

  const files = [...filesIn(at('data')), ...filesIn(at('backup'))];
  expect(files.map((file) => file.replace(/^.*\//, ''))).toContain('waypost.mdb');
  const places: [string, Buffer][] = [
    ['what it said', Buffer.from(member.said())],
    ['what it answered', Buffer.from(told.join('\n'))],
    ...files.map((file) => [file, readFileSync(file)] as [string, Buffer]),
  ];
  // The search finds what is there to be found: the wrapped key, in the data and in the backup.
  const wrapped = Buffer.from(key?.wrapped ?? 'absent');
  expect(places.filter(([, octets]) => octets.includes(wrapped)).map(([place]) => place)).toEqual([
    at('data/waypost.mdb'),
    at('backup/waypost.mdb'),
  ]);
  const secrets: [string, Buffer[]][] = [
    ['the master key', formsOf(secret)],
    ['the wrapping key of KSKs', formsOf(wrappingKey)],
    ['the wrapping key of ZSKs', formsOf(zoneWrappingKey)],
    ['the KSK', [...formsOf(privateKey), Buffer.from(pem.split('\n')[1] as string)]],
    ['the ZSK', formsOf(zoneKey ?? new Uint8Array(1))],
  ];
  for (const [what, forms] of secrets) {
    const found = places.filter(([, octets]) => forms.some((form) => octets.includes(form)));
    expect(found.map(([place]) => `${what} in ${place}`)).toEqual([]);
  }
});

test.skipIf(skip)('data belongs to the master key that its first private key was wrapped with', async () => {
  const settings = { WAYPOST_DATA: at('data'), WAYPOST_HTTP: '127.0.0.1:0', WAYPOST_DNS: '127.0.0.1:1' };
  const refusal = (more: Record<string, string> = {}) => {
    const { status, stdout, stderr } = waypost(['start'], { ...settings, ...more });
    expect([status, stdout]).toEqual([2, '']);
    return stderr;
  };
  const member = await start();
  const keyId = createKey(member);
  await member.stop();
  const wrapped = `the private keys in ${at('data')} are wrapped with`;

  renameSync(at('data.master-key'), at('elsewhere'));
  expect(refusal()).toBe(
    `waypost: WAYPOST_MASTER_KEY_FILE: ${at('data.master-key')} is not there, and ${wrapped} what it held; put it back\n`,
  );
  expect(readdirSync(directory)).not.toContain('data.master-key');
  writeFileSync(at('other'), '0f'.repeat(32), { mode: 0o600 });
  expect(refusal({ WAYPOST_MASTER_KEY_FILE: at('other') })).toBe(
    `waypost: WAYPOST_MASTER_KEY_FILE: ${at('other')} does not hold the master key that ${wrapped}\n`,
  );
  expect(refusal({ WAYPOST_MASTER_KEY: '0f'.repeat(32) })).toBe(
    `waypost: WAYPOST_MASTER_KEY: is not the master key that ${wrapped}\n`,
  );

  const again = await start({ WAYPOST_MASTER_KEY: readFileSync(at('elsewhere'), 'latin1').trim() });
  expect(again.said()).not.toContain('Master key');
  aws(again, 'kms', 'sign', '--key-id', keyId, '--message', 'AAAA', '--signing-algorithm', 'ECDSA_SHA_256');
  expect(waypost(['backup', at('backup')], { WAYPOST_DATA: at('data') }).status).toBe(0);
  await again.stop();

  mkdirSync(at('host'));
  const restored = { WAYPOST_DATA: at('host/data') };
  expect(waypost(['restore', at('backup')], restored).status).toBe(0);
  expect(refusal(restored)).toMatch(/^waypost: WAYPOST_MASTER_KEY_FILE: .*host\/data.master-key is not there, and /);
  renameSync(at('elsewhere'), at('host/data.master-key'));
  const moved = await start(restored);
  aws(moved, 'kms', 'sign', '--key-id', keyId, '--message', 'AAAA', '--signing-algorithm', 'ECDSA_SHA_256');
  await moved.stop();
});

test('data without private keys is any master key’s', async () => {
  await (await start()).stop();
  rmSync(at('data.master-key'));
  await (await start({ WAYPOST_MASTER_KEY: '0f'.repeat(32) })).stop();
  await (await start()).stop();
  expect(readdirSync(directory)).toContain('data.master-key');
});

test.skipIf(skip)('the master key is changed for another one while no member runs', async () => {
  const settings = { WAYPOST_DATA: at('data') };
  const member = await start();
  const keyId = createKey(member);
  expect(waypost(['master-key', 'rotate'], settings)).toMatchObject({
    status: 1,
    stderr: 'waypost: stop the member first: it works with the old master key\n',
  });
  await member.stop();
  const before = readFileSync(at('data.master-key'), 'latin1');
  const { status, stdout } = waypost(['master-key', 'rotate'], settings);
  expect([status, stdout]).toEqual([
    0,
    expect.stringMatching(/^1 private keys are wrapped with a new master key, which is in /),
  ]);
  const kept = readdirSync(directory).find((name) => name.startsWith('data.master-key.until-')) ?? '';
  expect(readFileSync(at(kept), 'latin1')).toBe(before);
  expect(readFileSync(at('data.master-key'), 'latin1')).not.toBe(before);
  expect(waypost(['start'], { ...settings, WAYPOST_MASTER_KEY_FILE: at(kept) })).toMatchObject({ status: 2 });
  const again = await start();
  aws(again, 'kms', 'sign', '--key-id', keyId, '--message', 'AAAA', '--signing-algorithm', 'ECDSA_SHA_256');
  await again.stop();
});
