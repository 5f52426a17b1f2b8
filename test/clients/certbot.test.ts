import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createServer } from 'node:tls';
import type { Server } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { CreateHostedZoneCommand } from '@aws-sdk/client-route-53';
import { expect, test } from 'vitest';
import { lacks, run, startMember } from './member.ts';
import type { Member } from './member.ts';

/*
 * certbot's Route 53 plugin has no endpoint option, so it is left to believe that it speaks to AWS: in a mount namespace of
 * its own, /etc/hosts leads route53.amazonaws.com to a TLS terminator on loopback, whose CA exists for this test only.
 * There /etc/resolv.conf is empty, too: a name that is not in hosts finds no resolver outside the machine.
 */

const PYTHON = '/usr/bin/python3';
const DRIVER = fileURLToPath(new URL('./certbot_driver.py', import.meta.url));
const ENDPOINT = 'route53.amazonaws.com';
/** Not 127.0.0.1, where a developer may well have a web server of their own on 443. */
const TERMINATOR = '127.0.53.53';
const TEST_MS_MAX = 60_000;

const succeeds = (command: string, ...parameters: string[]): boolean => spawnSync(command, parameters).status === 0;
const skip = [
  lacks('python3-certbot-dns-route53', succeeds(PYTHON, '-c', 'import certbot_dns_route53')),
  lacks('openssl', succeeds('openssl', 'version')),
  lacks('dig', succeeds('dig', '-v')),
  lacks('unshare -m as root', process.getuid?.() === 0 && succeeds('unshare', '-m', 'true')),
].includes(true);

test.skipIf(skip)(
  'certbot: two challenges of one name appear in DNS and are gone after cleanup',
  { timeout: TEST_MS_MAX },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'waypost-certbot-'));
    const member = await startMember();
    let terminator: Server | undefined;
    let certbot: ChildProcess | undefined;
    try {
      terminator = await terminateTls(directory, member);
      // The plugin must choose the most specific zone; the parent is there to be chosen wrongly.
      for (const name of ['example.com', 'deep.example.com']) {
        await member.client().send(new CreateHostedZoneCommand({ Name: name, CallerReference: name }));
      }
      const driver = startDriver(directory, member, 'www.deep.example.com');
      certbot = driver;
      const ended = once(driver, 'close');
      const lines = createInterface({ input: driver.stdout })[Symbol.asyncIterator]();
      const first = await lines.next();
      assert.equal(first.done, false, 'the driver ended before its challenges were answered');
      const { name, validations } = JSON.parse(first.value as string) as { name: string; validations: string[] };

      expect(name).toBe('_acme-challenge.www.deep.example.com');
      expect(new Set(validations).size).toBe(2);
      expect(digTxt(member, name).answers).toEqual(validations.map((each) => `"${each}"`).sort());

      driver.stdin.end('\n');
      expect((await ended)[0]).toBe(0);
      expect(digTxt(member, name)).toEqual({ status: 'NXDOMAIN', answers: [] });
    } finally {
      certbot?.kill('SIGKILL');
      terminator?.close();
      await member.stop();
      rmSync(directory, { recursive: true });
    }
  },
);

function startDriver(directory: string, member: Member, domain: string) {
  const [hosts, resolver, config] = ['hosts', 'resolv.conf', 'aws-config'].map((file) => join(directory, file));
  assert(hosts !== undefined && resolver !== undefined && config !== undefined);
  writeFileSync(hosts, `127.0.0.1 localhost\n${TERMINATOR} ${ENDPOINT}\n`);
  writeFileSync(resolver, '');
  writeFileSync(config, '');
  const inside = 'mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/resolv.conf && shift 2 && exec "$@"';
  const parameters = ['-m', 'sh', '-c', inside, 'sh', hosts, resolver, PYTHON, DRIVER, domain];
  return spawn('unshare', parameters, {
    // Not the caller's environment: a proxy or an endpoint set there would lead around the terminator.
    env: {
      PATH: process.env['PATH'],
      HOME: directory,
      AWS_CONFIG_FILE: config,
      AWS_SHARED_CREDENTIALS_FILE: config,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: member.environment['AWS_ACCESS_KEY_ID'],
      AWS_SECRET_ACCESS_KEY: member.environment['AWS_SECRET_ACCESS_KEY'],
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_CA_BUNDLE: join(directory, 'ca.pem'),
      REQUESTS_CA_BUNDLE: join(directory, 'ca.pem'),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: TEST_MS_MAX - 10_000,
    killSignal: 'SIGKILL',
  });
}

/** Octets pass through as they are, so that the member verifies the signature over the Host that the client signed. */
async function terminateTls(directory: string, member: Member): Promise<Server> {
  const file = (name: string): string => join(directory, name);
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  run('openssl', [...request, '-subj', '/CN=Waypost test CA', '-keyout', file('ca.key'), '-out', file('ca.pem')]);
  const issuer = ['-CA', file('ca.pem'), '-CAkey', file('ca.key')];
  const leaf = ['-addext', `subjectAltName=DNS:${ENDPOINT}`, '-addext', 'basicConstraints=critical,CA:FALSE'];
  const out = ['-keyout', file('leaf.key'), '-out', file('leaf.pem')];
  run('openssl', [...request, ...issuer, '-subj', `/CN=${ENDPOINT}`, ...leaf, ...out]);

  const server = createServer(
    { key: readFileSync(file('leaf.key')), cert: readFileSync(file('leaf.pem')) },
    (client) => {
      const upstream = connect(Number(new URL(member.url).port), '127.0.0.1');
      client.on('error', () => upstream.destroy());
      upstream.on('error', () => client.destroy());
      client.pipe(upstream).pipe(client);
    },
  );
  server.listen(443, TERMINATOR);
  await once(server, 'listening');
  return server;
}

function digTxt(member: Member, name: string): { status: string | undefined; answers: string[] } {
  const text = run('dig', [
    '@127.0.0.1',
    '-p',
    String(member.dnsPort),
    '+norecurse',
    '+noall',
    '+comments',
    '+answer',
    name,
    'TXT',
  ]);
  const answers = [...text.matchAll(/\sIN\s+TXT\s+(".*")$/gm)].map((match) => match[1] ?? '').sort();
  return { status: /status: (\w+)/.exec(text)?.[1], answers };
}
