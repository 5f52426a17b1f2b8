import type { SharedLatencies } from '../atlas/measured-latencies.ts';
import { COUNTERS } from '../core/answer/counters.ts';
import { ZoneQuerySums, type QueriesByZone } from '../core/answer/zone-query-sums.ts';
import type { TransferSettings } from '../transfer/settings/transfer-settings.ts';
import { probeAddress } from './bound-socket.ts';
import type { EdgeOptions } from './edge-options.ts';
import { kernelAvailable } from './libc.ts';
import { OwnedSockets } from './owned-sockets.ts';
import { streamCount, type STREAM } from './stream/stream-limits.ts';
import { supervise } from './supervisor.ts';
import type { Certificate } from './tls/certificate.ts';
import { WorkerParts } from './worker-parts.ts';

/**
 * The name server: worker threads that answer, each with sockets of its own, and this, which starts them and
 * adds up what they count. Where Linux's calls are to be had, workers block in the kernel; elsewhere they have event
 * loops. UDP and TCP have workers of their own: a client of one cannot keep those of the other waiting.
 *
 * Deliberately not here: what to answer (core/answer), and how a change gets here (log/propagation).
 */
export interface Edge extends Announcements {
  /** How UDP and TCP are served. */
  readonly sockets: 'kernel' | 'node';
  /** Tells blocked workers that something was published. */
  wake(): void;
  /** Sums over all workers, laid out as core/answer/counters.ts says. */
  counters(): Float64Array;
  /** Queries by hosted zone since this was asked before; to be asked every minute. */
  takeZoneQueries(): QueriesByZone;
  /** One of the counts of streams, over all workers. */
  streams(count: keyof typeof STREAM): number;
  restarts(): number;
  /** Who may copy which zones, and by which keys, from now on. */
  configureTransfers(settings: TransferSettings): void;
  close(): Promise<void>;
}

/** What all workers can be told at any time. What they are told before they serve they go by from the first answer on. */
interface Announcements {
  /** Has all workers ask these location databases from now on where clients are. */
  usePlaces(databases: readonly SharedArrayBuffer[]): void;
  /** Has all workers go by these round trips from now on. */
  useLatencies(latencies: SharedLatencies): void;
  /** From now on new TLS connections are shown this one. */
  useCertificate(certificate: Certificate): void;
}

/** An edge whose workers load their code; nobody is answered yet. */
export interface LoadingEdge extends Announcements {
  /** Resolves when one worker of each kind serves; the others follow. Throws `ListenError` when an address cannot be had. */
  serve(): Promise<Edge>;
  close(): Promise<void>;
}

export async function openEdge(options: EdgeOptions): Promise<Edge> {
  return loadEdge(options).serve();
}

/** Throws `ListenError` when another program has one of the addresses. */
export function loadEdge(options: EdgeOptions): LoadingEdge {
  const sockets = options.sockets ?? (kernelAvailable ? 'kernel' : 'node');
  const owned = sockets === 'kernel' ? new OwnedSockets(options.addresses) : undefined;
  if (owned !== undefined) {
    // Workers open these themselves, and share them.
    for (const address of options.tls?.dot ?? []) probeAddress(address, 'tls');
    for (const address of options.tls?.doh ?? []) probeAddress(address, 'https');
  }
  const parts = new WorkerParts(options, sockets);
  const { first, others } = parts.all(owned);
  const supervisor = supervise(options);
  first.forEach((part) => supervisor.load(part));
  const close = async (): Promise<void> => {
    Atomics.store(new Int32Array(parts.closing), 0, 1);
    owned?.wake();
    await supervisor.ended();
    owned?.close();
  };
  const zoneQueries = new ZoneQuerySums(parts.zoneQueries);
  const announcements: Announcements = {
    usePlaces(databases) {
      supervisor.tell({ kind: 'places', databases });
      owned?.wake();
    },
    useLatencies(latencies) {
      supervisor.tell({ kind: 'latencies', latencies });
      owned?.wake();
    },
    useCertificate: (certificate) => supervisor.tell({ kind: 'certificate', certificate }),
  };
  const edge: Edge = {
    ...announcements,
    sockets,
    wake: () => owned?.wake(),
    counters: () => sumOf(parts.counters),
    takeZoneQueries: () => zoneQueries.take(),
    streams: (count) => streamCount(parts.streamMemory, count),
    restarts: () => supervisor.restarts(),
    configureTransfers(settings) {
      supervisor.tell({ kind: 'transfers', settings });
      owned?.wake();
    },
    close,
  };
  return {
    ...announcements,
    async serve() {
      try {
        await supervisor.serve();
      } catch (error) {
        await close();
        throw error;
      }
      // Not before: on a host with many cores they would keep each other, and everyone, from the first answer.
      others.forEach((part) => supervisor.load(part));
      return edge;
    },
    close,
  };
}

function sumOf(counters: readonly SharedArrayBuffer[]): Float64Array {
  const sums = new Float64Array(COUNTERS);
  for (const each of counters) {
    new Float64Array(each).forEach((value, index) => {
      sums[index] = (sums[index] as number) + value;
    });
  }
  return sums;
}
