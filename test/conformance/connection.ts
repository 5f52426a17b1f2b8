import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { framed } from '../../src/core/dns/framed.ts';
import { SILENCE } from './reply.ts';

/** Every answer on loopback comes in time, also on a busy machine. */
const ANSWER_MILLISECONDS_MAX = 30_000;

/** Asks one server by UDP and TCP, many queries at once, told apart by the ids it gives them. */
export class Connection {
  readonly #host: string;
  readonly #port: number;
  readonly #waiting = new Map<number, (reply: Uint8Array | typeof SILENCE) => void>();
  readonly #udp: DatagramSocket;
  #tcp: Socket | undefined;
  /** Framed queries by TCP that wait for their first connection's answers. */
  readonly #unanswered = new Map<number, Uint8Array>();
  #id = 0;
  #closed = false;

  private constructor(host: string, port: number, udp: DatagramSocket) {
    this.#host = host;
    this.#port = port;
    this.#udp = udp;
    udp.on('message', (packet) => this.#settle(packet));
    // A refused port looks like silence, which is what is waited for.
    udp.on('error', () => {});
  }

  static async open(port: number, host = '127.0.0.1'): Promise<Connection> {
    const udp = createSocket({ type: 'udp4', recvBufferSize: 4 * 2 ** 20 });
    udp.connect(port, host);
    await once(udp, 'connect');
    return new Connection(host, port, udp);
  }

  /** The reply's octets, its id 0; silence when there is none in time. The packet's id is ours. */
  async exchange(
    packet: Uint8Array,
    transport: 'udp' | 'tcp',
    milliseconds = ANSWER_MILLISECONDS_MAX,
  ): Promise<Uint8Array | typeof SILENCE> {
    const id = (this.#id = (this.#id + 1) & 0xffff);
    const sent = Uint8Array.from(packet);
    sent[0] = id >> 8;
    sent[1] = id;
    const { promise, resolve } = Promise.withResolvers<Uint8Array | typeof SILENCE>();
    this.#waiting.set(id, resolve);
    const timer = setTimeout(() => resolve(SILENCE), milliseconds);
    if (transport === 'udp') this.#udp.send(sent);
    else {
      this.#unanswered.set(id, framed(sent));
      (this.#tcp ??= this.#connect()).write(framed(sent));
    }
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
      this.#unanswered.delete(id);
    }
  }

  #settle(packet: Uint8Array): void {
    const id = ((packet[0] as number) << 8) | (packet[1] as number);
    const reply = Uint8Array.from(packet);
    reply[0] = reply[1] = 0;
    this.#waiting.get(id)?.(reply);
  }

  /** What is written before it is connected waits. */
  #connect(): Socket {
    const socket = connect(this.#port, this.#host);
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE()) {
        const end = 2 + received.readUInt16BE();
        this.#settle(received.subarray(2, end));
        received = received.subarray(end);
      }
    });
    // Some servers close after so many queries or seconds; what they have not answered goes once over another connection (RFC 7766 §6.2.4).
    socket.on('close', () => {
      this.#tcp = undefined;
      if (this.#closed || this.#unanswered.size === 0) return;
      const again = [...this.#unanswered.values()];
      this.#unanswered.clear();
      this.#tcp = this.#connect();
      for (const message of again) this.#tcp.write(message);
    });
    socket.on('error', () => {});
    return socket;
  }

  close(): void {
    this.#closed = true;
    this.#udp.close();
    this.#tcp?.destroy();
  }
}
