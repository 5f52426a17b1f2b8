import { createServer, type Server } from 'node:http';

/**
 * Endpoints that can be killed: an HTTP server on each of the ports that are the arguments, told by messages. A parent that stops the
 * whole process (SIGSTOP) makes them fall silent instead.
 */
export interface Told {
  readonly port: number;
  readonly up: boolean;
}

const servers = new Map<number, Server>();

function start(port: number): Promise<void> {
  const server = createServer((_, response) => response.end('fine'));
  servers.set(port, server);
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
}

function kill(port: number): void {
  servers.get(port)?.closeAllConnections();
  servers.get(port)?.close();
}

process.on('message', ({ port, up }: Told) => {
  if (up) void start(port);
  else kill(port);
});
await Promise.all(process.argv.slice(2).map((port) => start(Number(port))));
process.send?.('ready');
