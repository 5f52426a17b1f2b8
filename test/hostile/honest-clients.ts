import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { framed } from '../../src/core/dns/framed.ts';

/** What honest clients of one address and transport have met: each question is asked up to three times, as resolvers do. */
export interface Experience {
  asked: number;
  /** Times that an answer did not come in time, or the connection was closed first. */
  lostTries: number;
  /** Questions without an answer after the last try. */
  unanswered: number;
  /** Of the tries that were answered, in order. */
  readonly milliseconds: number[];
}

export type Transport = 'UDP' | 'TCP, a connection each' | 'TCP, one connection';

export const TRANSPORTS: readonly Transport[] = ['UDP', 'TCP, a connection each', 'TCP, one connection'];

const TRIES = 3;
/** As long as resolvers wait. */
const TRY_MILLISECONDS = 1500;
const PER_SECOND: Readonly<Record<Transport, number>> = {
  UDP: 100,
  'TCP, a connection each': 20,
  'TCP, one connection': 20,
};

/** Asks for `name` (A) at a steady rate, whatever has become of the questions before, until the time is over and all are settled. */
export async function askHonestly(
  transport: Transport,
  server: { readonly host: string; readonly port: number },
  name: string,
  milliseconds: number,
): Promise<Experience> {
  const met: Experience = { asked: 0, lostTries: 0, unanswered: 0, milliseconds: [] };
  const asker = await openers[transport](server);
  const until = performance.now() + milliseconds;
  const questions: Promise<void>[] = [];
  const perSecond = PER_SECOND[transport];
  const started = performance.now();
  while (performance.now() < until) {
    for (const due = ((performance.now() - started) / 1000) * perSecond; met.asked < due; met.asked += 1)
      questions.push(askAgain(asker, name, met));
    await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
  }
  await Promise.all(questions);
  asker.close();
  met.milliseconds.sort((a, b) => a - b);
  return met;
}

async function askAgain(asker: Asker, name: string, met: Experience): Promise<void> {
  for (let left = TRIES; left > 0; left -= 1) {
    const started = performance.now();
    if (await asker.ask(name)) {
      met.milliseconds.push(performance.now() - started);
      return;
    }
    met.lostTries += 1;
  }
  met.unanswered += 1;
}

interface Asker {
  /** Whether the right answer came in time. */
  ask(name: string): Promise<boolean>;
  close(): void;
}

type Server = { readonly host: string; readonly port: number };

const openers: Readonly<Record<Transport, (server: Server) => Promise<Asker>>> = {
  async UDP(server) {
    const socket = createSocket('udp4');
    socket.on('error', () => {});
    socket.connect(server.port, server.host);
    await once(socket, 'connect');
    const waiting = new Waiting();
    socket.on('message', (answer) => waiting.answered(answer));
    return {
      ask: (name) => waiting.add((id) => socket.send(query(id, name))),
      close: () => socket.close(),
    };
  },

  async 'TCP, a connection each'(server) {
    return {
      async ask(name) {
        const stream = new Stream(server);
        const answered = await stream.ask(name);
        stream.close();
        return answered;
      },
      close() {},
    };
  },

  async 'TCP, one connection'(server) {
    let stream = new Stream(server);
    return {
      ask(name) {
        // Closed to make room, say: clients come again.
        if (stream.closed) stream = new Stream(server);
        return stream.ask(name);
      },
      close: () => stream.close(),
    };
  },
};

/** Questions by their ids. */
class Waiting {
  readonly #settle = new Map<number, (answered: boolean) => void>();
  #id = 0;

  add(send: (id: number) => void): Promise<boolean> {
    const id = (this.#id = (this.#id + 1) % 0x10000);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle.get(id)?.(false), TRY_MILLISECONDS);
      this.#settle.set(id, (answered) => {
        clearTimeout(timer);
        this.#settle.delete(id);
        resolve(answered);
      });
      send(id);
    });
  }

  /** Anything but NOERROR with an answer is none: a truncated answer, as the rate limit sends it, counts as lost. */
  answered(answer: Uint8Array): void {
    const view = new DataView(answer.buffer, answer.byteOffset, answer.length);
    const right = answer.length > 12 && (view.getUint16(2) & 0x020f) === 0 && view.getUint16(6) === 1;
    this.#settle.get(view.getUint16(0))?.(right);
  }

  giveUp(): void {
    for (const settle of this.#settle.values()) settle(false);
  }
}

class Stream {
  closed = false;
  readonly #socket: Socket;
  readonly #waiting = new Waiting();
  #rest: Buffer = Buffer.alloc(0);

  constructor(server: Server) {
    this.#socket = connect({ ...server, noDelay: true });
    this.#socket.on('error', () => {});
    this.#socket.once('close', () => {
      this.closed = true;
      this.#waiting.giveUp();
    });
    this.#socket.on('data', (chunk: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      while (this.#rest.length >= 2 && this.#rest.length >= 2 + this.#rest.readUInt16BE()) {
        const end = 2 + this.#rest.readUInt16BE();
        this.#waiting.answered(this.#rest.subarray(2, end));
        this.#rest = this.#rest.subarray(end);
      }
    });
  }

  ask(name: string): Promise<boolean> {
    return this.#waiting.add((id) => {
      this.#socket.write(framed(query(id, name)));
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

function query(id: number, name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  const header = Buffer.from([id >>> 8, id, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, 1, 0, 1])]);
}
