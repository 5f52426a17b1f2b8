import type { Serving } from '../serving.ts';
import { NodeStream } from '../stream/node-stream.ts';
import { serveNodeStreams, type NodeListener } from '../stream/serve-node-streams.ts';
import type { StreamData } from '../stream/stream-limits.ts';

/** DNS over TCP by node:net, for systems where the kernel's calls are out of reach. One worker. */
export function serveNodeTcp(
  serving: Serving,
  sockets: { readonly listeners: readonly NodeListener[] } & StreamData,
  onServing: () => void,
): Promise<void> {
  return serveNodeStreams(
    serving,
    sockets,
    sockets.listeners,
    (socket, connection, { listener }, streams) => {
      new NodeStream(socket, { client: connection.client, listener, transport: 'tcp' }, streams, connection);
    },
    onServing,
  );
}
