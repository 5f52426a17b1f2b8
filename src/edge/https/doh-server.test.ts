import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { lacks } from '../../../test/clients/member.ts';
import { makeCertificate, OPENSSL } from '../../../test/streams/make-certificate.ts';
import { addressIn, query } from '../../../test/streams/stream-client.ts';
import { startStreamServer, type StreamServer } from '../../../test/streams/stream-server.ts';
import { until } from '../../../test/until.ts';
import { packetOf } from '../../core/answer/answer-text.ts';
import { readCertificate, type Certificate } from '../tls/certificate.ts';

const ZONES = `
  $ZONE example.com.
  @    300 SOA ns1.example.com. host.example.com. 1 2 3 4 60
  www  60  A   192.0.2.1
`;
const LIMITS = { connectionsMax: 100, connectionsPerNetworkMax: 100, heldOctetsMax: 2 ** 20, idleMilliseconds: 60_000 };
const DNS = 'application/dns-message';
const WWW = query(0, 'www.example.com.');

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

let server: StreamServer;
/** Most tests share one. */
let shared: StreamServer;
let certificate: Certificate;
let session: ClientHttp2Session;
const directory = mkdtempSync(join(tmpdir(), 'waypost-doh-'));

async function askHttp2({ method = 'GET', path = '/dns-query', headers = {}, body }: Asked): Promise<Told> {
  const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: body === undefined });
  stream.on('error', () => {});
  if (body !== undefined) stream.end(body);
  const [told] = (await once(stream, 'response')) as [Record<string, unknown>];
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return { status: Number(told[':status']), headers: told, body: Buffer.concat(chunks) };
}

async function askHttp1({ method = 'GET', path = '/dns-query', headers = {}, body }: Asked): Promise<Told> {
  const outgoing = request({
    host: '127.0.0.1',
    port: server.httpsPort,
    ca: certificate.certificatePem,
    method,
    path,
    headers,
    agent: false,
  });
  outgoing.on('error', () => {});
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) };
}

const base64url = (message: Uint8Array): string => Buffer.from(message).toString('base64url');
const get = (message: Uint8Array, headers = {}): Asked => ({ path: `/dns-query?dns=${base64url(message)}`, headers });
const post = (body: Uint8Array, headers = {}): Asked => ({
  method: 'POST',
  headers: { 'content-type': DNS, ...headers },
  body,
});

