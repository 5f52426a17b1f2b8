import { createServer, type Server } from 'node:net';
import { ListenError, type Address } from '../address.ts';
import type { Serving } from '../serving.ts';
import { Connections } from '../stream/connections.ts';
import { admit, NodeStream, UNSENT_OCTETS_MAX, type NodeStreams } from '../stream/node-stream.ts';
import { StreamAnswers } from '../stream/stream-answers.ts';
import { StreamShare, type StreamData } from '../stream/stream-limits.ts';

/** DNS over TCP by node:net, for systems where the kernel's calls are out of reach. One worker. */
export async function serveNodeTcp(
  serving: Serving,
  sockets: { readonly addresses: readonly Address[] } & StreamData,
  onServing: () => void,
): Promise<void> {
  const share = new StreamShare(sockets);
  const connections = new Connections(share);
  const streams: NodeStreams = { serving, share, connections, answers: new StreamAnswers(serving.world) };
  const servers = await Promise.all(sockets.addresses.map((address, listener) => listen(address, listener, streams)));
  onServing();
  const expiry = setInterval(() => connections.expire(performance.now()), EXPIRY_MILLISECONDS);
  while (!serving.closing()) {
    serving.catchUp();
    await serving.follower.changed(CHANGED_TIMEOUT_MILLISECONDS);
  }
  clearInterval(expiry);
  const closed = Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  for (const connection of connections.all()) connection.destroy();
  await closed;
}

const CHANGED_TIMEOUT_MILLISECONDS = 200;
/** How much later than its time an idle connection may be closed. */
export const EXPIRY_MILLISECONDS = 250;

async function listen(address: Address, listener: number, streams: NodeStreams): Promise<Server> {
  const server = createServer({ noDelay: true, allowHalfOpen: true, highWaterMark: UNSENT_OCTETS_MAX }, (socket) => {
    // A client that goes away is its own business.
    socket.on('error', () => {});
    const connection = admit(socket, streams);
    if (connection === undefined) return;
    new NodeStream(socket, { client: connection.client, listener, transport: 'tcp' }, streams, connection);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(error.code ?? error.message, address, 'tcp')),
    );
    server.listen({ host: address.host, port: address.port, ipv6Only: true }, resolve);
  });
  // Too many open files, say: the connection that could not be accepted is lost, the others go on.
  server.removeAllListeners('error').on('error', () => {});
  return server;
}
