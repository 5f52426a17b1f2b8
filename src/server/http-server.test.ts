import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listenHttp, type HttpServer } from './http-server.ts';

const CONNECTIONS_MAX = 3;
let server: HttpServer;
/** Requests that are not answered before the test says so. */
let waiting: ServerResponse[];
let arrived: () => void;
const sockets: Socket[] = [];

beforeEach(async () => {
  waiting = [];
  const routes = {
    api: async (_request: unknown, response: ServerResponse) => {
      waiting.push(response);
      arrived();
    },
    ready: () => true,
    metrics: { contentType: 'text/plain', text: async () => '' },
  };
  server = await listenHttp({ host: '127.0.0.1', port: 0 }, routes, CONNECTIONS_MAX);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

async function open(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

async function ask(socket: Socket, path = '/healthz'): Promise<string> {
  socket.write(get(path));
  return String((await once(socket, 'data'))[0]).split('\r\n')[0] as string;
}

async function askAndWait(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  arrived = resolve;
  socket.write(get('/slow'));
  await promise;
}

test('beyond the limit the connection that is idle for the longest makes room', async () => {
  const [first, second, third] = [await open(), await open(), await open()];
  for (const socket of [second, first, third]) expect(await ask(socket)).toBe('HTTP/1.1 200 OK');
  const closed = once(second, 'close');
  const fourth = await open();
  await closed;
  for (const socket of [first, third, fourth]) expect(await ask(socket)).toBe('HTTP/1.1 200 OK');
});

test('when all are being answered the newest is told to come again, and nobody is cut off', async () => {
  const busy = [await open(), await open(), await open()];
  for (const socket of busy) await askAndWait(socket);
  const refused = await open();
  refused.write(get('/healthz'));
  expect(String((await once(refused, 'data'))[0])).toMatch(
    /^HTTP\/1\.1 503 Service Unavailable\r\nretry-after: 1\r\n[^]*connection: close\r\n\r\n$/,
  );
  await once(refused, 'end');
  refused.destroy();
  for (const [at, socket] of busy.entries()) {
    const answered = once(socket, 'data');
    waiting[at]?.end('done');
    expect(String((await answered)[0])).toContain('200 OK');
  }
  expect(await ask(await open())).toBe('HTTP/1.1 200 OK');
});
