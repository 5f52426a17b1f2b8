import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { answerQuery } from '../../core/answer/answer-query.ts';
import { countAnswers } from '../../core/answer/counters.ts';
import type { Query } from '../../core/answer/query.ts';
import { addressOctets, ListenError, type Address } from '../address.ts';
import type { Serving } from '../serving.ts';

const DATAGRAM_OCTETS = 4096;
const CHANGED_TIMEOUT_MILLISECONDS = 200;

/** The same service by node:dgram, for systems where the kernel's calls are out of reach. A third as fast, and as right. One worker. */
export async function serveNodeUdp(
  serving: Serving,
  sockets: { readonly addresses: readonly Address[] },
  onServing: () => void,
): Promise<void> {
  const response = new Uint8Array(DATAGRAM_OCTETS);
  const open = await Promise.all(
    sockets.addresses.map((address, listener) => listen(address, listener, serving, response)),
  );
  onServing();
  while (!serving.closing()) {
    serving.catchUp();
    await serving.follower.changed(CHANGED_TIMEOUT_MILLISECONDS);
  }
  await Promise.all(open.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
}

async function listen(address: Address, listener: number, serving: Serving, response: Uint8Array): Promise<Socket> {
  const socket = createSocket(isIPv4(address.host) ? { type: 'udp4' } : { type: 'udp6', ipv6Only: true });
  socket.on('message', (packet, client) => {
    const query: Query = {
      packet,
      length: packet.length,
      transport: 'udp',
      client: addressOctets(client.address),
      listener,
      nowMilliseconds: Date.now(),
      draw: Math.random(),
    };
    const begun = performance.now();
    const length = answerQuery(serving.world, query, response);
    if (length > 0) socket.send(Uint8Array.prototype.slice.call(response, 0, length), client.port, client.address);
    countAnswers(serving.world.counters, 1, (performance.now() - begun) / 1000);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(error.code ?? error.message, address, 'udp')),
    );
    socket.bind(address.port, address.host, resolve);
  });
  // A client that cannot be reached is its own problem, and the only error that a bound socket has left.
  socket.removeAllListeners('error').on('error', () => {});
  return socket;
}
