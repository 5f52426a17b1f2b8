import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import type { Route53Client } from '@aws-sdk/client-route-53';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lacks, newDataDirectory, run, startMember, WAYPOST } from './member.ts';
import { freePort } from '../free-port.ts';
import type { Member } from './member.ts';

/** What an operator meets: refused starts, stops, backups and a full disk, each with real processes. */
const DIG = '/usr/bin/dig';
const noDig = lacks(DIG);
const notRoot = lacks('root, to mount a tmpfs,', process.getuid?.() === 0);

const anyDns = `127.0.0.1:${await freePort()}`;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function waypost(args: readonly string[], settings: Readonly<Record<string, string>>): Ended {
  const environment = { ...process.env, WAYPOST_HTTP: '127.0.0.1:0', WAYPOST_DNS: anyDns, ...settings };
  const ended = spawnSync(WAYPOST, args, { env: environment, encoding: 'utf8', timeout: 90_000 });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

function temporaryDirectory(): string {
  const directory = newDataDirectory();
  onTestFinished(() => {
    for (const path of [directory, `${directory}.master-key`]) rmSync(path, { recursive: true, force: true });
  });
  return directory;
}

/** A test that fails must not leave its member behind. */
async function startFor(data: string): Promise<Member> {
  const member = await startMember(data);
  onTestFinished(() => member.kill());
  return member;
}

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

function file(directory: string, content = '', mode = 0o600): string {
  writeFileSync(join(directory, 'file'), content, { mode });
  return join(directory, 'file');
}

const HEX = '0f'.repeat(32);

describe('a start that cannot be says why in one line', () => {
  test.each<[string, string, RegExp, (directory: string) => Promise<string> | string]>([
    ['a port in use', 'WAYPOST_HTTP', /is in use by another program/, async () => `127.0.0.1:${await takenPort()}`],
    ['a port in use', 'WAYPOST_DNS', /is in use by another program/, async () => `127.0.0.1:${await takenPort()}`],
    ['an address of another host', 'WAYPOST_HTTP', /is not an address of this host/, () => '192.0.2.1:8053'],
    ['an address of another host', 'WAYPOST_DNS', /is not an address of this host/, () => '192.0.2.1:5300'],
    ['not an address', 'WAYPOST_DNS', /'localhost' is not an address/, () => 'localhost'],
    ['not a number', 'WAYPOST_UDP_WORKERS', /'many' is not a number from 1 to 32/, () => 'many'],
    ['a file in the way', 'WAYPOST_DATA', /cannot write to .*\/file/, file],
    ['a file system that refuses', 'WAYPOST_DATA', /cannot write to \/proc\/waypost/, () => '/proc/waypost'],
    ['for all to read', 'WAYPOST_MASTER_KEY_FILE', /by others .*\(mode 644\)/, (at) => file(at, HEX, 0o644)],
    ['too short', 'WAYPOST_MASTER_KEY_FILE', /does not hold 32 octets/, (at) => file(at, HEX.slice(1))],
    ['in the data', 'WAYPOST_MASTER_KEY_FILE', /is inside the data directory/, (at) => join(at, 'data', 'key')],
    ['nowhere', 'WAYPOST_MASTER_KEY_FILE', /cannot make .* \(ENOENT\)/, (at) => join(at, 'nowhere', 'key')],
    ['too short', 'WAYPOST_MASTER_KEY', /is not 32 octets in hexadecimal/, () => HEX.slice(1)],
  ])('%s: %s', async (_, setting, expected, valueIn) => {
    const directory = temporaryDirectory();
    const settings = { WAYPOST_DATA: join(directory, 'data'), [setting]: await valueIn(directory) };
    const { code, out, err } = waypost(['start'], settings);
    expect(err).toMatch(expected);
    expect(err).toMatch(new RegExp(`^waypost: ${setting}: [^\n]+\n$`));
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  test('a data directory that another member uses', async () => {
    const data = temporaryDirectory();
    const member = await startFor(data);
    const { code, err } = waypost(['start'], { WAYPOST_DATA: data });
    expect({ code, err }).toEqual({ code: 2, err: `waypost: WAYPOST_DATA: another process is using ${data}\n` });
    expect((await fetch(`${member.url}/readyz`)).status).toBe(200);
    await member.stop();
  });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('a request under way is answered, and the member exits 0', async () => {
    const port = await freePort();
    const child = spawn(WAYPOST, ['start'], {
      env: {
        ...process.env,
        WAYPOST_DATA: temporaryDirectory(),
        WAYPOST_HTTP: `127.0.0.1:${port}`,
        WAYPOST_DNS: `127.0.0.1:${await freePort()}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    await once(child.stdout, 'data');
    // Neither of these may hold the member up: one idle from the start, one after its answer.
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    await (await fetch(`http://127.0.0.1:${port}/healthz`)).text();
    const socket = connect(port, '127.0.0.1');
    const head = `POST /2013-04-01/hostedzone HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n`;
    // The member says that it has the head; then the body is held back until it stops.
    socket.write(`${head}Expect: 100-continue\r\n\r\n`);
    const [interim] = (await once(socket, 'data')) as [Buffer];
    assert.match(interim.toString(), /^HTTP\/1\.1 100 Continue/);
    child.kill(signal);
    await refused(port);
    const answered = once(socket, 'data') as Promise<[Buffer]>;
    socket.write('<a/>');
    assert.match((await answered)[0].toString(), /^HTTP\/1\.1 403 [\s\S]*MissingAuthenticationToken/);
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0);
    assert.doesNotMatch(errors, /stopped without waiting/);
  });
});

/** Until new connections are refused: the member has begun to drain. */
async function refused(port: number): Promise<void> {
  for (;;) {
    const probe = connect(port, '127.0.0.1');
    const open = await once(probe, 'connect').then(
      () => true,
      () => false,
    );
    probe.destroy();
    if (!open) return;
  }
}

test('the access key is shown on the first start only, and kept for its owner only', async () => {
  const data = temporaryDirectory();
  const output = async (): Promise<string> => {
    const settings = { WAYPOST_DATA: data, WAYPOST_HTTP: '127.0.0.1:0', WAYPOST_DNS: `127.0.0.1:${await freePort()}` };
    const child = spawn(WAYPOST, ['start'], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const [welcome] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGTERM');
    await once(child, 'close');
    return text + welcome.toString();
  };
  const first = await output();
  const path = join(data, 'credentials.json');
  const kept = JSON.parse(readFileSync(path, 'utf8')) as { accessKeyId: string; secretAccessKey: string };
  expect(first).toContain(`AWS_ACCESS_KEY_ID=${kept.accessKeyId} AWS_SECRET_ACCESS_KEY=${kept.secretAccessKey}`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const second = await output();
  expect(second).toContain(`${kept.accessKeyId} (its secret is in ${path})`);
  expect(second).not.toContain(kept.secretAccessKey);
});

test('a start that fails leaves no access key behind, which nobody would ever be shown', async () => {
  const data = temporaryDirectory();
  expect(waypost(['start'], { WAYPOST_DATA: data, WAYPOST_HTTP: `127.0.0.1:${await takenPort()}` }).code).toBe(2);
  expect(existsSync(join(data, 'credentials.json'))).toBe(false);
});

test.each(['', '{}', 'null', '{"accessKeyId":1,"secretAccessKey":"a"}'])('a harmed credentials.json: %s', (text) => {
  const data = temporaryDirectory();
  writeFileSync(join(data, 'credentials.json'), text);
  const { code, err } = waypost(['start'], { WAYPOST_DATA: data });
  expect({ code, err }).toEqual({
    code: 2,
    err: `waypost: WAYPOST_DATA: ${data}/credentials.json holds no access key; put it back, or remove it to have a new one made\n`,
  });
});

test('npm run dev serves, and serves again when a source file changes', async () => {
  const port = await freePort();
  const dns = `127.0.0.1:${await freePort()}`;
  const child = spawn('npm', ['run', 'dev'], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env: { ...process.env, WAYPOST_DATA: temporaryDirectory(), WAYPOST_HTTP: `127.0.0.1:${port}`, WAYPOST_DNS: dns },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGTERM'));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const starts = (): number => text.split('Waypost is ready.').length - 1;
  await expect.poll(starts, { timeout: 60_000 }).toBe(1);
  const source = new URL('../../src/cli/welcome.ts', import.meta.url);
  utimesSync(source, new Date(), new Date());
  await expect.poll(starts, { timeout: 60_000 }).toBe(2);
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  await ended;
});

async function createZone(client: Route53Client): Promise<string> {
  const command = new CreateHostedZoneCommand({ Name: 'operate.test', CallerReference: 'operate' });
  return (await client.send(command)).HostedZone?.Id ?? '';
}

async function createText(client: Route53Client, zone: string, name: string, text = '"x"'): Promise<string> {
  const ResourceRecordSet = { Name: name, Type: 'TXT' as const, TTL: 60, ResourceRecords: [{ Value: text }] };
  const Changes = [{ Action: 'CREATE' as const, ResourceRecordSet }];
  await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes } }));
  return name;
}

/** Those of the names that DNS does not answer with a TXT record set. */
function unanswered(member: Member, names: readonly string[]): string[] {
  const missing: string[] = [];
  for (let from = 0; from < names.length; from += 100) {
    const queries = names.slice(from, from + 100).flatMap((name) => [name, 'TXT']);
    const output = run(DIG, ['@127.0.0.1', '-p', `${member.dnsPort}`, '+noall', '+answer', ...queries]);
    const answered = new Set(output.split('\n').map((line) => line.split(/\s/)[0]));
    missing.push(...names.slice(from, from + 100).filter((name) => !answered.has(name)));
  }
  // dig loses a TCP answer now and then on a busy machine; what is there is there when it is asked for again, as resolvers do.
  return missing
    .map((name) => run(DIG, ['@127.0.0.1', '-p', `${member.dnsPort}`, name, 'TXT']))
    .filter((output) => !/ANSWER: 1,/.test(output));
}

const WRITES_BEFORE = 50;

test.skipIf(noDig)('a backup under write load, restored, answers all that was acknowledged before it', async () => {
  const base = temporaryDirectory();
  const [data, backup, restored] = [join(base, 'data'), join(base, 'backup'), join(base, 'restored')];
  const member = await startFor(data);
  const client = member.client();
  const zone = await createZone(client);
  const acknowledged: string[] = [];
  const write = async (): Promise<void> =>
    void acknowledged.push(await createText(client, zone, `r${acknowledged.length}.operate.test.`));
  while (acknowledged.length < WRITES_BEFORE) await write();
  const before = [...acknowledged];
  const command = spawn(WAYPOST, ['backup', backup], { env: { ...process.env, WAYPOST_DATA: data }, stdio: 'pipe' });
  const ended = once(command, 'exit') as Promise<[number | null]>;
  let over = false;
  void ended.then(() => (over = true));
  while (!over) await write();
  assert.equal((await ended)[0], 0);
  assert.ok(acknowledged.length > before.length, 'writes went on during the backup');
  client.destroy();
  await member.stop();

  const refusal = waypost(['restore', backup], { WAYPOST_DATA: data });
  assert.equal(refusal.err, `waypost: ${data} is not empty. A restore never writes over data\n`);
  assert.equal(refusal.code, 2);
  const done = waypost(['restore', backup], { WAYPOST_DATA: restored });
  assert.match(done.out, /^Restored 1 hosted zones at change \d+ to /);
  assert.equal(done.code, 0);
  const again = await startFor(restored);
  assert.deepEqual(unanswered(again, before), []);
  await again.stop();
});

/** A file system of its own, that other programs can fill too. */
function smallDisk(octets: number): string {
  const directory = temporaryDirectory();
  run('mount', ['-t', 'tmpfs', '-o', `size=${octets}`, 'tmpfs', directory]);
  onTestFinished(() => void run('umount', ['--lazy', directory]));
  return directory;
}

test.skipIf(notRoot)('a restore that found the disk full works once there is room', async () => {
  const base = temporaryDirectory();
  const [source, backup] = [join(base, 'data'), join(base, 'backup')];
  const member = await startFor(source);
  await createZone(member.client());
  await member.stop();
  assert.equal(waypost(['backup', backup], { WAYPOST_DATA: source }).code, 0);
  const disk = smallDisk(16 * 2 ** 10);
  const failed = waypost(['restore', backup], { WAYPOST_DATA: disk });
  assert.match(failed.err, /^waypost: the backup cannot be copied to \S+ \(ENOSPC\)\n$/);
  assert.equal(failed.code, 2);
  run('mount', ['-o', `remount,size=${16 * 2 ** 20}`, disk]);
  assert.equal(waypost(['restore', backup], { WAYPOST_DATA: disk }).code, 0);
  await (await startFor(disk)).stop();
});

test.skipIf(notRoot || noDig)('a full disk refuses writes and nothing else, and loses nothing', async () => {
  const disk = smallDisk(4 * 2 ** 20);
  const member = await startFor(disk);
  const client = member.client();
  const zone = await createZone(client);
  const acknowledged: string[] = [];
  const text = Array.from({ length: 15 }, () => `"${'x'.repeat(250)}"`).join(' ');
  const write = async (): Promise<void> =>
    void acknowledged.push(await createText(client, zone, `r${acknowledged.length}.operate.test.`, text));
  const full = async (): Promise<void> => {
    for (;;) await write();
  };
  await expect(full()).rejects.toMatchObject({
    name: 'ServiceUnavailable',
    message: expect.stringMatching(/could not be stored, and nothing was changed: the disk is full/),
    $metadata: { httpStatusCode: 503 },
  });
  assert.ok(acknowledged.length > 0);
  await expect(write()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  assert.equal((await fetch(`${member.url}/readyz`)).status, 200);
  const listed = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone, MaxItems: 5 }));
  assert.equal(listed.ResourceRecordSets?.length, 5);
  assert.deepEqual(unanswered(member, acknowledged), []);

  run('mount', ['-o', `remount,size=${32 * 2 ** 20}`, disk]);
  const beforeRoom = acknowledged.length;
  while (acknowledged.length < beforeRoom + 20) await write();
  client.destroy();
  await member.kill();
  const again = await startFor(disk);
  assert.deepEqual(unanswered(again, acknowledged), []);
  await again.stop();
});
