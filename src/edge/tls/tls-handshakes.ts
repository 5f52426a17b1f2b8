import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';

export const TICKET_KEYS_OCTETS = 48;
/** RFC 8446 §4.6.1 allows a week; with keys that last as long as the member, an hour is enough for a resolver that comes back. */
const SESSION_SECONDS = 3600;

/**
 * Makes TLS connections of connections that are there already. A certificate that is renewed is shown to new ones; those that are open
 * go on with what they began with. All workers have the same ticket keys, so that any of them resumes a session that another began.
 */
export class TlsHandshakes {
  readonly #ticketKeys: Buffer;
  readonly #servers: Server[] = [];
  #certificate: Certificate;

  /** `ticketKeys` is `TICKET_KEYS_OCTETS` random octets. */
  constructor(certificate: Certificate, ticketKeys: Uint8Array) {
    this.#certificate = certificate;
    this.#ticketKeys = Buffer.from(ticketKeys);
  }

  use(certificate: Certificate): void {
    this.#certificate = certificate;
    for (const server of this.#servers) server.setSecureContext(this.#options());
  }

  /** What shakes hands on a socket, offering these protocols, and then hands on what it was given with it. */
  with<T>(ALPNProtocols: string[], connected: (socket: TLSSocket, given: T) => void): (raw: Socket, given: T) => void {
    // Node does not say which socket a TLS socket was made of, so they are told apart by both ends' addresses.
    const waiting = new Map<string, T>();
    const server = createServer({ ...this.#options(), ALPNProtocols });
    this.#servers.push(server);
    server.on('secureConnection', (socket) => {
      const given = waiting.get(endsOf(socket));
      if (given === undefined) return void socket.destroy();
      connected(socket, given);
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return (raw, given) => {
      const ends = endsOf(raw);
      waiting.set(ends, given);
      raw.once('close', () => waiting.delete(ends));
      server.emit('connection', raw);
    };
  }

  #options(): Parameters<Server['setSecureContext']>[0] {
    const { certificatePem, keyPem } = this.#certificate;
    return {
      cert: certificatePem,
      key: keyPem,
      // RFC 9325 §3.1.1: nothing older.
      minVersion: 'TLSv1.2',
      ticketKeys: this.#ticketKeys,
      sessionTimeout: SESSION_SECONDS,
    };
  }
}

function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}
