import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { framed as frame } from '../../src/core/dns/framed.ts';
import { parseName } from '../../src/core/dns/name.ts';
import { TYPE } from '../../src/core/dns/record-type.ts';

/** A DNS client over a stream socket, one frame at a time. */
export class StreamClient {
  readonly socket: Socket;
  /** What the socket runs over, if it is one of TLS. */
  readonly raw: Socket;
  /** The server ends the connection, or has closed it. */
  readonly closed: Promise<unknown>;
  #received = Buffer.alloc(0);
  #happened = (): void => {};

  constructor(socket: Socket, raw = socket) {
    this.socket = socket;
    this.raw = raw;
    raw.on('error', () => {});
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
    // Node tells the end only to who reads.
    socket.on('readable', () => void (socket.readableLength === 0 && socket.read()));
    for (const event of ['readable', 'end', 'close']) socket.on(event, () => this.#happened());
  }

  /** The next message; rejects when the connection closes before it. */
  async next(): Promise<Uint8Array> {
    for (;;) {
      const end = this.#received.length < 2 ? 2 : 2 + this.#received.readUInt16BE(0);
      if (this.#received.length >= end && end > 2) {
        const message = this.#received.subarray(2, end);
        this.#received = this.#received.subarray(end);
        return message;
      }
      const chunk = this.socket.read() as Buffer | null;
      if (chunk !== null) {
        this.#received = Buffer.concat([this.#received, chunk]);
      } else if (this.socket.readableEnded || this.socket.destroyed) {
        throw new Error('the connection closed');
      } else {
        await new Promise<void>((resolve) => (this.#happened = resolve));
      }
    }
  }

  /** Asks one question and gives the answer's id and its last four octets, which are an A record's address. */
  async ask(id: number, name: string): Promise<string> {
    this.socket.write(framed(query(id, name)));
    return addressIn(await this.next());
  }
}

/** Where to connect from, and the certificate authority (PEM) of a server with TLS. */
export interface Connecting {
  readonly localAddress?: string;
  readonly ca?: string;
}

export async function connectClient(
  port: number,
  host: string,
  { localAddress, ca }: Connecting = {},
): Promise<StreamClient> {
  const raw = connect({ port, host, ...(localAddress === undefined ? {} : { localAddress }), allowHalfOpen: true });
  await once(raw, 'connect');
  if (ca === undefined) return new StreamClient(raw);
  const socket = connectTls({ socket: raw, ca, ALPNProtocols: ['dot'], checkServerIdentity: () => undefined });
  socket.allowHalfOpen = true;
  // A server may refuse the connection before there is TLS.
  await Promise.race([once(socket, 'secureConnect'), once(raw, 'close')]).catch(() => {});
  return new StreamClient(socket, raw);
}

export function query(id: number, name: string, type: number = TYPE.A): Uint8Array {
  return Uint8Array.from([id >>> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...parseName(name), 0, type, 0, 1]);
}

/** All of them at once. */
export function framed(...messages: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(messages.map(frame));
}

export function idOf(message: Uint8Array): number {
  return (message[0] as number) * 256 + (message[1] as number);
}

/** The address that an answer with one A record ends with. */
export function addressIn(message: Uint8Array): string {
  return [...message.subarray(-4)].join('.');
}
