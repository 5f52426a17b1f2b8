import { createServer, type Server, type Socket } from 'node:net';
import { answerQuery } from '../../core/answer/answer-query.ts';
import type { Query } from '../../core/answer/query.ts';
import { addressOctets, ListenError, type Address } from '../address.ts';
import type { Serving } from '../serving.ts';
import { splitMessages } from './framing.ts';

/**
 * DNS over TCP (RFC 7766): any number of queries on a connection, answered in the order they came. A connection is closed when it
 * has been idle, when it does not read its answers, or when there are too many.
 */
export async function serveTcp(
  serving: Serving,
  sockets: {
    readonly addresses: readonly Address[];
    readonly connectionsMax: number;
    readonly idleMilliseconds: number;
  },
  onServing: (addresses: readonly Address[]) => void,
): Promise<void> {
  const connections = new Connections(sockets.connectionsMax);
  const servers = await Promise.all(
    sockets.addresses.map((address, listener) =>
      listen(address, listener, serving, connections, sockets.idleMilliseconds),
    ),
  );
  onServing(sockets.addresses);
  while (!serving.closing()) {
    serving.catchUp();
    await serving.follower.changed(CHANGED_TIMEOUT_MILLISECONDS);
  }
  connections.end();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
}

const CHANGED_TIMEOUT_MILLISECONDS = 200;
/** From one address: enough for a resolver farm behind a NAT, a small part of what all together may have. */
const CONNECTIONS_PER_CLIENT_MAX = 200;
/** Answers that a client has not read. At the limit we stop reading its queries. */
const UNSENT_OCTETS_MAX = 256 * 1024;
const MESSAGE_OCTETS_MAX = 65_535;

/** Who is connected; bounded together and for each client address. */
class Connections {
  readonly #sockets = new Set<Socket>();
  readonly #byClient = new Map<string, number>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** False when there is no room for it. */
  add(socket: Socket): boolean {
    const client = socket.remoteAddress ?? '';
    const others = this.#byClient.get(client) ?? 0;
    if (this.#sockets.size >= this.#max || others >= CONNECTIONS_PER_CLIENT_MAX) return false;
    this.#sockets.add(socket);
    this.#byClient.set(client, others + 1);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      const left = (this.#byClient.get(client) ?? 1) - 1;
      if (left > 0) this.#byClient.set(client, left);
      else this.#byClient.delete(client);
    });
    return true;
  }

  end(): void {
    for (const socket of this.#sockets) socket.destroySoon();
  }
}

async function listen(
  address: Address,
  listener: number,
  serving: Serving,
  connections: Connections,
  idleMilliseconds: number,
): Promise<Server> {
  const response = new Uint8Array(2 + MESSAGE_OCTETS_MAX);
  const server = createServer({ noDelay: true, highWaterMark: UNSENT_OCTETS_MAX }, (socket) => {
    if (connections.add(socket)) serve(socket, listener, serving, response, idleMilliseconds);
    else socket.destroy();
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

function serve(
  socket: Socket,
  listener: number,
  serving: Serving,
  response: Uint8Array,
  idleMilliseconds: number,
): void {
  const query: Query = {
    packet: new Uint8Array(0),
    length: 0,
    transport: 'tcp',
    client: addressOctets(socket.remoteAddress),
    listener,
    nowMilliseconds: 0,
    draw: 0,
  };
  let rest: Uint8Array = new Uint8Array(0);
  let waiting: readonly Uint8Array[] = [];
  const answerWaiting = (): void => {
    const now = Date.now();
    let at = 0;
    socket.cork();
    for (; at < waiting.length && socket.writableLength < UNSENT_OCTETS_MAX; at += 1) {
      const packet = waiting[at] as Uint8Array;
      query.packet = packet;
      query.length = packet.length;
      query.nowMilliseconds = now;
      query.draw = Math.random();
      const length = answerQuery(serving.world, query, response.subarray(2));
      // RFC 7766 §7 leaves open what to do with what cannot be answered; a client that sends it gets no more of our time.
      if (length === 0) {
        socket.destroySoon();
        return;
      }
      response[0] = length >>> 8;
      response[1] = length;
      socket.write(response.slice(0, length + 2));
    }
    socket.uncork();
    waiting = waiting.slice(at);
    // What came in one piece is at most 64 KiB of queries; their answers may be a thousand times that.
    if (socket.writableNeedDrain) socket.pause();
    else socket.resume();
  };
  // Idle is who sends no whole query (RFC 7766 §6.2.3); octets that trickle in keep no connection.
  const idle = setTimeout(() => socket.destroy(), idleMilliseconds);
  socket.once('close', () => clearTimeout(idle));
  socket.on('error', () => socket.destroy());
  socket.on('drain', answerWaiting);
  socket.on('data', (chunk: Uint8Array) => {
    const split = splitMessages(rest, chunk);
    rest = split.rest;
    if (split.messages.length > 0) idle.refresh();
    waiting = waiting.length === 0 ? split.messages : [...waiting, ...split.messages];
    answerWaiting();
  });
}
