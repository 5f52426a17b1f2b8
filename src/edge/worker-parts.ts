import { randomBytes, randomInt } from 'node:crypto';
import { COUNTERS } from '../core/answer/counters.ts';
import { newRateTable } from '../core/answer/rate-limit.ts';
import { createZoneQueryTable } from '../core/answer/zone-queries.ts';
import type { Address } from './address.ts';
import type { EdgeOptions, TlsOptions } from './edge-options.ts';
import type { OwnedSockets } from './owned-sockets.ts';
import type { NodeListener } from './stream/serve-node-streams.ts';
import { createStreamMemory, vacateStreams, type StreamData } from './stream/stream-limits.ts';
import type { Part } from './supervisor.ts';
import { closeConnections, connectionTable } from './tcp/connection-table.ts';
import { TICKET_KEYS_OCTETS } from './tls/tls-handshakes.ts';
import type { EdgeWorkerTask, WorkerSockets } from './worker-data.ts';

/**
 * Memory for messages that are not whole and answers that are not taken. A query is some fifty octets and comes whole: this is a
 * thousand clients in the middle of the longest message there is.
 */
const STREAM_OCTETS_MAX = 64 * 2 ** 20;

/** Which workers there are, and what each is given: its sockets, its part of what all share, and what all know. */
export class WorkerParts {
  readonly counters: SharedArrayBuffer[] = [];
  readonly zoneQueries: SharedArrayBuffer[] = [];
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

  /**
   * The first worker of each kind, which can answer whatever comes, and the others. Each opens its sockets when it is asked for
   * them; without `owned` it does so in its own thread.
   */
  all(owned: OwnedSockets | undefined): { readonly first: Part[]; readonly others: Part[] } {
    const { udp, tcp, tls } = this.#workers;
    const kinds = [
      Array.from({ length: udp }, (_, index) => this.#udp(index, owned)),
      Array.from({ length: tcp }, (_, index) => this.#tcp(index, owned)),
      Array.from({ length: tls }, (_, index) => this.#tls(index, this.#options.tls as TlsOptions)),
    ];
    return { first: kinds.flatMap((parts) => parts.slice(0, 1)), others: kinds.flatMap((parts) => parts.slice(1)) };
  }

  #udp(index: number, owned: OwnedSockets | undefined): Part {
    const { addresses } = this.#options;
    const part = { name: `UDP ${index}`, task: this.#task(index) };
    if (owned === undefined) return { ...part, kind: 'node-udp', sockets: () => ({ kind: 'node-udp', addresses }) };
    const sockets = once(() => owned.udp());
    return { ...part, kind: 'kernel-udp', sockets: () => ({ kind: 'kernel-udp', ...sockets() }) };
  }

  #tcp(index: number, owned: OwnedSockets | undefined): Part {
    const { addresses, streams } = this.#options;
    const part = { name: `TCP ${index}`, task: this.#task(this.#workers.udp + index) };
    const clear = (): void => vacateStreams(this.streamMemory, index);
    if (owned === undefined) {
      const listeners = addresses.map((address, listener) => listenerAt('tcp', address, listener, false));
      const sockets: WorkerSockets = { kind: 'node-tcp', listeners, ...this.#streams(index) };
      return { ...part, kind: 'node-tcp', sockets: () => sockets, clear };
    }
    const connections = connectionTable(streams.connectionsMax);
    const sockets = once(() => owned.tcp(connections));
    return {
      ...part,
      kind: 'kernel-tcp',
      sockets: () => ({ kind: 'kernel-tcp', ...sockets(), ...this.#streams(index) }),
      clear() {
        closeConnections(connections);
        clear();
      },
    };
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
      kind: 'tls',
      task: this.#task(udp + part),
      sockets: () => ({ kind: 'tls', listeners, ...secrets, ...this.#streams(part) }),
      clear: () => vacateStreams(this.streamMemory, part),
    };
  }

  #streams(part: number): StreamData {
    const { answers, streams } = this.#options;
    const limits = { ...streams, heldOctetsMax: STREAM_OCTETS_MAX, idleMilliseconds: answers.tcpIdleMilliseconds };
    return { memory: this.streamMemory, part, limits };
  }

  #task(slot: number): EdgeWorkerTask {
    const { dataDirectory, propagation, planBytesMax, answers, statuses, outside, zoneWrappingKey, transfers } =
      this.#options;
    const { udp, tcp, tls } = this.#workers;
    const counters = new SharedArrayBuffer(COUNTERS * Float64Array.BYTES_PER_ELEMENT);
    this.counters.push(counters);
    const zoneQueries = createZoneQueryTable();
    this.zoneQueries.push(zoneQueries);
    return {
      dataDirectory,
      propagation,
      slot,
      counters,
      zoneQueries,
      closing: this.closing,
      planBytesMax: Math.floor(planBytesMax / (udp + tcp + tls)),
      answers,
      rateTable: this.#rateTable,
      statuses,
      outside,
      zoneWrappingKey,
      transfers,
    };
  }
}

/** A worker that is started again goes on with the sockets of the one before. */
function once<T>(open: () => T): () => T {
  let opened: T | undefined;
  return () => (opened ??= open());
}

function listenerAt(
  protocol: NodeListener['protocol'],
  address: Address,
  listener: number,
  shared: boolean,
): NodeListener {
  return { protocol, address, listener, shared };
}
