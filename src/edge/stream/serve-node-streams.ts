import { createServer, type Server, type Socket } from 'node:net';
import { ListenError, type Address } from '../address.ts';
import type { Serving } from '../serving.ts';
import { Connections, type Connection } from './connections.ts';
import { admit, UNSENT_OCTETS_MAX, type NodeStreams } from './node-stream.ts';
import { StreamAnswers } from './stream-answers.ts';
import { StreamShare, type StreamData } from './stream-limits.ts';

/** An address that a worker with an event loop listens on. */
export interface NodeListener {
  readonly protocol: 'tcp' | 'tls' | 'https';
  readonly address: Address;
  /** See `Query`. */
  readonly listener: number;
  /** Whether other workers listen there, too. */
  readonly shared: boolean;
}

/** Begins to serve a connection that was admitted. */
export type Begin = (socket: Socket, connection: Connection, at: NodeListener, streams: NodeStreams) => void;

/** Listens, admits, expires and keeps the world up to date until the worker is to close. Throws `ListenError`. */
export async function serveNodeStreams(
  serving: Serving,
  data: StreamData,
  listeners: readonly NodeListener[],
  begin: Begin,
  onServing: () => void,
): Promise<void> {
  const share = new StreamShare(data);
  const connections = new Connections(share);
  const streams: NodeStreams = { serving, share, connections, answers: new StreamAnswers(serving.world) };
  const servers = await Promise.all(listeners.map((at) => listen(at, streams, begin)));
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
const EXPIRY_MILLISECONDS = 250;

async function listen(at: NodeListener, streams: NodeStreams, begin: Begin): Promise<Server> {
  const server = createServer({ noDelay: true, allowHalfOpen: true, highWaterMark: UNSENT_OCTETS_MAX }, (socket) => {
    // A client that goes away is its own business.
    socket.on('error', () => {});
    const connection = admit(socket, streams);
    if (connection !== undefined) begin(socket, connection, at, streams);
  });
  const { host, port } = at.address;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(error.code ?? error.message, at.address, at.protocol)),
    );
    server.listen({ host, port, ipv6Only: true, reusePort: at.shared }, resolve);
  });
  // Too many open files, say: the connection that could not be accepted is lost, the others go on.
  server.removeAllListeners('error').on('error', () => {});
  return server;
}
