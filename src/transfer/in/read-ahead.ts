import type { Socket } from 'node:net';
import { TransferError } from './transfer-reader.ts';

/** The primary has sent nothing wrong: it could not be reached, or did not get to the end. */
export class ConnectionLost extends TransferError {}

/**
 * What a primary sends, read on while the last of it is still being stored. Primaries wait for nobody: Knot closes a connection on which
 * one message has not gone for half a second, and then the zone has to come all over again.
 */
export class ReadAhead {
  readonly #socket: Socket;
  readonly #octetsMax: number;
  readonly #chunks: Uint8Array[] = [];
  #octets = 0;
  /** Why nothing more comes. */
  #end: Error | undefined;
  #wake: (() => void) | undefined;

  /** Of a connected socket. More than `octetsMax` are not held: then the primary has to wait after all. */
  constructor(socket: Socket, octetsMax: number) {
    this.#socket = socket;
    this.#octetsMax = octetsMax;
    socket
      .on('data', (chunk) => this.#take(chunk))
      .on('end', () => this.#stop(new ConnectionLost('it closed the connection in the middle')))
      .on('error', (error) => this.#stop(asConnectionLost(error)))
      .on('close', () => this.#stop(new ConnectionLost('the connection is closed')));
  }

  /** The next octets as they came. Rejects with a `ConnectionLost` when there are none, or the primary is silent for too long. */
  async next(silenceMilliseconds: number): Promise<Uint8Array> {
    if (this.#chunks.length === 0 && this.#end === undefined) await this.#more(silenceMilliseconds);
    const chunk = this.#chunks.shift();
    if (chunk === undefined) throw this.#end ?? new ConnectionLost('it stopped in the middle');
    this.#octets -= costOf(chunk);
    if (this.#octets < this.#octetsMax) this.#socket.resume();
    return chunk;
  }

  async #more(silenceMilliseconds: number): Promise<void> {
    const late = setTimeout(() => this.#wake?.(), silenceMilliseconds);
    await new Promise<void>((resolve) => (this.#wake = resolve));
    clearTimeout(late);
    this.#wake = undefined;
  }

  #take(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#octets += costOf(chunk);
    if (this.#octets >= this.#octetsMax) this.#socket.pause();
    this.#wake?.();
  }

  #stop(why: Error): void {
    this.#end ??= why;
    this.#wake?.();
  }
}

/** A chunk of one octet takes memory, too. */
const CHUNK_OCTETS_MIN = 512;

function costOf(chunk: Uint8Array): number {
  return Math.max(chunk.length, CHUNK_OCTETS_MIN);
}

function asConnectionLost(error: Error): ConnectionLost {
  if (error instanceof ConnectionLost) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new ConnectionLost(`the connection broke: ${code ?? message}`);
}
