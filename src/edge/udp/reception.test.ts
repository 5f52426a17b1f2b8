import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { freePort } from '../../../test/free-port.ts';
import { worldOf } from '../../core/answer/answer-text.ts';
import { COUNTER } from '../../core/answer/counters.ts';
import { zonesFromText } from '../../core/zone/zone-from-text.ts';
import { closeSocket, kernelAvailable } from '../libc.ts';
import { DatagramBatch } from './batch.ts';
import { openUdpSocket, ReceiveQueue } from './kernel.ts';
import { Reception } from './reception.ts';

const HOST = '127.0.0.1';
const HONEST = '127.2.0.1';
const FLOOD = '127.3.0.1';
/** What the worker of this test can do, and what it is asked, in a millisecond of its own clock. */
const ANSWER_MILLISECONDS = 1 / 300;
const REFUSAL_MILLISECONDS = 1 / 900;
const FLOOD_RATE = 600;
const HONEST_RATE = 5;
const MILLISECONDS = 160;
/** By then a flood has filled the queue, and everybody been given a share. */
const SETTLED_MILLISECONDS = 110;

class Client {
  readonly #socket: Socket;
  sent = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async at(host: string, port: number): Promise<Client> {
    const socket = createSocket('udp4').bind(0, host);
    await once(socket, 'listening');
    socket.connect(port, HOST);
    await once(socket, 'connect');
    return new Client(socket);
  }

  /** Sends until so many were sent, all told. */
  async sendUntil(count: number): Promise<void> {
    const last = Promise.withResolvers<void>();
    if (this.sent >= count) return;
    for (this.sent += 1; this.sent < count; this.sent += 1) this.#socket.send(QUERY);
    this.#socket.send(QUERY, () => last.resolve());
    await last.promise;
  }

  close(): void {
    this.#socket.close();
  }
}

const QUERY = Uint8Array.of(1);

test.skipIf(!kernelAvailable)('beside a flood that fills the queue of a socket others are answered', async () => {
  const port = await freePort();
  const fd = openUdpSocket({ host: HOST, port });
  const [honest, flood] = [await Client.at(HONEST, port), await Client.at(FLOOD, port)];
  try {
    const { counters, ...world } = worldOf(zonesFromText(''));
    const reception = new Reception({ ...world, counters }, fd);
    const batch = new DatagramBatch();
    let answered = { honest: 0, flood: 0 };
    const answer = (_: Uint8Array, length: number, client: Uint8Array): number => {
      answered[client.join('.') === HONEST ? 'honest' : 'flood'] += 1;
      return length;
    };
    let settled: { readonly honest: number; readonly flood: number; readonly sent: number } | undefined;
    for (let now = 0; now < MILLISECONDS;) {
      await flood.sendUntil(Math.floor(now * FLOOD_RATE));
      await honest.sendUntil(Math.floor(now * HONEST_RATE));
      const refused = counters[COUNTER.overShare] as number;
      const received = batch.serve(fd, answer, reception);
      const refusals = (counters[COUNTER.overShare] as number) - refused;
      now += Math.max(refusals * REFUSAL_MILLISECONDS + (received - refusals) * ANSWER_MILLISECONDS, 0.01);
      reception.end(now, received);
      if (now >= SETTLED_MILLISECONDS) settled ??= { ...answered, sent: honest.sent };
    }
    if (settled === undefined) throw new Error('it never settled');
    const queue = new ReceiveQueue();
    queue.look(fd);
    expect(queue.waiting).toBeLessThan(queue.room / 2);
    // Some wait.
    expect(answered.honest - settled.honest).toBeGreaterThan(0.97 * (honest.sent - settled.sent));
    expect(answered.flood - settled.flood).toBeGreaterThan(100 * (MILLISECONDS - SETTLED_MILLISECONDS));
    expect(counters[COUNTER.overShare]).toBeGreaterThan(0);
    expect(counters[COUNTER.dropped]).toBe(counters[COUNTER.overShare]);
  } finally {
    honest.close();
    flood.close();
    closeSocket(fd);
  }
});
