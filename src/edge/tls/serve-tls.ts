import { DohServer } from '../https/doh-server.ts';
import type { Serving } from '../serving.ts';
import type { Connection } from '../stream/connections.ts';
import { NodeStream, type NodeStreams } from '../stream/node-stream.ts';
import { serveNodeStreams, type NodeListener } from '../stream/serve-node-streams.ts';
import type { StreamData } from '../stream/stream-limits.ts';
import type { TlsHandshakes } from './tls-handshakes.ts';

interface Given {
  readonly connection: Connection;
  readonly listener: number;
  readonly streams: NodeStreams;
}

/**
 * DNS over TLS (RFC 7858, and RFC 9103 for transfers) and over HTTPS, in a worker with an event loop: the work is OpenSSL's, so the
 * kernel's own calls would gain little here. A connection counts from its first packet on, so a handshake that never ends is a silent
 * client like any other.
 */
export function serveTls(
  serving: Serving,
  sockets: { readonly listeners: readonly NodeListener[] } & StreamData,
  handshakes: TlsHandshakes,
  onServing: () => void,
): Promise<void> {
  // RFC 7858 §3.1 and RFC 9103 §7.1; a client may also offer no protocol.
  const dot = handshakes.with<Given>(['dot'], (socket, { connection, listener, streams }) => {
    socket.on('error', () => connection.destroy());
    new NodeStream(socket, { client: connection.client, listener, transport: 'tls' }, streams, connection);
  });
  let server: DohServer | undefined;
  const doh = handshakes.with<Given>(['h2', 'http/1.1'], (socket, { connection, listener, streams }) => {
    socket.on('error', () => connection.destroy());
    server ??= new DohServer(streams);
    server.serve(socket, { connection, listener });
  });
  return serveNodeStreams(
    serving,
    sockets,
    sockets.listeners,
    (raw, connection, { protocol, listener }, streams) => {
      (protocol === 'https' ? doh : dot)(raw, { connection, listener, streams });
    },
    onServing,
  );
}
