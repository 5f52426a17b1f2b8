import type { Socket } from 'node:net';
import { COUNTER, countAnswers } from '../../core/answer/counters.ts';
import { framed } from '../../core/dns/framed.ts';
import { addressOctets } from '../address.ts';
import type { Serving } from '../serving.ts';
import type { StreamOrigin } from './answer-in-many.ts';
import { Place, type Connection, type Connections } from './connections.ts';
import { STREAM, type StreamShare } from './stream-limits.ts';
import {
  ANSWERS_AT,
  NOTHING_HELD,
  READ_OCTETS,
  type MessageStream,
  type StreamAnswers,
  type TurnEnd,
} from './stream-answers.ts';

/** What the streams of a worker with an event loop share. */
export interface NodeStreams {
  readonly serving: Serving;
  readonly answers: StreamAnswers;
  readonly connections: Connections;
  readonly share: StreamShare;
}

/** Answers that a client has not taken. Beyond it we read no more of its queries. */
export const UNSENT_OCTETS_MAX = 128 * 1024;

/** Serves DNS messages on a socket of node:net or node:tls that was admitted as `connection`. */
export class NodeStream implements MessageStream {
  readonly client: Uint8Array;
  readonly listener: number;
  readonly transport: 'tcp' | 'tls';
  held = NOTHING_HELD;
  heldOctets = 0;
  readonly #socket: Socket;
  readonly #streams: NodeStreams;
  readonly #connection: Connection;
  #unread: Uint8Array = NOTHING_HELD;
  #last: TurnEnd = 'waiting';
  #ended = false;
  #scheduled = false;

  constructor(socket: Socket, origin: StreamOrigin, streams: NodeStreams, connection: Connection) {
    this.client = origin.client;
    this.listener = origin.listener;
    this.transport = origin.transport;
    this.#socket = socket;
    this.#streams = streams;
    this.#connection = connection;
    socket.on('data', (chunk: Uint8Array) => {
      this.#unread = chunk;
      socket.pause();
      this.#pump();
    });
    socket.on('drain', () => {
      this.#settle(true);
      this.#pump();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#pump();
    });
  }

  handOver(message: Uint8Array): boolean {
    const { serving } = this.#streams;
    const answering = serving.answerInMany?.(message, this, (answer) => this.#send(answer));
    if (answering === undefined) return false;
    answering.then(
      () => {
        this.#last = 'full';
        this.#pump();
      },
      () => {
        if (!this.#socket.destroyed) serving.world.counters[COUNTER.internalErrors]! += 1;
        this.#connection.destroy();
      },
    );
    return true;
  }

  async #send(answer: Uint8Array): Promise<void> {
    // What was answered before it in the same turn must be written first, and other connections must have their turn.
    await new Promise((resolve) => setImmediate(resolve));
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) throw new Error('the connection is closed');
    const drained = socket.write(framed(answer));
    this.#settle(true);
    if (drained) return;
    await new Promise<void>((resolve, reject) => {
      const goOn = (): void => {
        socket.off('drain', goOn).off('close', goOn);
        if (socket.destroyed) reject(new Error('the connection is closed'));
        else resolve();
      };
      socket.on('drain', goOn).on('close', goOn);
    });
  }

  /** One turn, if anything can be done in it. */
  #pump(): void {
    const socket = this.#socket;
    if (this.#scheduled || this.#last === 'handed over' || socket.destroyed || socket.writableNeedDrain) return;
    if (this.#last === 'full' || this.#unread.length > 0) {
      if (!this.#turn()) return;
      // The next turn is the others' first.
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#pump();
      });
    } else if (this.#ended) {
      socket.end();
    } else {
      socket.resume();
    }
  }

  /** False when the connection was ended. */
  #turn(): boolean {
    const { answers, share, serving } = this.#streams;
    const begun = performance.now();
    const socket = this.#socket;
    // What is held is answered before more is read, or there would be no room for it.
    const received = this.#last === 'full' ? 0 : Math.min(this.#unread.length, READ_OCTETS);
    answers.bytes.set(this.#unread.subarray(0, received), answers.load(this));
    this.#unread = this.#unread.subarray(received);
    this.#last = answers.turn(this, received);
    if (answers.answersOctets > 0) {
      socket.write(answers.bytes.slice(ANSWERS_AT, ANSWERS_AT + answers.answersOctets));
      countAnswers(serving.world.counters, answers.answered, (performance.now() - begun) / 1000);
    }
    if (this.#last === 'unanswerable') {
      share.count(STREAM.closedUnanswerable);
      socket.destroySoon();
      return false;
    }
    this.#settle(answers.progress);
    return true;
  }

  #settle(progress: boolean): void {
    const octets = this.held.length + this.#unread.length + this.#socket.writableLength;
    const busy = this.#last === 'handed over';
    this.#streams.connections.settle(this.#connection, octets, busy, progress, performance.now());
  }
}

/** Admits a socket and has it leave when it closes. Undefined, and the socket destroyed, when there is no room for it. */
export function admit(socket: Socket, streams: NodeStreams): Connection | undefined {
  const connection: Connection = {
    client: addressOctets(socket.remoteAddress),
    place: new Place(),
    destroy() {
      streams.connections.leave(connection);
      socket.destroy();
    },
  };
  if (!streams.connections.admit(connection, performance.now())) {
    socket.destroy();
    return undefined;
  }
  socket.once('close', () => streams.connections.leave(connection));
  return connection;
}
