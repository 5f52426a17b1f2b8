import { randomBytes, randomInt } from 'node:crypto';
import { COUNTERS } from '../core/answer/counters.ts';
import { newRateTable } from '../core/answer/rate-limit.ts';
import type { AnswerSettings } from '../core/answer/settings.ts';
import type { Address } from './address.ts';
import { kernelAvailable } from './libc.ts';
import { OwnedSockets } from './owned-sockets.ts';
import {
  createStreamMemory,
  streamCount,
  vacateStreams,
  type STREAM,
  type StreamData,
  type StreamLimits,
} from './stream/stream-limits.ts';
import { supervise, type Part } from './supervisor.ts';
import { closeConnections } from './tcp/kernel-tcp.ts';
import type { EdgeWorkerData, WorkerSockets } from './worker-data.ts';

/**
 * The name server: worker threads that answer, each with sockets of its own, and this, which opens the sockets, says which worker
 * serves what, and adds up what they count. Where Linux's calls are to be had, workers block in the kernel; elsewhere they have event
 * loops. UDP and TCP have workers of their own: a client of one cannot keep those of the other waiting.
 *
 * Deliberately not here: what to answer (core/answer), and how a change gets here (log/propagation).
 */
export interface Edge {
  /** How UDP and TCP are served. */
  readonly sockets: 'kernel' | 'node';
  /** Tells blocked workers that something was published. */
  wake(): void;
  /** Has all workers ask these location databases from now on where clients are. */
  usePlaces(databases: readonly SharedArrayBuffer[]): void;
  /** Sums over all workers, laid out as core/answer/counters.ts says. */
  counters(): Float64Array;
  /** One of the counts of streams, over all workers. */
  streams(count: keyof typeof STREAM): number;
  restarts(): number;
  close(): Promise<void>;
}

export interface EdgeOptions {
  readonly addresses: readonly Address[];
  readonly udpWorkers: number;
  readonly dataDirectory: string;
  readonly propagation: SharedArrayBuffer;
  /** For all workers together. */
  readonly planBytesMax: number;
  readonly answers: AnswerSettings;
  /** An octet for each health check (feed/status-table.ts); left out, all are healthy. */
  readonly statuses?: SharedArrayBuffer | undefined;
  readonly tcpWorkers: number;
  /** For all streams of all workers together. */
  readonly streams: Pick<StreamLimits, 'connectionsMax' | 'connectionsPerNetworkMax'>;
  /** Left out: by the kernel's own calls where they are to be had. */
  readonly sockets?: 'kernel' | 'node';
  onRestart(worker: string, error: Error): void;
  /** Workers die faster than it makes sense to start them. */
  onFatal(error: Error): void;
}

/**
 * Memory for messages that are not whole and answers that are not taken. A query is some fifty octets and comes whole: this is a
 * thousand clients in the middle of the longest message there is.
 */
const STREAM_OCTETS_MAX = 64 * 2 ** 20;

export async function openEdge(options: EdgeOptions): Promise<Edge> {
  const sockets = options.sockets ?? (kernelAvailable ? 'kernel' : 'node');
  // Without the kernel's calls one event loop serves all of a protocol: not every system shares a port among sockets.
  const udpWorkers = sockets === 'kernel' ? options.udpWorkers : 1;
  const tcpWorkers = sockets === 'kernel' ? options.tcpWorkers : 1;
  const streamMemory = createStreamMemory(tcpWorkers, randomBytes(16));
  const counted: SharedArrayBuffer[] = [];
  const rateTable = options.answers.rateLimit === undefined ? undefined : newRateTable(randomInt(2 ** 32));
  const closing = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const supervisor = supervise(options);
  const owned = new OwnedSockets(sockets === 'kernel' ? options.addresses : []);

  const close = async (): Promise<void> => {
    Atomics.store(new Int32Array(closing), 0, 1);
    owned.wake();
    await supervisor.ended();
    owned.close();
  };

  const dataFor = (slot: number, workerSockets: WorkerSockets): EdgeWorkerData => {
    const counters = new SharedArrayBuffer(COUNTERS * Float64Array.BYTES_PER_ELEMENT);
    counted.push(counters);
    return {
      dataDirectory: options.dataDirectory,
      propagation: options.propagation,
      slot,
      counters,
      closing,
      planBytesMax: Math.floor(options.planBytesMax / (udpWorkers + tcpWorkers)),
      answers: options.answers,
      rateTable,
      statuses: options.statuses,
      sockets: workerSockets,
    };
  };

  const udp = (index: number): Part => {
    const { addresses } = options;
    const data: WorkerSockets =
      sockets === 'kernel' ? { kind: 'kernel-udp', ...owned.udp() } : { kind: 'node-udp', addresses };
    return { name: `UDP ${index}`, data: dataFor(index, data) };
  };

  const tcp = (index: number): Part => {
    const { addresses } = options;
    const { tcpIdleMilliseconds: idleMilliseconds } = options.answers;
    const limits: StreamLimits = { ...options.streams, heldOctetsMax: STREAM_OCTETS_MAX, idleMilliseconds };
    const streams: StreamData = { memory: streamMemory, part: index, limits };
    const name = `TCP ${index}`;
    const slot = udpWorkers + index;
    if (sockets === 'node') return { name, data: dataFor(slot, { kind: 'node-tcp', addresses, ...streams }) };
    const kernel = owned.tcp(limits.connectionsMax);
    return {
      name,
      data: dataFor(slot, { kind: 'kernel-tcp', ...kernel, ...streams }),
      clear() {
        closeConnections(kernel.connections);
        vacateStreams(streamMemory, index);
      },
    };
  };

  try {
    const parts = [
      ...Array.from({ length: udpWorkers }, (_, index) => udp(index)),
      ...Array.from({ length: tcpWorkers }, (_, index) => tcp(index)),
    ];
    await Promise.all(parts.map((part) => supervisor.start(part)));
  } catch (error) {
    await close();
    throw error;
  }

  return {
    sockets,
    wake: () => owned.wake(),
    usePlaces(databases) {
      supervisor.tell({ kind: 'places', databases });
      owned.wake();
    },
    counters() {
      const sums = new Float64Array(COUNTERS);
      for (const counters of counted) {
        new Float64Array(counters).forEach((value, index) => {
          sums[index] = (sums[index] as number) + value;
        });
      }
      return sums;
    },
    streams: (count) => streamCount(streamMemory, count),
    restarts: () => supervisor.restarts(),
    close,
  };
}
