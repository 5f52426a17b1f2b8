import { Worker } from 'node:worker_threads';
import { COUNTERS } from '../core/answer/counters.ts';
import { vacate } from '../log/propagation.ts';
import { ListenError, type Address } from './address.ts';
import { closeSocket, kernelAvailable, openUdpSocket, openWakeup, wake } from './udp/kernel.ts';
import type { EdgeWorkerData, FromEdgeWorker, WorkerSockets } from './worker-data.ts';

/**
 * The name server: worker threads that answer, each with sockets of its own, and this, which opens the sockets, starts the workers
 * again when they die, and adds up what they count. UDP workers block in the kernel; TCP has a worker with an event loop.
 *
 * Deliberately not here: what to answer (core/answer), and how a change gets here (log/propagation).
 */
export interface Edge {
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
  readonly udpBytesMax: number;
  readonly tcpConnectionsMax: number;
  onRestart(worker: string, error: Error): void;
  /** Workers die faster than it makes sense to start them. */
  onFatal(error: Error): void;
}

/** A worker that dies this often within a minute will die again: the operator must see it. */
const RESTARTS_PER_MINUTE_MAX = 10;
const MINUTE_MILLISECONDS = 60_000;

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
  const deaths: number[] = [];
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
    deaths.push(Date.now());
    options.onRestart(part.name, error);
    const recent = deaths.filter((at) => at > Date.now() - MINUTE_MILLISECONDS);
    if (recent.length > RESTARTS_PER_MINUTE_MAX) return options.onFatal(error);
    start({ name: part.name, data: part.data }).catch(() => {});
  };

  const dataFor = (slot: number, share: number, sockets: WorkerSockets): EdgeWorkerData => ({
    dataDirectory: options.dataDirectory,
    propagation: options.propagation,
    slot,
    counters: new SharedArrayBuffer(COUNTERS * Float64Array.BYTES_PER_ELEMENT),
    planBytesMax: Math.floor(options.planBytesMax / share),
    udpBytesMax: options.udpBytesMax,
    sockets,
  });

  const close = async (): Promise<void> => {
    closing = true;
    for (const part of parts) part.worker.postMessage('close');
    wakeups.forEach(wake);
    await Promise.all(parts.map((part) => part.exited));
    [...owned, ...wakeups].forEach(closeSocket);
  };

  const workers = options.udpWorkers + 1;
  try {
    const starting: Promise<void>[] = [];
    for (let index = 0; index < options.udpWorkers; index += 1) {
      starting.push(start({ name: `UDP ${index}`, data: dataFor(index, workers, udpSockets()) }));
    }
    const tcp = { kind: 'tcp', addresses: options.addresses, connectionsMax: options.tcpConnectionsMax } as const;
    starting.push(start({ name: 'TCP', data: dataFor(options.udpWorkers, workers, tcp) }));
    await Promise.all(starting);
  } catch (error) {
    await close();
    throw error;
  }

  function udpSockets(): WorkerSockets {
    if (!kernelAvailable) return { kind: 'node-udp', addresses: options.addresses };
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
    wake: () => wakeups.forEach(wake),
    counters() {
      const sums = new Float64Array(COUNTERS);
      for (const part of parts) new Float64Array(part.data.counters).forEach((value, index) => (sums[index] = (sums[index] as number) + value));
      return sums;
    },
    restarts: () => restarts,
    close,
  };
}
