import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COUNTER } from '../core/answer/counters.ts';
import { PLAIN_ANSWERS } from '../core/answer/settings.ts';
import type { HostedZoneCreated } from '../core/control/hosted-zones/create-hosted-zone.ts';
import { isRefusal, type ControlSettings } from '../core/control/operation.ts';
import { parseName } from '../core/dns/name.ts';
import { openLog, type Log } from '../log/log.ts';
import { createPropagation, servedEverywhere } from '../log/propagation.ts';
import type { Accepted } from '../log/submit.ts';
import { ListenError } from './address.ts';
import { openEdge, type Edge, type EdgeOptions } from './edge.ts';
import { splitMessages } from './tcp/framing.ts';

const settings: ControlSettings = {
  accountId: '000000000000',
  nameServerSets: [{ servers: [{ name: 'ns1.waypost.test', addresses: ['127.0.0.1'] }] }],
  quotas: { hostedZonesMax: 1000, recordSetsPerZoneMax: 10_000, delegationSetsMax: 100, zonesPerDelegationSetMax: 100 },
};

let directory: string;
let log: Log;
let edge: Edge | undefined;
let propagation: SharedArrayBuffer;
let port: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-edge-'));
  propagation = createPropagation();
  port = await freePort();
  log = await openLog({
    directory,
    settings,
    propagation,
    onCommitted: () => edge?.wake(),
    onFailure: (failure) => expect.fail(failure),
    onFatal: (error) => expect.fail(String(error)),
  });
});

afterEach(async () => {
  await edge?.close();
  edge = undefined;
  await log.close();
  rmSync(directory, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

function open(hosts: readonly string[], more: Partial<EdgeOptions> = {}): Promise<Edge> {
  return openEdge({
    addresses: hosts.map((host) => ({ host, port })),
    udpWorkers: 2,
    dataDirectory: directory,
    propagation,
    planBytesMax: 3 * 2 ** 20,
    answers: PLAIN_ANSWERS,
    tcpConnectionsMax: 100,
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

function query(id: number, name = 'www.example.com.'): Uint8Array {
  return Uint8Array.from([id >>> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...parseName(name), 0, 1, 0, 1]);
}

/** The address that an answer with one A record ends with. */
function addressIn(answer: Uint8Array): string {
  return [...answer.subarray(-4)].join('.');
}

/** Sends queries from one socket each, so that they spread over all workers. */
async function ask(host: string, count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, id) => {
      const client = createSocket(host.includes(':') ? 'udp6' : 'udp4');
      client.connect(port, host);
      await once(client, 'connect');
      client.send(query(id));
      const [answer] = (await once(client, 'message')) as [Uint8Array];
      client.close();
      expect((answer[0] as number) * 256 + (answer[1] as number)).toBe(id);
      return addressIn(answer);
    }),
  );
}

const UDP = ['kernel', 'node'] as const;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test.each(UDP)('%s: every worker answers, and a change reaches all of them before it counts as served', async (udp) => {
  const zoneId = await zoneWith('192.0.2.1');
  edge = await open(['127.0.0.1', '::1'], { udp });
  expect(edge.udp).toBe(udp);
  expect(new Set(await ask('127.0.0.1', 50))).toEqual(new Set(['192.0.2.1']));
  expect(new Set(await ask('::1', 10))).toEqual(new Set(['192.0.2.1']));
  const { sequence } = await upsert(zoneId, '192.0.2.2');
  await until(() => servedEverywhere(propagation, sequence));
  expect(new Set(await ask('127.0.0.1', 50))).toEqual(new Set(['192.0.2.2']));
  const counters = edge.counters();
  expect(counters[COUNTER.queriesUdp]).toBe(110);
  expect(counters[COUNTER.rcodes]).toBe(110);
  expect(edge.restarts()).toBe(0);
});

test('kernel: a wildcard socket answers from the address that was asked', async () => {
  await zoneWith('192.0.2.1');
  edge = await open(['0.0.0.0', '::']);
  // A connected client drops answers from any address but the one it asked.
  expect(await ask('127.0.0.3', 3)).toEqual(['192.0.2.1', '192.0.2.1', '192.0.2.1']);
  expect(await ask('::1', 1)).toEqual(['192.0.2.1']);
});

test.each(UDP)('%s: packets that get no answer do not hold back or mix up those beside them', async (udp) => {
  await zoneWith('192.0.2.1');
  edge = await open(['127.0.0.1'], { udpWorkers: 1, udp });
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
    client.send(query(id));
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
  expect(whole).toBeGreaterThanOrEqual(11);
  expect(whole).toBeLessThanOrEqual(11 + 10 * seconds + 1);
  const counters = edge.counters();
  expect(counters[COUNTER.rateSlipped]).toBe(100 - whole);
  expect(counters[COUNTER.rateDropped]).toBe(0);
});

test('TCP answers pipelined queries in order, however many they are', async () => {
  await zoneWith('192.0.2.1');
  edge = await open(['127.0.0.1']);
  const client = connect(port, '127.0.0.1');
  const count = 20_000;
  const stream = Array.from({ length: count }, (_, id) => {
    const message = query(id);
    return [message.length >>> 8, message.length & 255, ...message];
  });
  // Nothing is read until everything is written, so the server has to wait with its answers.
  client.write(Uint8Array.from(stream.flat()));
  client.end();
  let rest: Uint8Array = new Uint8Array(0);
  let next = 0;
  for await (const chunk of client) {
    const split = splitMessages(rest, chunk as Uint8Array);
    rest = split.rest;
    for (const answer of split.messages) {
      if ((answer[0] as number) * 256 + (answer[1] as number) !== next) expect.fail(`answer ${next} is out of order`);
      next += 1;
    }
  }
  expect(next).toBe(count);
});

test('a TCP client that trickles octets but sends no query is idle', async () => {
  await zoneWith('192.0.2.1');
  edge = await open(['127.0.0.1'], { answers: { ...PLAIN_ANSWERS, tcpIdleMilliseconds: 300 } });
  const client = connect(port, '127.0.0.1');
  client.on('error', () => {});
  const drip = setInterval(() => client.write(Uint8Array.of(0)), 50);
  // A length of 2 octets and a message that never ends.
  client.write(Uint8Array.of(0xff, 0xff));
  await once(client, 'close');
  clearInterval(drip);
});

test('TCP connections beyond the limit are closed, and those within it are served', async () => {
  await zoneWith('192.0.2.1');
  edge = await open(['127.0.0.1'], { tcpConnectionsMax: 2 });
  const kept = await Promise.all(
    [1, 2].map(async () => {
      const client = connect(port, '127.0.0.1');
      await askByTcp(client);
      return client;
    }),
  );
  const third = connect(port, '127.0.0.1').on('error', () => {});
  await once(third, 'close');
  for (const client of kept) {
    expect(await askByTcp(client)).toBe('192.0.2.1');
    client.destroy();
  }
});

async function askByTcp(client: Socket): Promise<string> {
  const message = query(1);
  client.write(Uint8Array.of(message.length >>> 8, message.length & 255, ...message));
  const [answer] = (await once(client, 'data')) as [Uint8Array];
  return addressIn(answer);
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
