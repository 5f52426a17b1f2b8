import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { CERTIFICATE, KEY } from './certificate-for-tests.ts';

/** For tests: a real server that does to its clients what it is told, octet by octet. */
export interface TestEndpoint {
  readonly port: number;
  /** What each connection has sent. */
  readonly requests: string[];
  /** Server names of TLS handshakes; '' for one without. */
  readonly serverNames: string[];
  /** Connections that are open now. */
  open(): number;
  close(): Promise<void>;
}

/** Called when a request's head has come, or for `onConnect` at once. */
export type Behaviour = (socket: Socket, request: string) => void;

export interface EndpointOptions {
  readonly tls?: TlsOptions | boolean;
  readonly host?: string;
  readonly onConnect?: (socket: Socket) => void;
}

export async function startEndpoint(behave: Behaviour, options: EndpointOptions = {}): Promise<TestEndpoint> {
  const requests: string[] = [];
  const serverNames: string[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket): void => {
    let request = '';
    socket.on('error', () => {});
    options.onConnect?.(socket);
    socket.on('data', (octets: Buffer) => {
      request += octets.toString('latin1');
      if (!request.endsWith('\r\n\r\n')) return;
      requests.push(request);
      behave(socket, request);
      request = '';
    });
  };
  // Told before the client has seen the certificate, and so also when it goes away because of it.
  const SNICallback: TlsOptions['SNICallback'] = (name, goOn) => {
    serverNames.push(name);
    goOn(null);
  };
  const server: Server =
    options.tls === undefined ? createServer(serve) : createTlsServer({ ...tlsOptions(options.tls), SNICallback });
  server.on('secureConnection', (socket: TLSSocket) => {
    if (typeof (socket.servername as unknown) !== 'string') serverNames.push('');
    serve(socket);
  });
  server.on('tlsClientError', () => {});
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, options.host ?? '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    serverNames,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function tlsOptions(tls: TlsOptions | boolean): TlsOptions {
  return { cert: CERTIFICATE, key: KEY, ...(typeof tls === 'boolean' ? {} : tls) };
}

/** A behaviour that sends a whole response and closes. */
export function respond(text: string | Buffer): Behaviour {
  return (socket) => socket.end(text);
}
