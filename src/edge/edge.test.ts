import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lacks } from '../../test/clients/member.ts';
import { tinyDatabase } from '../../test/clients/tiny-database.ts';
import { freePort } from '../../test/free-port.ts';
import { makeCertificate, OPENSSL } from '../../test/streams/make-certificate.ts';
import { until } from '../../test/until.ts';
import { addressIn, connectClient, query, type StreamClient } from '../../test/streams/stream-client.ts';
import { COUNTER } from '../core/answer/counters.ts';
import { PLAIN_ANSWERS } from '../core/answer/settings.ts';
import type { HostedZoneCreated } from '../core/control/hosted-zones/create-hosted-zone.ts';
import { isRefusal } from '../core/control/operation.ts';
import { PLAIN_SETTINGS } from '../core/control/plain-settings.ts';
import { openLog, type Log } from '../log/log.ts';
import { createPropagation, servedEverywhere } from '../log/propagation.ts';
import type { Accepted } from '../log/submit.ts';
import { ListenError } from './address.ts';
import type { EdgeOptions } from './edge-options.ts';
import { loadEdge, type Edge, type LoadingEdge } from './edge.ts';
import { readCertificate } from './tls/certificate.ts';

let directory: string;
let log: Log;
let edge: Edge | undefined;
let propagation: SharedArrayBuffer;
let port: number;
const clients: StreamClient[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-edge-'));
  propagation = createPropagation();
  port = await freePort();
  log = await openLog({
    directory,
    settings: PLAIN_SETTINGS,
    propagation,
    onCommitted: () => edge?.wake(),
    onFailure: (failure) => expect.fail(failure),
    onFatal: (error) => expect.fail(String(error)),
  });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy();
  await edge?.close();
  edge = undefined;
  await log.close();
  rmSync(directory, { recursive: true });
});

async function open(hosts: readonly string[], more: Partial<EdgeOptions> = {}): Promise<Edge> {
  return load(hosts, more).serve();
}

function load(hosts: readonly string[], more: Partial<EdgeOptions> = {}): LoadingEdge {
  return loadEdge({
    addresses: hosts.map((host) => ({ host, port })),
    udpWorkers: 2,
    dataDirectory: directory,
    propagation,
    planBytesMax: 3 * 2 ** 20,
    answers: PLAIN_ANSWERS,
    tcpWorkers: 2,
    streams: { connectionsMax: 100, connectionsPerNetworkMax: 100 },
    onRestart: (_, error) => expect.fail(String(error)),
    onFatal: (error) => expect.fail(String(error)),
    ...more,
  });
}

async function submit(operation: string, command: unknown): Promise<Accepted> {
  const outcome = await log.submit(operation, command, 'test');
  if (isRefusal(outcome)) expect.fail(`${outcome.refused}: ${outcome.message}`);
  return outcome;
}

async function zoneWith(value: string): Promise<string> {
  const created = await submit('CreateHostedZone', { name: 'example.com', callerReference: '1' });
  const { zone } = created.change as HostedZoneCreated;
  await upsert(zone.id, value);
  return zone.id;
}

function upsert(zoneId: string, value: string): Promise<Accepted> {
  const recordSet = { name: 'www.example.com', type: 'A', ttlSeconds: 60, values: [value], policies: [] };
  return submit('ChangeResourceRecordSets', { hostedZoneId: zoneId, changes: [{ action: 'UPSERT', recordSet }] });
}

/** Sends queries from one socket each, so that they spread over all workers. */
async function ask(host: string, count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, id) => {
      const client = createSocket(host.includes(':') ? 'udp6' : 'udp4');
      client.connect(port, host);
      await once(client, 'connect');
      client.send(query(id, 'www.example.com.'));
      const [answer] = (await once(client, 'message')) as [Uint8Array];
      client.close();
      expect((answer[0] as number) * 256 + (answer[1] as number)).toBe(id);
      return addressIn(answer);
    }),
  );
}

const SOCKETS = ['kernel', 'node'] as const;

test.each(SOCKETS)(
  '%s: every worker answers, and a change reaches all of them before it counts as served',
  async (sockets) => {
    const zoneId = await zoneWith('192.0.2.1');
    edge = await open(['127.0.0.1', '::1'], { sockets });
    expect(edge.sockets).toBe(sockets);
    expect(new Set(await ask('127.0.0.1', 50))).toEqual(new Set(['192.0.2.1']));
    expect(new Set(await ask('::1', 10))).toEqual(new Set(['192.0.2.1']));
    const { sequence } = await upsert(zoneId, '192.0.2.2');
    await until(() => servedEverywhere(propagation, sequence));
    expect(new Set(await ask('127.0.0.1', 50))).toEqual(new Set(['192.0.2.2']));
    const counters = edge.counters();
    expect(counters[COUNTER.queriesUdp]).toBe(110);
    expect(counters[COUNTER.rcodes]).toBe(110);
    expect(edge.takeZoneQueries()).toEqual({ queries: new Map([[zoneId, 110]]), missed: false });
    expect(edge.restarts()).toBe(0);
  },
);

