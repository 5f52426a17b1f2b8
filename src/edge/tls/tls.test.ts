import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../../../test/clients/member.ts';
import { makeCertificate, OPENSSL } from '../../../test/streams/make-certificate.ts';
import { StreamClient } from '../../../test/streams/stream-client.ts';
import { startStreamServer, type StreamServer } from '../../../test/streams/stream-server.ts';
import { readCertificate, type Certificate } from './certificate.ts';

const ZONES = `
  $ZONE example.com.
  @    300 SOA ns1.example.com. host.example.com. 1 2 3 4 60
  www  60  A   192.0.2.1
`;
const LIMITS = { connectionsMax: 100, connectionsPerNetworkMax: 100, heldOctetsMax: 2 ** 20, idleMilliseconds: 10_000 };

describe.skipIf(lacks(OPENSSL))('DNS over TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-tls-'));
  let server: StreamServer;
  let first: Certificate;
  const sockets: TLSSocket[] = [];
  /** What the newest connection may be resumed with: in TLS 1.2 it is told within the handshake, in 1.3 behind it. */
  let session: Buffer | undefined;

  beforeAll(async () => {
    first = readCertificate(makeCertificate(directory, 'first'));
    server = await startStreamServer(first, ZONES, LIMITS, 2);
  });

  afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

  afterAll(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });

  const handshake = async (options: ConnectionOptions = {}): Promise<TLSSocket> => {
    const more = { host: '127.0.0.1', port: server.port, ca: first.certificatePem, ...options };
    const socket = connect({ ...more, checkServerIdentity: () => undefined });
    sockets.push(socket);
    socket.on('session', (ticket) => (session = ticket));
    await once(socket, 'secureConnect');
    return socket;
  };
  const ask = (socket: TLSSocket): Promise<string> => new StreamClient(socket).ask(1, 'www.example.com.');
  const nameOf = (socket: TLSSocket): unknown => socket.getPeerCertificate().subject.CN;

  test.each([
    ['TLSv1.3', { ALPNProtocols: ['dot'] }, 'dot'],
    ['TLSv1.2', { maxVersion: 'TLSv1.2', ALPNProtocols: ['x', 'dot'] }, 'dot'],
    ['TLSv1.3', {}, false],
  ] as [string, ConnectionOptions, string | false][])('%s, %j', async (version, options, protocol) => {
    const socket = await handshake(options);
    expect([socket.getProtocol(), socket.alpnProtocol]).toEqual([version, protocol]);
    expect(await ask(socket)).toBe('192.0.2.1');
  });

  test.each([
    ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['another protocol', { ALPNProtocols: ['h2'] }],
  ] as [string, ConnectionOptions][])('%s is refused', async (_, options) => {
    await expect(handshake(options)).rejects.toThrow(/alert/);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '%s: any worker resumes a session that one of them began',
    async (version) => {
      const options = { minVersion: version, maxVersion: version };
      session = undefined;
      await ask(await handshake(options));
      while (session === undefined) await new Promise((resolve) => setImmediate(resolve));
      const ticket: Buffer = session;
      for (let turn = 0; turn < 10; turn += 1) {
        const resumed = await handshake({ ...options, session: ticket });
        expect(resumed.isSessionReused()).toBe(true);
        expect(await ask(resumed)).toBe('192.0.2.1');
      }
    },
  );

  test('a renewed certificate is shown to new connections, and those that are open go on', async () => {
    const open = await handshake();
    const client = new StreamClient(open);
    await client.ask(1, 'www.example.com.');
    const second = readCertificate(makeCertificate(directory, 'second'));
    server.useCertificate(second);
    const ca = [first.certificatePem, second.certificatePem];
    const names = new Set<unknown>();
    // Workers hear of it each in its time.
    for (let right = 0; right < 10;) {
      const socket = await handshake({ ca });
      names.add(nameOf(socket));
      right = nameOf(socket) === 'second' ? right + 1 : 0;
      socket.destroy();
    }
    expect([...names].filter((name) => name !== 'first')).toEqual(['second']);
    expect(await client.ask(2, 'www.example.com.')).toBe('192.0.2.1');
    expect(nameOf(open)).toBe('first');
  });
});
