import koffi from 'koffi';
import { Queries, type Recipe } from './recipe.ts';

/**
 * The load of the TCP bench: a process of its own that keeps a few connections under way, in a ring. It opens one and sends its queries
 * in one write, goes round the others, and when it comes back reads the answers, closes the connection and opens the next. It waits only
 * for the answers of the oldest connection, so a server that is behind is never idle. What it
 * uses of its core is told: when that is all of it, it and not the server is the limit of the rate, and CPU per answer is what counts.
 */
export interface StreamLoad {
  readonly port: number;
  readonly recipe: Recipe;
  readonly milliseconds: number;
  /** Under way at once: less than Knot's backlog of ten, beyond which a connection waits for a second. */
  readonly connections: number;
  readonly queriesPerConnection: number;
  /** Ask again on the same connection when the answers have come. */
  readonly kept: boolean;
}

export interface StreamOutcome {
  readonly seconds: number;
  readonly connections: number;
  readonly answered: number;
  readonly wrong: number;
  /** Queries whose connection ended before their answer. */
  readonly lost: number;
  /** The share of its core that the generator used. */
  readonly busy: number;
}

const libc = koffi.load('libc.so.6');
const call = (signature: string): ((...parameters: unknown[]) => number) =>
  libc.func(signature) as unknown as (...parameters: unknown[]) => number;
const socket = call('int socket(int, int, int)');
const connect = call('int connect(int, void *, uint32_t)');
const bind = call('int bind(int, void *, uint32_t)');
const setsockopt = call('int setsockopt(int, int, int, void *, uint32_t)');
const send = call('intptr_t send(int, uintptr_t, size_t, int)');
const recv = call('intptr_t recv(int, uintptr_t, size_t, int)');
const close = call('int close(int)');

const AF_INET = 2;
const SOCK_STREAM = 1;
const LENGTH_OCTETS = 2;
/** A hundred answers of the largest that is asked for. */
const ANSWERS_OCTETS = 128 * 1024;
/** Every so many answers one is read whole. */
const SAMPLE = 32;
/** Addresses to connect from in turn, so that ports do not run out while the kernel remembers those that closed (a second on loopback). */
const SOURCES = 8;
const IP_BIND_ADDRESS_NO_PORT = 24;

const received = new Uint8Array(ANSWERS_OCTETS);
const receivedAt = Number(koffi.address(received));

class Connection {
  readonly #queries: Queries;
  readonly #count: number;
  readonly #bytes: Uint8Array;
  readonly #address: number;
  readonly #indexes: Int32Array;
  #fd = -1;

  constructor(queries: Queries, count: number) {
    this.#queries = queries;
    this.#count = count;
    this.#bytes = new Uint8Array(count * (LENGTH_OCTETS + queries.octets));
    this.#address = Number(koffi.address(this.#bytes));
    this.#indexes = new Int32Array(count);
    for (let query = 0; query < count; query += 1) {
      const at = this.#at(query);
      this.#bytes[at - 2] = queries.octets >> 8;
      this.#bytes[at - 1] = queries.octets;
      queries.prepare(this.#bytes, at);
    }
  }

  get open(): boolean {
    return this.#fd >= 0;
  }

  ask(server: Uint8Array, source: Uint8Array): void {
    for (let query = 0; query < this.#count; query += 1) {
      this.#indexes[query] = this.#queries.draw(this.#bytes, this.#at(query), query);
    }
    if (this.#fd < 0) {
      this.#fd = socket(AF_INET, SOCK_STREAM, 0);
      setsockopt(this.#fd, 0, IP_BIND_ADDRESS_NO_PORT, ONE, 4);
      bind(this.#fd, source, source.length);
      if (connect(this.#fd, server, server.length) !== 0) throw new Error('the generator cannot connect');
    }
    send(this.#fd, this.#address, this.#bytes.length, 0);
  }

  /** Reads the answers; how many came before the connection ended. */
  answers(tally: { wrong: number; sampled: number }): number {
    let have = 0;
    let at = 0;
    let answered = 0;
    while (answered < this.#count) {
      const octets = recv(this.#fd, receivedAt + have, ANSWERS_OCTETS - have, 0);
      if (octets <= 0) break;
      have += octets;
      while (at + LENGTH_OCTETS <= have) {
        const length = ((received[at] as number) << 8) | (received[at + 1] as number);
        if (at + LENGTH_OCTETS + length > have) break;
        if (!this.#right(at + LENGTH_OCTETS, length, (tally.sampled += 1) % SAMPLE === 0)) tally.wrong += 1;
        answered += 1;
        at += LENGTH_OCTETS + length;
      }
    }
    return answered;
  }

  close(): void {
    close(this.#fd);
    this.#fd = -1;
  }

  #right(at: number, length: number, wholly: boolean): boolean {
    const query = ((received[at] as number) << 8) | (received[at + 1] as number);
    if (query >= this.#count || !this.#queries.plausible(received, at, length)) return false;
    if (!wholly) return true;
    const index = this.#indexes[query] as number;
    return this.#queries.right(received, at, at + length, this.#bytes, this.#at(query), index);
  }

  #at(query: number): number {
    return query * (LENGTH_OCTETS + this.#queries.octets) + LENGTH_OCTETS;
  }
}

const ONE = new Uint8Array(new Int32Array([1]).buffer);

function socketAddress(port: number, last: number): Uint8Array {
  return Uint8Array.of(AF_INET, 0, port >> 8, port & 255, 127, 0, 0, last, 0, 0, 0, 0, 0, 0, 0, 0);
}

function load({ port, recipe, milliseconds, connections, queriesPerConnection, kept }: StreamLoad): StreamOutcome {
  const queries = new Queries(recipe);
  const ring = Array.from({ length: connections }, () => new Connection(queries, queriesPerConnection));
  const server = socketAddress(port, 1);
  const sources = Array.from({ length: SOURCES }, (_, index) => socketAddress(0, index + 1));
  const tally = { wrong: 0, sampled: 0 };
  let answered = 0;
  let opened = 0;
  let lost = 0;
  const usage = process.cpuUsage();
  const started = performance.now();
  const finish = (connection: Connection): void => {
    const came = connection.answers(tally);
    answered += came;
    lost += queriesPerConnection - came;
    if (!kept || came < queriesPerConnection) connection.close();
  };
  for (let turn = 0; performance.now() < started + milliseconds; turn += 1) {
    const connection = ring[turn % connections] as Connection;
    if (turn >= connections) finish(connection);
    if (!connection.open) opened += 1;
    connection.ask(server, sources[opened % SOURCES] as Uint8Array);
  }
  for (const connection of ring) {
    finish(connection);
    if (connection.open) connection.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(usage);
  return { seconds, connections: opened, answered, wrong: tally.wrong, lost, busy: (user + system) / 1e6 / seconds };
}

process.on('message', (asked: StreamLoad) => {
  process.send?.(load(asked));
});
process.on('disconnect', () => process.exit());