test.each(SOCKETS)('%s: what workers are told before they serve they know at their first answer', async (sockets) => {
  const zoneId = await zoneWith('192.0.2.1');
  const changes = ['FR', '*'].map((country, at) => ({
    action: 'CREATE',
    recordSet: {
      name: 'here.example.com',
      type: 'A',
      ttlSeconds: 60,
      values: [`192.0.2.${at}`],
      setIdentifier: country,
      policies: ['GeoLocation'],
      routing: { policy: 'geolocation', location: { country } },
    },
  }));
  await submit('ChangeResourceRecordSets', { hostedZoneId: zoneId, changes });
  const loading = load(['127.0.0.1'], { sockets });
  const database = tinyDatabase('FR');
  const octets = new SharedArrayBuffer(database.length);
  new Uint8Array(octets).set(database);
  loading.usePlaces([octets]);
  const client = createSocket('udp4').bind();
  const answered = once(client, 'message');
  const asking = setInterval(() => client.send(query(1, 'here.example.com.'), port, '127.0.0.1'), 1);
  edge = await loading.serve();
  const [answer] = (await answered) as [Uint8Array];
  clearInterval(asking);
  client.close();
  expect(addressIn(answer)).toBe('192.0.2.0');
});

test.skipIf(lacks(OPENSSL))('a certificate that is renewed before TLS is served is shown from the start', async () => {
  const certificate = readCertificate(makeCertificate(directory, 'old'));
  const renewed = readCertificate(makeCertificate(directory, 'renewed'));
  const tls = { dot: [{ host: '127.0.0.1', port: await freePort() }], doh: [], certificate };
  const loading = load(['127.0.0.1'], { tcpWorkers: 1, tls });
  loading.useCertificate(renewed);
  edge = await loading.serve();
  const socket = connect({ ...tls.dot[0], rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  expect(socket.getPeerCertificate().subject.CN).toBe('renewed');
  socket.destroy();
});

test('kernel: a wildcard socket answers from the address that was asked', async () => {
  await zoneWith('192.0.2.1');
  edge = await open(['0.0.0.0', '::']);
  // A connected client drops answers from any address but the one it asked.
  expect(await ask('127.0.0.3', 3)).toEqual(['192.0.2.1', '192.0.2.1', '192.0.2.1']);
  expect(await ask('::1', 1)).toEqual(['192.0.2.1']);
});

test.each(SOCKETS)('%s: packets that get no answer do not hold back or mix up those beside them', async (sockets) => {
  await zoneWith('192.0.2.1');
  edge = await open(['127.0.0.1'], { udpWorkers: 1, sockets });
  const client = createSocket('udp4');
  client.connect(port, '127.0.0.1');
  await once(client, 'connect');
  const ids: number[] = [];
  const all = new Promise<void>((resolve) => {
    client.on('message', (answer) => {
      expect(addressIn(answer)).toBe('192.0.2.1');
      if (ids.push((answer[0] as number) * 256 + (answer[1] as number)) === 100) resolve();
    });
  });
  for (let id = 0; id < 100; id += 1) {
    client.send(new Uint8Array(id % 12));
    client.send(query(id, 'www.example.com.'));
  }
  await all;
  client.close();
  expect(ids).toEqual(Array.from({ length: 100 }, (_, id) => id));
});

test('workers share the rates of their clients', async () => {
  await zoneWith('192.0.2.1');
  const rateLimit = { perSecond: 10, slip: 1, ipv4PrefixBits: 24, ipv6PrefixBits: 56, allowed: [] };
  edge = await open(['127.0.0.1'], { answers: { ...PLAIN_ANSWERS, rateLimit }, udpWorkers: 2 });
  const before = Date.now();
  const answers = await ask('127.0.0.1', 100);
  const seconds = (Date.now() - before) / 1000;
  const whole = answers.filter((address) => address === '192.0.2.1').length;
  // The others are truncated: their last octets are the question's class and type.
  // A second's worth and one; each worker looks at the clock for itself, and at either end both may count at once (rate-limit.ts).
  expect(whole).toBeGreaterThanOrEqual(10);
  expect(whole).toBeLessThanOrEqual(11 + 2 + 10 * seconds + 1);
  const counters = edge.counters();
  expect(counters[COUNTER.rateSlipped]).toBe(100 - whole);
  expect(counters[COUNTER.rateDropped]).toBe(0);
});

test.each(SOCKETS)('%s: every worker answers by TCP, from what the log says', async (sockets) => {
  const zoneId = await zoneWith('192.0.2.1');
  edge = await open(['127.0.0.1', '::1'], { sockets });
  const ask = (host: string): Promise<string[]> =>
    Promise.all(Array.from({ length: 20 }, async (_, id) => (await tcpClient(host)).ask(id, 'www.example.com.')));
  expect(new Set(await ask('127.0.0.1'))).toEqual(new Set(['192.0.2.1']));
  const { sequence } = await upsert(zoneId, '192.0.2.2');
  await until(() => servedEverywhere(propagation, sequence));
  expect(new Set([...(await ask('127.0.0.1')), ...(await ask('::1'))])).toEqual(new Set(['192.0.2.2']));
  expect(edge.counters()[COUNTER.queriesTcp]).toBe(60);
  expect(edge.streams('accepted')).toBe(60);
});

async function tcpClient(host: string): Promise<StreamClient> {
  const client = await connectClient(port, host);
  clients.push(client);
  return client;
}

test.each(['tcp', 'udp'])('a port that is taken by %s is told with its address', async (protocol) => {
  if (protocol === 'tcp') {
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    await expect(open(['127.0.0.1'])).rejects.toEqual(
      new ListenError('EADDRINUSE', { host: '127.0.0.1', port }, 'tcp'),
    );
    other.close();
  } else {
    const other = createSocket({ type: 'udp4', reusePort: true });
    other.bind(port, '127.0.0.1');
    await once(other, 'listening');
    await expect(open(['127.0.0.1'])).rejects.toEqual(
      new ListenError('EADDRINUSE', { host: '127.0.0.1', port }, 'udp'),
    );
    other.close();
  }
});

test('an address that is not one of this host is told', async () => {
  await expect(open(['192.0.2.77'])).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
});