describe.skipIf(lacks(OPENSSL))('DNS over HTTPS', () => {
  beforeAll(async () => {
    certificate = readCertificate(makeCertificate(directory, 'ns1.example.com'));
    server = shared = await startStreamServer(certificate, ZONES, LIMITS);
  });

  beforeEach(() => {
    server = shared;
  });

  afterAll(async () => {
    await shared.close();
    rmSync(directory, { recursive: true });
  });

  const connected = async (): Promise<void> => {
    session = connectHttp2(`https://127.0.0.1:${server.httpsPort}`, { ca: certificate.certificatePem });
    session.on('error', () => {});
    await once(session, 'connect');
  };

  describe.each([['HTTP/2', askHttp2] as const, ['HTTP/1.1', askHttp1] as const])('%s', (version, ask) => {
    beforeAll(async () => {
      if (version === 'HTTP/2') await connected();
    });

    afterAll(() => {
      if (version === 'HTTP/2') session.destroy();
    });

    test.each([['GET', get(WWW)] as const, ['POST', post(WWW)] as const])('%s is answered', async (_, asked) => {
      const { status, headers, body } = await ask({ ...asked, headers: { ...asked.headers, accept: DNS } });
      expect(status).toBe(200);
      expect(headers['content-type']).toBe(DNS);
      expect(Number(headers['content-length'])).toBe(body.length);
      expect(headers['cache-control']).toBe('max-age=60');
      expect(body.subarray(0, 2)).toEqual(Buffer.from([0, 0]));
      expect(addressIn(body)).toBe('192.0.2.1');
    });

    test('errors of the DNS are answers', async () => {
      const { status, headers, body } = await ask(get(packetOf('example.net A')));
      const REFUSED = 5;
      expect([status, headers['cache-control'], (body[3] as number) & 15]).toEqual([200, 'max-age=0', REFUSED]);
    });

    test('an answer is padded for who padded', async () => {
      expect((await ask(post(packetOf('www.example.com A +padding=00')))).body).toHaveLength(468);
    });

    const refused: [string, Asked, number][] = [
      ['another path', { path: '/' }, 404],
      ['no message', {}, 400],
      ['what is no query', get(Uint8Array.of(1, 2, 3)), 400],
      ['an answer', get(Uint8Array.of(0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0)), 400],
      ['an empty body', post(new Uint8Array(0)), 400],
      ['another method', { ...post(WWW), method: 'PUT' }, 405],
      ['another type', post(WWW, { 'content-type': 'text/plain' }), 415],
      ['a body that is said to be too large', post(new Uint8Array(65_536)), 413],
      ['who accepts no answer', get(WWW, { accept: 'text/html' }), 406],
    ];
    test.each(refused)('%s', async (_, asked, status) => {
      const told = await ask(asked);
      expect(told.status).toBe(status);
      expect(told.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(told.body.toString()).toMatch(/^.+\n$/);
      expect(told.headers['allow']).toBe(status === 405 ? 'GET, POST' : undefined);
    });
  });

  test('a body that turns out to be too large', async () => {
    await connected();
    const stream = session.request({ ':method': 'POST', ':path': '/dns-query', 'content-type': DNS });
    stream.on('error', () => {});
    const told = once(stream, 'response') as Promise<[Record<string, unknown>]>;
    const chunk = new Uint8Array(10_000);
    const pump = (): void => {
      if (!stream.destroyed && !stream.closed) stream.write(chunk, () => setImmediate(pump));
    };
    pump();
    expect((await told)[0][':status']).toBe(413);
    // Others of the connection do not notice.
    expect((await askHttp2(get(WWW))).status).toBe(200);
    session.destroy();
  });

  test('a hundred requests at once', async () => {
    await connected();
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, id) => askHttp2(post(query(id, 'www.example.com.')))),
    );
    expect(all.map(({ body }) => body.readUInt16BE(0))).toEqual(Array.from({ length: 100 }, (_, id) => id));
    session.destroy();
  });

  test('connections that ask nothing are closed, with or without a handshake, and nothing is left of them', async () => {
    // Far longer than it takes to connect and ask, also on a busy machine.
    server = await startStreamServer(certificate, ZONES, { ...LIMITS, idleMilliseconds: 3000 });
    onTestFinished(() => server.close());
    const silent = connectTcp({ port: server.httpsPort, host: '127.0.0.1' });
    const garbage = connectTcp({ port: server.httpsPort, host: '127.0.0.1' });
    const closed = [once(silent.resume(), 'close'), once(garbage.on('error', () => {}).resume(), 'close')];
    garbage.write('GET / HTTP/1.1\r\n\r\n');
    await connected();
    closed.push(once(session, 'close'));
    await askHttp2(get(WWW));
    await Promise.all(closed);
    await until(() => server.streams('open') === 0);
    expect(server.streams('closedIdle')).toBe(2);
    expect(server.streams('heldOctets')).toBe(0);
  });

  test('who does not take its answers holds no more than a connection may', async () => {
    await connected();
    session.setLocalWindowSize(65_535);
    const streams = Array.from({ length: 100 }, () =>
      session.request({ ':path': get(packetOf('www.example.com A +padding=00')).path as string }),
    );
    for (const stream of streams) stream.on('error', () => {}).pause();
    await Promise.all(streams.map((stream) => once(stream, 'response')));
    // Each has told its head; bodies beyond the window wait on the other side, and count.
    expect(server.streams('heldOctets')).toBeLessThan(100 * 468 + 1);
    session.destroy();
    await until(() => server.streams('open') === 0);
    expect(server.streams('heldOctets')).toBe(0);
  });
});
