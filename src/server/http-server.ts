import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ListenError, type Address } from '../edge/address.ts';
import { HttpConnections } from './http-connections.ts';

/** The one HTTP port: three addresses for machines that watch, and AWS's API for the rest. */
export interface HttpRoutes {
  api(request: IncomingMessage, response: ServerResponse): Promise<void>;
  ready(): boolean;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
}

export interface HttpServer {
  readonly port: number;
  /** Lets requests under way finish, and lets every other connection go at once. */
  close(): Promise<void>;
}

/** AWS's own limit for a request's headers; Node answers 431 beyond it. */
const HEADER_OCTETS_MAX = 16 * 1024;
/** A client that has not sent a whole request by then never will. */
const REQUEST_MILLISECONDS = 30_000;
/** Longer than the SDKs' pools keep a connection, so that they close first and no request meets a closed one. */
const KEEP_ALIVE_MILLISECONDS = 65_000;
const CONNECTIONS_MAX = 4096;
/** With those that are being refused: beyond it a connection is closed without a word. */
const SOCKETS_PER_CONNECTION_MAX = 2;

export async function listenHttp(
  address: Address,
  routes: HttpRoutes,
  connectionsMax = CONNECTIONS_MAX,
): Promise<HttpServer> {
  const server = createServer({
    maxHeaderSize: HEADER_OCTETS_MAX,
    requestTimeout: REQUEST_MILLISECONDS,
    headersTimeout: REQUEST_MILLISECONDS,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
  });
  server.maxConnections = connectionsMax * SOCKETS_PER_CONNECTION_MAX;
  const connections = new HttpConnections(connectionsMax);
  const [serve] = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (connections.admit(socket)) serve?.call(server, socket);
  });
  const underWay = new Set<ServerResponse>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    connections.begins(request, response);
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    // Its head was half read when the server closed.
    if (!server.listening) endsConnection(response);
    route(routes, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(error.code ?? error.message, address, 'http')),
    );
    server.listen({ host: address.host, port: address.port }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      underWay.forEach(endsConnection);
      server.closeIdleConnections();
      connections.closeSilent();
      await closed;
    },
  };
}

/** Or the client would keep the connection for its next request, and the server would wait for it. */
function endsConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

async function route(routes: HttpRoutes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET') return routes.api(request, response);
  switch (request.url) {
    case '/healthz':
      return plain(response, 200, 'alive\n');
    case '/readyz':
      return routes.ready() ? plain(response, 200, 'serving\n') : plain(response, 503, 'not serving\n');
    case '/metrics':
      return plain(response, 200, await routes.metrics.text(), routes.metrics.contentType);
    default:
      return routes.api(request, response);
  }
}

function plain(
  response: ServerResponse,
  status: number,
  body: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
