import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of the HTTP port. When there are too many, the one that has been idle for the longest makes room; when all of them
 * are being answered, the newest is told to come again, and not just closed: an SDK then knows what to do.
 */
export class HttpConnections {
  readonly #max: number;
  readonly #sockets = new Set<Socket>();
  /** Those without a request under way, the one that is so for the longest first. */
  readonly #idle = new Set<Socket>();
  readonly #underWay = new Map<Socket, number>();

  constructor(max: number) {
    this.#max = max;
  }

  /** To be called with every connection. False: it was refused, and is not to be served. */
  admit(socket: Socket): boolean {
    if (this.#sockets.size >= this.#max && !this.#makeRoom()) {
      refuse(socket);
      return false;
    }
    this.#sockets.add(socket);
    this.#idle.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#idle.delete(socket);
      this.#underWay.delete(socket);
    });
    return true;
  }

  /** To be called with every request. */
  begins({ socket }: IncomingMessage, response: ServerResponse): void {
    this.#idle.delete(socket);
    this.#underWay.set(socket, (this.#underWay.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (this.#underWay.get(socket) ?? 1) - 1;
      this.#underWay.set(socket, left);
      if (left === 0 && this.#sockets.has(socket)) this.#idle.add(socket);
    });
  }

  /** Ends those that have yet to send their first request, which Node does not count as idle. */
  closeSilent(): void {
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  #makeRoom(): boolean {
    const [idlest] = this.#idle;
    if (idlest === undefined) return false;
    this.#idle.delete(idlest);
    this.#sockets.delete(idlest);
    idlest.destroy();
    return true;
  }
}

/** Time for a client to read why; who does not take it was no client. */
const REFUSED_MILLISECONDS = 1000;
const REFUSAL = 'HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

/** What it sends is read and dropped until it closes: with octets unread the refusal would be lost in a reset. */
function refuse(socket: Socket): void {
  socket.on('error', () => {});
  socket.resume();
  socket.end(REFUSAL);
  setTimeout(() => socket.destroy(), REFUSED_MILLISECONDS).unref();
}
