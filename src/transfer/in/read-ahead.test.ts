import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReadAhead } from './read-ahead.ts';

const OCTETS_MAX = 100_000;
let server: Server;
let primary: Socket;
let socket: Socket;
let ahead: ReadAhead;

beforeEach(async () => {
  server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  ahead = new ReadAhead(socket, OCTETS_MAX);
  [primary] = await accepted;
  primary.on('error', () => {});
});
afterEach(() => {
  socket.destroy();
  primary.destroy();
  server.close();
});

async function readAll(): Promise<{ octets: number; why: unknown }> {
  for (let octets = 0; ;) {
    try {
      octets += (await ahead.next(5000)).length;
    } catch (why) {
      return { octets, why: (why as Error).message };
    }
  }
}

test('what a primary sends is taken off it while nobody asks, up to the bound, and is given whole', async () => {
  const sent = 32 * 2 ** 20;
  primary.end(Buffer.alloc(sent));
  // Until it is paused there is something to read, and reading is what wakes this loop.
  while (!socket.isPaused()) await once(socket, 'data');
  expect(socket.bytesRead).toBeGreaterThanOrEqual(OCTETS_MAX);
  expect(socket.bytesRead).toBeLessThan(OCTETS_MAX + 2 ** 17);
  expect(await readAll()).toEqual({ octets: sent, why: 'it closed the connection in the middle' });
});

test('octets that come one by one are held in no greater number than memory allows', async () => {
  const send = (): void => {
    if (!primary.destroyed) primary.write(Buffer.alloc(1), () => setImmediate(send));
  };
  send();
  while (!socket.isPaused()) await once(socket, 'data');
  expect(socket.bytesRead).toBeLessThan(OCTETS_MAX / 10);
  expect((await ahead.next(5000)).length).toBeGreaterThan(0);
});

test('a primary that is silent, and one that breaks the connection', async () => {
  await expect(ahead.next(1)).rejects.toThrow('it stopped in the middle');
  primary.resetAndDestroy();
  await expect(ahead.next(5000)).rejects.toThrow('the connection broke: ECONNRESET');
});
