import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { addressOctets } from '../address.ts';
import { DatagramBatch } from './batch.ts';
import { closeSocket, kernelAvailable } from '../libc.ts';
import { openUdpSocket } from './kernel.ts';

const close: (() => void)[] = [];
afterEach(() => close.splice(0).forEach((each) => each()));

async function bound(host: string): Promise<Socket> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').bind(0, host);
  await once(socket, 'listening');
  return socket;
}

/** A server socket, and a client at `host` that is connected to it. */
async function pair(server: string, host: string): Promise<{ fd: number; client: Socket }> {
  const placeholder = await bound(server);
  const { port } = placeholder.address();
  placeholder.close();
  await once(placeholder, 'close');
  const fd = openUdpSocket({ host: server, port });
  const client = await bound(host);
  client.connect(port, server);
  await once(client, 'connect');
  close.push(() => closeSocket(fd));
  close.push(() => client.close());
  return { fd, client };
}

test.skipIf(!kernelAvailable).each([
  ['127.0.0.1', '127.0.0.9'],
  ['::1', '::1'],
])('a batch tells who asks: to %s from %s', async (server, host) => {
  const { fd, client } = await pair(server, host);
  const answers: Promise<unknown[]>[] = [];
  const batch = new DatagramBatch();
  const seen: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const sent = Promise.withResolvers<void>();
    client.send(Uint8Array.of(round, 0), () => client.send(Uint8Array.of(round, 1), () => sent.resolve()));
    answers.push(once(client, 'message'));
    await sent.promise;
    // The first of each two is not answered, so that headers move.
    for (let served = 0; served < 2;) {
      served += batch.serve(fd, (slot, length, address) => {
        seen.push(`${slot.subarray(0, length).join('.')} from ${address.join('.')}`);
        return slot[1] === 0 ? 0 : length;
      });
    }
    await answers.at(-1);
  }
  const from = addressOctets(host).join('.');
  expect(seen).toEqual(['0.0', '0.1', '1.0', '1.1', '2.0', '2.1'].map((octets) => `${octets} from ${from}`));
});
