import { randomBytes, randomInt } from 'node:crypto';
import { COUNTERS } from '../core/answer/counters.ts';
import { newRateTable } from '../core/answer/rate-limit.ts';
import type { Address } from './address.ts';
import type { EdgeOptions, TlsOptions } from './edge-options.ts';
import type { OwnedSockets } from './owned-sockets.ts';
import type { NodeListener } from './stream/serve-node-streams.ts';
import { createStreamMemory, vacateStreams, type StreamData } from './stream/stream-limits.ts';
import type { Part } from './supervisor.ts';
import { closeConnections } from './tcp/kernel-tcp.ts';
import { TICKET_KEYS_OCTETS } from './tls/tls-handshakes.ts';
import type { EdgeWorkerData, WorkerSockets } from './worker-data.ts';

/**
 * Memory for messages that are not whole and answers that are not taken. A query is some fifty octets and comes whole: this is a
 * thousand clients in the middle of the longest message there is.
 */
const STREAM_OCTETS_MAX = 64 * 2 ** 20;

/** Which workers there are, and what each is given: its sockets, its part of what all share, and what all know. */
export class WorkerParts {
  readonly counters: SharedArrayBuffer[] = [];
  readonly streamMemory: SharedArrayBuffer;
  /** An int32: not 0 once all are to close. */
  readonly closing = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #options: EdgeOptions;
  readonly #workers: { readonly udp: number; readonly tcp: number; readonly tls: number };
  readonly #rateTable: SharedArrayBuffer | undefined;
  readonly #ticketKeys = randomBytes(TICKET_KEYS_OCTETS);

  constructor(options: EdgeOptions, sockets: 'kernel' | 'node') {
    // Without the kernel's calls one event loop serves all of a protocol: not every system shares a port among sockets.
    const udp = sockets === 'kernel' ? options.udpWorkers : 1;
    const tcp = sockets === 'kernel' ? options.tcpWorkers : 1;
    const tls = options.tls === undefined ? 0 : tcp;
    this.#options = options;
    this.#workers = { udp, tcp, tls };
    this.#rateTable = options.answers.rateLimit === undefined ? undefined : newRateTable(randomInt(2 ** 32));
    this.streamMemory = createStreamMemory(tcp + tls, randomBytes(16));
  }

  /** Opens sockets; throws `ListenError`. Without `owned` the workers open their own. */
  open(owned: OwnedSockets | undefined): Part[] {
    const { udp, tcp, tls } = this.#workers;
    return [
      ...Array.from({ length: udp }, (_, index) => this.#udp(index, owned)),
      ...Array.from({ length: tcp }, (_, index) => this.#tcp(index, owned)),
      ...Array.from({ length: tls }, (_, index) => this.#tls(index, this.#options.tls as TlsOptions)),
    ];
  }

  #udp(index: number, owned: OwnedSockets | undefined): Part {
    const { addresses } = this.#options;
    const sockets = owned === undefined ? undefined : owned.udp();
    const data = this.#data(
      index,
      sockets === undefined ? { kind: 'node-udp', addresses } : { kind: 'kernel-udp', ...sockets },
    );
    return { name: `UDP ${index}`, data };
  }

  #tcp(index: number, owned: OwnedSockets | undefined): Part {
    const { addresses, streams } = this.#options;
    const slot = this.#workers.udp + index;
    const clear = (): void => vacateStreams(this.streamMemory, index);
    const name = `TCP ${index}`;
    if (owned === undefined) {
      const listeners = addresses.map((address, listener) => listenerAt('tcp', address, listener, false));
      const data = this.#data(slot, { kind: 'node-tcp', listeners, ...this.#streams(index) });
      return { name, data, clear };
    }
    const sockets = owned.tcp(streams.connectionsMax);
    const data = this.#data(slot, { kind: 'kernel-tcp', ...sockets, ...this.#streams(index) });
    const clearAll = (): void => {
      closeConnections(sockets.connections);
      clear();
    };
    return { name, data, clear: clearAll };
  }

  #tls(index: number, { dot, doh, certificate }: TlsOptions): Part {
    const { udp, tcp, tls } = this.#workers;
    // They are numbered behind those of UDP and TCP, as in `AnswerSettings.listenerSets`.
    const first = this.#options.addresses.length;
    const listeners = [
      ...dot.map((address, at) => listenerAt('tls', address, first + at, tls > 1)),
      ...doh.map((address, at) => listenerAt('https', address, first + dot.length + at, tls > 1)),
    ];
    const part = tcp + index;
    const secrets = { certificate, ticketKeys: this.#ticketKeys };
    return {
      name: `TLS ${index}`,
      data: this.#data(udp + part, { kind: 'tls', listeners, ...secrets, ...this.#streams(part) }),
      clear: () => vacateStreams(this.streamMemory, part),
    };
  }

  #streams(part: number): StreamData {
    const { answers, streams } = this.#options;
    const limits = { ...streams, heldOctetsMax: STREAM_OCTETS_MAX, idleMilliseconds: answers.tcpIdleMilliseconds };
    return { memory: this.streamMemory, part, limits };
  }

  #data(slot: number, sockets: WorkerSockets): EdgeWorkerData {
    const { dataDirectory, propagation, planBytesMax, answers, statuses, transfers } = this.#options;
    const { udp, tcp, tls } = this.#workers;
    const counters = new SharedArrayBuffer(COUNTERS * Float64Array.BYTES_PER_ELEMENT);
    this.counters.push(counters);
    return {
      dataDirectory,
      propagation,
      slot,
      counters,
      closing: this.closing,
      planBytesMax: Math.floor(planBytesMax / (udp + tcp + tls)),
      answers,
      rateTable: this.#rateTable,
      statuses,
      transfers,
      sockets,
    };
  }
}

function listenerAt(
  protocol: NodeListener['protocol'],
  address: Address,
  listener: number,
  shared: boolean,
): NodeListener {
  return { protocol, address, listener, shared };
}
