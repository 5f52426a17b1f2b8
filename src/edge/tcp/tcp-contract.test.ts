import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lacks } from '../../../test/clients/member.ts';
import {
  addressIn,
  connectClient,
  framed,
  idOf,
  query,
  type StreamClient,
} from '../../../test/streams/stream-client.ts';
import { makeCertificate, OPENSSL } from '../../../test/streams/make-certificate.ts';
import { startStreamServer, type StreamServer } from '../../../test/streams/stream-server.ts';
import { until } from '../../../test/until.ts';
import { TYPE } from '../../core/dns/record-type.ts';
import { kernelAvailable } from '../libc.ts';
import { readCertificate, type Certificate } from '../tls/certificate.ts';
import { NEWCOMER_MILLISECONDS } from '../stream/connections.ts';
import type { StreamLimits } from '../stream/stream-limits.ts';

/** What DNS over TCP must do however its sockets are served, and with TLS as well. */
const ZONES = `
  $ZONE example.com.
  @    300 SOA ns1.example.com. host.example.com. 1 2 3 4 60
  @    300 NS  ns1.example.com.
  www  60  A   192.0.2.1
  long 60  TXT ${Array.from({ length: 200 }, () => `"${'x'.repeat(250)}"`).join(' ')}
`;
const LIMITS: StreamLimits = {
  connectionsMax: 100,
  connectionsPerNetworkMax: 100,
  heldOctetsMax: 2 ** 20,
  idleMilliseconds: 10_000,
};

let server: StreamServer;
/** Most tests share one: a worker takes half a second to start. */
let shared: StreamServer | undefined;
const clients: StreamClient[] = [];
/** Of the server's certificate, if it has TLS. */
let ca: string | undefined;

afterEach(async () => {
  for (const client of clients.splice(0)) client.raw.destroy();
  if (server !== shared) await server.close();
  else await until(() => server.streams('open') === 0 && server.streams('heldOctets') === 0);
});

afterAll(() => shared?.close());

async function connected(localAddress = '127.0.0.1'): Promise<StreamClient> {
  const client = await connectClient(server.port, '127.0.0.1', { localAddress, ...(ca === undefined ? {} : { ca }) });
  clients.push(client);
  return client;
}

