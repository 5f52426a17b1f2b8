import { randomInt } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { AnswerSettings } from '../core/answer/settings.ts';
import { COUNTERS } from '../core/answer/counters.ts';
import { newRateTable } from '../core/answer/rate-limit.ts';
import { vacate } from '../log/propagation.ts';
import { ListenError, type Address } from './address.ts';
import { closeSocket, kernelAvailable, openUdpSocket, openWakeup, probeUdpAddress, wake } from './udp/kernel.ts';
import type { EdgeWorkerData, FromEdgeWorker, WorkerSockets } from './worker-data.ts';

/**
 * The name server: worker threads that answer, each with sockets of its own, and this, which opens the sockets, starts the workers
 * again when they die, and adds up what they count. UDP workers block in the kernel; TCP has a worker with an event loop.
 *
 * Deliberately not here: what to answer (core/answer), and how a change gets here (log/propagation).
 */
export interface Edge {
  /** How datagrams are served. */
  readonly udp: 'kernel' | 'node';
  /** Tells blocked workers that something was published. */
  wake(): void;
  /** Sums over all workers, laid out as core/answer/counters.ts says. */
  counters(): Float64Array;
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
  readonly tcpConnectionsMax: number;
  /** Left out: by the kernel's batches where they are to be had. */
  readonly udp?: 'kernel' | 'node';
  onRestart(worker: string, error: Error): void;
  /** Workers die faster than it makes sense to start them. */
  onFatal(error: Error): void;
}

/** A worker that dies this often within a minute will die again: the operator must see it. */
const RESTARTS_PER_MINUTE_MAX = 10;
const MINUTE_MILLISECONDS = 60_000;
/** Before the first restart within a minute; twice as long before each further one. */
const BACKOFF_MILLISECONDS = 20;
const BACKOFF_MILLISECONDS_MAX = 5_000;
/** A worker that has not said goodbye by then is stopped where it is. */
const CLOSE_MILLISECONDS = 5_000;

interface Part {
  readonly name: string;
  readonly data: EdgeWorkerData;
  worker: Worker;
  exited: Promise<void>;
}

export async function openEdge(options: EdgeOptions): Promise<Edge> {
  const owned: number[] = [];
  const wakeups: number[] = [];
  const parts: Part[] = [];
  const counted: SharedArrayBuffer[] = [];
  const rateTable = options.answers.rateLimit === undefined ? undefined : newRateTable(randomInt(2 ** 32));
  const closingFlag = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  let deaths: number[] = [];
  let restarts = 0;
  let closing = false;

  const start = (part: Omit<Part, 'worker' | 'exited'>): Promise<void> => {
    const { promise: serving, resolve, reject } = Promise.withResolvers<void>();
    const { promise: exited, resolve: exit } = Promise.withResolvers<void>();
    const worker = new Worker(new URL('./edge-worker.ts', import.meta.url), { workerData: part.data });
    const running: Part = { ...part, worker, exited };
    let death: Error | undefined;
    worker.on('message', (message: FromEdgeWorker) => {
      if (message.kind === 'serving') resolve();
      else reject(new ListenError(message.code, message.address, message.protocol));
    });
    worker.on('error', (error) => {
      death = error as Error;
    });
    worker.on('exit', () => {
      exit();
      vacate(options.propagation, part.data.slot);
      const error = death ?? new Error(`the ${part.name} worker ended`);
      reject(error);
      if (!closing && parts.includes(running)) restart(running, error);
    });
    parts.push(running);
    return serving;
  };

  const restart = (part: Part, error: Error): void => {
    parts.splice(parts.indexOf(part), 1);
    restarts += 1;
    const now = Date.now();
    deaths = [...deaths.filter((at) => at > now - MINUTE_MILLISECONDS), now];
    options.onRestart(part.name, error);
    if (deaths.length > RESTARTS_PER_MINUTE_MAX) return options.onFatal(error);
    const pause = Math.min(BACKOFF_MILLISECONDS * 2 ** (deaths.length - 1), BACKOFF_MILLISECONDS_MAX);
    setTimeout(() => {
      // One that does not come up exits, too, and so comes here again.
      if (!closing) start({ name: part.name, data: part.data }).catch(() => {});
    }, pause);
  };

  const dataFor = (slot: number, share: number, sockets: WorkerSockets): EdgeWorkerData => {
    const counters = new SharedArrayBuffer(COUNTERS * Float64Array.BYTES_PER_ELEMENT);
    counted.push(counters);
    return {
      dataDirectory: options.dataDirectory,
      propagation: options.propagation,
      slot,
      counters,
      closing: closingFlag,
      planBytesMax: Math.floor(options.planBytesMax / share),
      answers: options.answers,
      rateTable,
      sockets,
    };
  };

  const close = async (): Promise<void> => {
    closing = true;
    Atomics.store(new Int32Array(closingFlag), 0, 1);
    wakeups.forEach(wake);
    const late = setTimeout(() => parts.forEach((part) => void part.worker.terminate()), CLOSE_MILLISECONDS);
    await Promise.all(parts.map((part) => part.exited));
    clearTimeout(late);
    [...owned, ...wakeups].forEach(closeSocket);
  };

  // Without the kernel's batches one event loop serves all: not every system shares a UDP port among sockets.
  const udp = options.udp ?? (kernelAvailable ? 'kernel' : 'node');
  const udpWorkers = udp === 'kernel' ? options.udpWorkers : 1;
  try {
    if (udp === 'kernel') options.addresses.forEach(probeUdpAddress);
    const tcp = {
      kind: 'tcp',
      addresses: options.addresses,
      connectionsMax: options.tcpConnectionsMax,
      idleMilliseconds: options.answers.tcpIdleMilliseconds,
    } as const;
    const waiting = Array.from({ length: udpWorkers }, (_, index) => ({
      name: `UDP ${index}`,
      data: dataFor(index, udpWorkers + 1, udpSockets()),
    }));
    waiting.push({ name: 'TCP', data: dataFor(udpWorkers, udpWorkers + 1, tcp) });
    await Promise.all(waiting.map(start));
  } catch (error) {
    await close();
    throw error;
  }

  function udpSockets(): WorkerSockets {
    if (udp === 'node') return { kind: 'node-udp', addresses: options.addresses };
    const fds = options.addresses.map((address) => {
      const fd = openUdpSocket(address);
      owned.push(fd);
      return fd;
    });
    const wakeup = openWakeup();
    wakeups.push(wakeup);
    return { kind: 'kernel-udp', fds, wakeup };
  }

  return {
    udp,
    wake: () => wakeups.forEach(wake),
    counters() {
      const sums = new Float64Array(COUNTERS);
      for (const counters of counted) {
        new Float64Array(counters).forEach((value, index) => {
          sums[index] = (sums[index] as number) + value;
        });
      }
      return sums;
    },
    restarts: () => restarts,
    close,
  };
}
