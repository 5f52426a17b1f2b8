import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { OwnedSockets } from '../../src/edge/owned-sockets.ts';
import type { NodeListener } from '../../src/edge/stream/serve-node-streams.ts';
import {
  createStreamMemory,
  streamCount,
  vacateStreams,
  type STREAM,
  type StreamData,
  type StreamLimits,
} from '../../src/edge/stream/stream-limits.ts';
import { closeConnections, connectionTable } from '../../src/edge/tcp/connection-table.ts';
import type { KernelTcpSockets } from '../../src/edge/tcp/kernel-tcp.ts';
import type { Certificate } from '../../src/edge/tls/certificate.ts';
import { TICKET_KEYS_OCTETS } from '../../src/edge/tls/tls-handshakes.ts';
import { createPropagation } from '../../src/log/propagation.ts';
import { freePort } from '../free-port.ts';

/** What the handler of a worker counts. */
export const MANY = { sent: 0, rejected: 1 } as const;

export interface StreamWorkerData extends StreamData {
  readonly zones: string;
  readonly listeners: readonly NodeListener[];
  /** Undefined: the worker opens its own. */
  readonly sockets: KernelTcpSockets | undefined;
  /** Undefined: there is no TLS. */
  readonly certificate: Certificate | undefined;
  readonly ticketKeys: Uint8Array;
  readonly propagation: SharedArrayBuffer;
  readonly closing: SharedArrayBuffer;
  readonly counts: SharedArrayBuffer;
}

/** A real server for tests, in one or more worker threads. */
export interface StreamServer {
  readonly port: number;
  /** Where a server with TLS serves HTTPS. */
  readonly httpsPort: number;
  useCertificate(certificate: Certificate): void;
  streams(count: keyof typeof STREAM): number;
  many(count: keyof typeof MANY): number;
  /** The workers die, and others take over, as the supervisor has it. Kernel sockets only. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startStreamServer(
  sockets: 'kernel' | 'node' | Certificate,
  zones: string,
  limits: StreamLimits,
  workers = 1,
): Promise<StreamServer> {
  const [port, httpsPort] = [await freePort(), await freePort()];
  const certificate = typeof sockets === 'string' ? undefined : sockets;
  const listenerAt = (protocol: NodeListener['protocol'], at: number): NodeListener => ({
    protocol,
    address: { host: '127.0.0.1', port: at },
    listener: 0,
    shared: workers > 1,
  });
  const listeners =
    certificate === undefined ? [listenerAt('tcp', port)] : [listenerAt('tls', port), listenerAt('https', httpsPort)];
  const memory = createStreamMemory(workers, randomBytes(16));
  const closing = new SharedArrayBuffer(4);
  const counts = new SharedArrayBuffer(8);
  const propagation = createPropagation();
  const owned = new OwnedSockets(sockets === 'kernel' ? [{ host: '127.0.0.1', port }] : []);
  const ticketKeys = randomBytes(TICKET_KEYS_OCTETS);
  const parts = Array.from({ length: workers }, (_, part) => {
    const kernel = sockets === 'kernel' ? owned.tcp(connectionTable(limits.connectionsMax)) : undefined;
    const shared = { memory, part, limits, zones, listeners, certificate, ticketKeys, propagation, closing, counts };
    return { ...shared, sockets: kernel } satisfies StreamWorkerData;
  });
  let threads: Worker[] = [];
  const start = async (): Promise<void> => {
    threads = parts.map((part) => new Worker(new URL('./worker.ts', import.meta.url), { workerData: part }));
    await Promise.all(threads.map((thread) => once(thread, 'message')));
  };
  await start();
  return {
    port,
    httpsPort,
    useCertificate: (renewed) => threads.forEach((thread) => thread.postMessage(renewed)),
    streams: (count) => streamCount(memory, count),
    many: (count) => Atomics.load(new Int32Array(counts), MANY[count]),
    async restart() {
      await Promise.all(threads.map((thread) => thread.terminate()));
      for (const { part, sockets: kernel } of parts) {
        if (kernel !== undefined) closeConnections(kernel.connections);
        vacateStreams(memory, part);
      }
      await start();
    },
    async close() {
      const exits = threads.map((thread) => once(thread, 'exit'));
      Atomics.store(new Int32Array(closing), 0, 1);
      owned.wake();
      await Promise.all(exits);
      owned.close();
    },
  };
}