/** Repeatable randomness: each step of a linear congruential generator, as a whole number below `below`. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const WAYS = [
  ...(kernelAvailable ? ['kernel' as const] : []),
  'node' as const,
  ...(lacks(OPENSSL) ? [] : ['tls' as const]),
];
const directory = mkdtempSync(join(tmpdir(), 'waypost-streams-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe.each(WAYS)('%s', (way) => {
  let certificate: Certificate | undefined;
  const start = async (limits: Partial<StreamLimits>): Promise<void> => {
    server = await startStreamServer(way === 'tls' ? (certificate as Certificate) : way, ZONES, {
      ...LIMITS,
      ...limits,
    });
  };

  beforeAll(async () => {
    certificate = way === 'tls' ? readCertificate(makeCertificate(directory, 'ns1.example.com')) : undefined;
    ca = certificate?.certificatePem;
    await shared?.close();
    await start({});
    shared = server;
  });

  beforeEach(() => {
    server = shared as StreamServer;
  });

  test('queries are answered in order, however the stream is cut', async () => {
    const client = await connected();
    const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
    const roll = dice(seed);
    const stream = framed(...Array.from({ length: 300 }, (_, id) => query(id, id % 7 ? 'www.example.com.' : 'nx.')));
    for (let at = 0; at < stream.length;) {
      const octets = roll(3) === 0 ? 1 : roll(400);
      client.socket.write(stream.subarray(at, at + octets));
      at += octets;
      if (roll(4) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (let id = 0; id < 300; id += 1) expect(idOf(await client.next()), `seed ${seed}`).toBe(id);
  });

  test('a client that has sent its queries and closed its half gets every answer, then the end', async () => {
    const client = await connected();
    client.socket.end(framed(query(1, 'www.example.com.'), query(2, 'www.example.com.')));
    expect(idOf(await client.next())).toBe(1);
    expect(addressIn(await client.next())).toBe('192.0.2.1');
    await expect(client.next()).rejects.toThrow();
    await until(() => server.streams('open') === 0);
  });

  test('a client that does not read is not read from; its answers come whole and in order when it does', async () => {
    const client = await connected();
    const other = await connected();
    // Fifteen megabytes of answers: more than the kernel and we hold together.
    const count = 300;
    client.socket.write(framed(...Array.from({ length: count }, (_, id) => query(id, 'long.example.com.', TYPE.TXT))));
    await until(() => server.streams('heldOctets') > 0);
    for (let id = 0; id < 50; id += 1) expect(await other.ask(id, 'www.example.com.')).toBe('192.0.2.1');
    expect(server.streams('heldOctets')).toBeLessThan(512 * 1024);
    for (let id = 0; id < count; id += 1) {
      const answer = await client.next();
      if (idOf(answer) !== id || answer.length < 50_000) expect.fail(`answer ${id} is wrong`);
    }
    await until(() => server.streams('heldOctets') === 0);
  });

  test('who sends nothing, or never a whole query, is closed after a time', async () => {
    // Far longer than whoever asks again and again is held up, also on a busy machine.
    await start({ idleMilliseconds: 3000 });
    const silent = await connected();
    const trickling = await connected();
    const drip = setInterval(() => trickling.socket.write(Uint8Array.of(1)), 20);
    trickling.socket.write(Uint8Array.of(0xff, 0xff));
    const asking = await connected();
    const ended = Promise.all([silent.closed, trickling.closed]);
    let over = false;
    void ended.then(() => (over = true));
    while (!over) {
      expect(await asking.ask(1, 'www.example.com.')).toBe('192.0.2.1');
      await new Promise((resolve) => setImmediate(resolve));
    }
    clearInterval(drip);
    expect(await asking.ask(1, 'www.example.com.')).toBe('192.0.2.1');
    expect(server.streams('closedIdle')).toBe(2);
    await until(() => server.streams('open') === 1);
    await asking.closed;
  });

  test('a client that never takes its answers is closed after a time', async () => {
    await start({ idleMilliseconds: 300 });
    const client = await connected();
    client.socket.write(framed(...Array.from({ length: 500 }, (_, id) => query(id, 'long.example.com.', TYPE.TXT))));
    await until(() => server.streams('closedIdle') === 1 && server.streams('heldOctets') === 0);
  });

  test('beyond the limit of connections the one that said nothing for long goes first, then the idlest', async () => {
    await start({ connectionsMax: 3 });
    const [first, second] = [await connected(), await connected()];
    for (const client of [second, first]) await client.ask(1, 'www.example.com.');
    const silent = await connected();
    await until(() => server.streams('open') === 3);
    // The others go on asking until it is no newcomer any more.
    for (const came = performance.now(); performance.now() < came + 2 * NEWCOMER_MILLISECONDS;)
      for (const client of [second, first]) await client.ask(1, 'www.example.com.');
    const third = await connected();
    await third.ask(1, 'www.example.com.');
    await silent.closed;
    const fourth = await connected();
    await fourth.ask(1, 'www.example.com.');
    await second.closed;
    for (const client of [first, third, fourth]) expect(await client.ask(2, 'www.example.com.')).toBe('192.0.2.1');
    expect(server.streams('closedForRoom')).toBe(2);
    expect(server.streams('refused')).toBe(0);
  });

  test('a network that has its share of connections gets no more of them, and others do', async () => {
    await start({ connectionsPerNetworkMax: 2 });
    for (const host of ['127.0.1.1', '127.0.1.2']) await (await connected(host)).ask(1, 'www.example.com.');
    await (
      await connected('127.0.1.3')
    ).closed;
    expect(server.streams('refused')).toBe(1);
    expect(await (await connected('127.0.2.1')).ask(1, 'www.example.com.')).toBe('192.0.2.1');
    clients[0]?.socket.destroy();
    await until(() => server.streams('open') === 2);
    expect(await (await connected('127.0.1.3')).ask(1, 'www.example.com.')).toBe('192.0.2.1');
  });

  test('beyond the limit of memory those that hold the longest are closed', async () => {
    await start({ heldOctetsMax: 300 * 1024 });
    const holding: StreamClient[] = [];
    for (let index = 0; index < 4; index += 1) {
      const client = await connected();
      holding.push(client);
      client.socket.write(Uint8Array.of(0xff, 0xff, ...new Uint8Array(60_000)));
      await until(() => server.streams('heldOctets') >= (index + 1) * 60_000);
    }
    const one = await connected();
    one.socket.write(Uint8Array.of(0xff, 0xff, ...new Uint8Array(60_000)));
    await holding[0]?.closed;
    expect(server.streams('closedForRoom')).toBe(1);
    expect(server.streams('heldOctets')).toBeLessThanOrEqual(300 * 1024);
    expect(await (await connected()).ask(1, 'www.example.com.')).toBe('192.0.2.1');
  });

  test('a message that no answer is due to ends the connection', async () => {
    const before = server.streams('closedUnanswerable');
    const client = await connected();
    client.socket.write(framed(query(1, 'www.example.com.'), Uint8Array.of(1, 2, 3), query(2, 'www.example.com.')));
    expect(idOf(await client.next())).toBe(1);
    await expect(client.next()).rejects.toThrow();
    await client.closed;
    expect(server.streams('closedUnanswerable')).toBe(before + 1);
  });

  test('an answer in many messages comes in order with those before and behind it', async () => {
    const client = await connected();
    client.socket.end(
      framed(query(1, 'www.example.com.'), query(2, '100.30000.many.', TYPE.AXFR), query(3, 'www.example.com.')),
    );
    expect(idOf(await client.next())).toBe(1);
    for (let number = 0; number < 100; number += 1) {
      const message = await client.next();
      expect([idOf(message), Buffer.from(message).readUInt32BE(2), message.length]).toEqual([2, number, 30_000]);
    }
    expect(idOf(await client.next())).toBe(3);
    await expect(client.next()).rejects.toThrow();
    await until(() => server.streams('open') === 0);
  });

  test('an answer in many waits for its client, and others do not wait for it', async () => {
    const client = await connected();
    const other = await connected();
    const before = server.many('sent');
    const many = (): number => server.many('sent') - before;
    client.socket.write(framed(query(2, '500.60000.many.', TYPE.AXFR)));
    // The kernel's buffers fill up, then nothing moves until the client reads.
    await until(() => many() > 0);
    let sent = 0;
    while (sent !== many()) {
      sent = many();
      for (let id = 0; id < 200; id += 1) expect(await other.ask(id, 'www.example.com.')).toBe('192.0.2.1');
    }
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(400);
    for (let number = 0; number < 500; number += 1)
      expect(Buffer.from(await client.next()).readUInt32BE(2)).toBe(number);
    await until(() => many() === 500);
  });

  test('an answer in many ends when its client goes away or its maker fails', async () => {
    const before = server.many('rejected');
    const client = await connected();
    client.socket.write(framed(query(2, '500.60000.many.', TYPE.AXFR)));
    await client.next();
    client.socket.destroy();
    await until(() => server.many('rejected') === before + 1);
    const failing = await connected();
    failing.socket.write(framed(query(3, 'fail.many.', TYPE.AXFR)));
    expect(idOf(await failing.next())).toBe(3);
    await expect(failing.next()).rejects.toThrow();
    await until(() => server.streams('open') === 0);
  });

  test('what nobody answers in many is answered like any other', async () => {
    const client = await connected();
    client.socket.write(framed(query(7, 'example.com.', TYPE.AXFR)));
    const REFUSED = 5;
    expect(((await client.next())[3] as number) & 15).toBe(REFUSED);
  });

  test('a client that resets its connection in the middle leaves nothing behind', async () => {
    const before = server.streams('accepted');
    for (let turn = 0; turn < 50; turn += 1) {
      const client = await connected();
      client.socket.write(framed(query(1, 'long.example.com.', TYPE.TXT)).subarray(0, 5 + turn));
      await new Promise((resolve) => setImmediate(resolve));
      client.raw.resetAndDestroy();
    }
    await until(() => server.streams('accepted') === before + 50 && server.streams('open') === 0);
    expect(server.streams('heldOctets')).toBe(0);
  });
});

describe('kernel', () => {
  beforeEach(() => {
    ca = undefined;
  });

  test.skipIf(!kernelAvailable)('a limit holds for all workers together', async () => {
    server = await startStreamServer('kernel', ZONES, { ...LIMITS, connectionsPerNetworkMax: 20 }, 2);
    const all = await Promise.all(Array.from({ length: 60 }, () => connected()));
    await until(() => server.streams('accepted') + server.streams('refused') === 60);
    // Counted as open just behind that. Two workers that admit at the same moment may each let one more in.
    await until(() => server.streams('open') >= 20);
    expect(server.streams('open')).toBeLessThanOrEqual(21);
    expect(all).toHaveLength(60);
  });

  test.skipIf(!kernelAvailable)('when a worker dies its connections end, and new ones are served', async () => {
    server = await startStreamServer('kernel', ZONES, LIMITS);
    const before = await connected();
    await before.ask(1, 'www.example.com.');
    await server.restart();
    await before.closed;
    expect(server.streams('open')).toBe(0);
    expect(await (await connected()).ask(2, 'www.example.com.')).toBe('192.0.2.1');
    expect(server.streams('open')).toBe(1);
  });
});
