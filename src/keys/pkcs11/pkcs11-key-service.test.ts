import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isKeyFailure } from '../key-service.ts';
import { publicKeyInfo } from '../private-key.ts';
import { Pkcs11KeyService } from './pkcs11-key-service.ts';
import type { TokenOptions } from './token.ts';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const missing = !existsSync(MODULE);
if (missing && process.env['CI'] === 'true') throw new Error('softhsm2 is missing, and CI installs it');

const PIN = Buffer.from('4711');
const named = (label: string) => `arn:aws:pkcs11:::key/${label}`;
let directory = '';
let service: Pkcs11KeyService;

function softhsm(...parameters: string[]): void {
  const { status, stderr, stdout } = spawnSync('softhsm2-util', parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`softhsm2-util ${parameters[0]}: ${stderr}${stdout}`);
}

function importKey(label: string, id: string, kind: 'P-256' | 'P-384' | 'ed25519'): void {
  const { privateKey } =
    kind === 'ed25519' ? generateKeyPairSync(kind) : generateKeyPairSync('ec', { namedCurve: kind });
  const file = join(directory, `${id}.pem`);
  writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  softhsm('--import', file, '--token', 'ksk', '--label', label, '--id', id, '--pin', PIN.toString());
}

const opened: Pkcs11KeyService[] = [];
function open(more: Partial<TokenOptions> = {}): Pkcs11KeyService {
  const made = new Pkcs11KeyService({ module: MODULE, label: 'ksk', pin: PIN, ...more });
  opened.push(made);
  return made;
}

beforeAll(() => {
  if (missing) return;
  directory = mkdtempSync(join(tmpdir(), 'waypost-softhsm-'));
  mkdirSync(join(directory, 'tokens'));
  writeFileSync(
    join(directory, 'softhsm2.conf'),
    `directories.tokendir = ${join(directory, 'tokens')}\nlog.level = ERROR\n`,
  );
  process.env['SOFTHSM2_CONF'] = join(directory, 'softhsm2.conf');
  for (const token of ['ksk', 'other']) {
    softhsm('--init-token', '--free', '--label', token, '--so-pin', '0000', '--pin', PIN.toString());
  }
  importKey('p256', '01', 'P-256');
  importKey('ed 25519', '02', 'ed25519');
  importKey('p384', '03', 'P-384');
  importKey('twice', '04', 'P-256');
  importKey('twice', '05', 'P-256');
  service = open();
});
afterAll(async () => {
  for (const each of opened) await each.close();
  if (directory !== '') rmSync(directory, { recursive: true });
});

describe.skipIf(missing)('a PKCS #11 token', () => {
  test.each([
    ['p256', 13, 'ECC_NIST_P256'],
    ['ed 25519', 15, 'ECC_NIST_EDWARDS25519'],
  ] as const)('signs with %s', async (label, algorithm, spec) => {
    const octets = Buffer.from('a DNSKEY RRset');
    const arn = named(label);
    const [described, key] = [await service.describe(arn), await service.publicKey(arn)];
    expect(described).toEqual({ arn, spec, usage: 'SIGN_VERIFY', algorithm, enabled: true, permitted: true });
    if (isKeyFailure(key)) throw new Error(key.message);
    const info = Buffer.from(publicKeyInfo(key.algorithm, key.octets));
    const publicKey = createPublicKey({ key: info, format: 'der', type: 'spki' });
    const all = await Promise.all(Array.from({ length: 20 }, () => service.sign(arn, octets)));
    for (const signature of all) {
      if (isKeyFailure(signature)) throw new Error(signature.message);
      const hash = algorithm === 13 ? 'sha256' : null;
      expect(verify(hash, octets, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    }
  });

  test.each([
    ['p384', 'unsuitable: arn:aws:pkcs11:::key/p384 is neither a key on P-256 nor an Ed25519 key.'],
    ['twice', 'unsuitable: The PKCS #11 token has several private keys labelled twice.'],
    ['absent', 'not-found: The PKCS #11 token has no private key labelled absent.'],
  ])('does not sign with %s', async (label, expected) => {
    const signature = await service.sign(named(label), Buffer.from('octets'));
    expect(isKeyFailure(signature) && `${signature.failed}: ${signature.message}`).toBe(expected);
  });

  test('describes a key that cannot sign zones as one', async () => {
    expect(await service.describe(named('p384'))).toMatchObject({ algorithm: undefined, spec: 'unknown' });
  });

  test.each<[string, Partial<TokenOptions>, string]>([
    [
      'which of two tokens is not said',
      { label: undefined },
      'unavailable: There are 2 PKCS #11 tokens; WAYPOST_PKCS11_TOKEN says which.',
    ],
    ['there is no such token', { label: 'none' }, 'unavailable: There is no PKCS #11 token labelled none.'],
    ['the module is none', { module: '/bin/sh' }, 'unavailable: The PKCS #11 module /bin/sh cannot be loaded: '],
  ])('is not used when %s', async (_, more, expected) => {
    const failure = await open(more).describe(named('p256'));
    expect(isKeyFailure(failure) && `${failure.failed}: ${failure.message}`).toContain(expected);
  });

  test(
    'a thousand signatures later it is still loaded, whatever else was garbage meanwhile',
    { timeout: 60_000 },
    async () => {
      for (let signed = 0; signed < 1000; signed += 1) {
        const signature = await service.sign(named('p256'), Buffer.from(`octets ${signed}`));
        if (isKeyFailure(signature)) throw new Error(signature.message);
        Array.from({ length: 2000 }, () => Buffer.alloc(24));
      }
    },
  );

  test('what the module has finalized in between is opened again', async () => {
    const other = open();
    expect(await other.sign(named('p256'), Buffer.from('octets'))).toHaveLength(64);
    await other.close();
    expect(await service.sign(named('p256'), Buffer.from('octets'))).toHaveLength(64);
  });

  test('a wrong PIN is tried once, so that the token does not lock itself', async () => {
    await service.close();
    const guessing = open({ pin: Buffer.from('9999') });
    const asked = [];
    for (let at = 0; at < 5; at += 1) asked.push(await guessing.describe(named('p256')));
    const message =
      'The PKCS #11 token does not accept the PIN (C_Login failed with CKR_PIN_INCORRECT); it is not tried again before a restart.';
    expect(asked).toEqual(Array(5).fill({ failed: 'denied', message }));
  });
});
