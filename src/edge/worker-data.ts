import type { SharedLatencies } from '../atlas/measured-latencies.ts';
import type { AnswerSettings } from '../core/answer/settings.ts';
import type { TransferSettings } from '../transfer/settings/transfer-settings.ts';
import type { TransferShare } from '../transfer/transfer-share.ts';
import type { Address, Protocol } from './address.ts';
import type { NodeListener } from './stream/serve-node-streams.ts';
import type { StreamData } from './stream/stream-limits.ts';
import type { KernelTcpSockets } from './tcp/kernel-tcp.ts';
import type { Certificate } from './tls/certificate.ts';
import type { KernelUdpSockets } from './udp/kernel-udp.ts';

/** What main hands to an edge worker when it starts it: enough to load the code that it will need. */
export interface EdgeWorkerData {
  readonly kind: WorkerSockets['kind'];
}

/** What an edge worker is to serve, and with what. */
export interface EdgeWorkerTask {
  readonly dataDirectory: string;
  readonly propagation: SharedArrayBuffer;
  /** The worker's place in the propagation buffer. */
  readonly slot: number;
  readonly counters: SharedArrayBuffer;
  /** Of core/answer/zone-queries.ts; left out, queries are not counted by zone. */
  readonly zoneQueries?: SharedArrayBuffer;
  /** An int32: not 0 once the worker is to close. Memory, because a thread blocked in the kernel reads no messages. */
  readonly closing: SharedArrayBuffer;
  readonly planBytesMax: number;
  readonly answers: AnswerSettings;
  /** Of core/answer/rate-limit.ts; all workers share it. */
  readonly rateTable?: SharedArrayBuffer | undefined;
  /** An octet for each health check (feed/status-table.ts); left out, all are healthy. */
  readonly statuses?: SharedArrayBuffer | undefined;
  /** What hosts outside resolve to (core/answer/routed/outside-table.ts); left out, nothing is known of any. */
  readonly outside?: SharedArrayBuffer | undefined;
  /** What zone-signing keys are unwrapped with (keys/wrapping.ts); left out, nothing is signed. Secret: never logged. */
  readonly zoneWrappingKey?: Uint8Array | undefined;
  /** Left out: signatures are overlooked, and zones and NOTIFY refused. */
  readonly transfers?: TransferShare | undefined;
}

export type WorkerSockets =
  | ({ readonly kind: 'kernel-udp' } & KernelUdpSockets)
  | { readonly kind: 'node-udp'; readonly addresses: readonly Address[] }
  | ({ readonly kind: 'kernel-tcp' } & KernelTcpSockets & StreamData)
  | ({ readonly kind: 'node-tcp'; readonly listeners: readonly NodeListener[] } & StreamData)
  | ({
      readonly kind: 'tls';
      readonly listeners: readonly NodeListener[];
      readonly certificate: Certificate;
      readonly ticketKeys: Uint8Array;
    } & StreamData);

export type ToEdgeWorker =
  /** The first message, with the newest of each kind of news, which the first answer may need. */
  | { readonly kind: 'open'; readonly task: EdgeWorkerTask; readonly told: readonly News[] }
  /** The second: serve these, until all are to close. */
  | { readonly kind: 'serve'; readonly sockets: WorkerSockets }
  | News;

/** What all workers are told while they serve. */
export type News =
  /** Location databases in memory that all threads share; from now on these are asked where clients are. */
  | { readonly kind: 'places'; readonly databases: readonly SharedArrayBuffer[] }
  /** Round trips that were measured; from now on these count where they are known. */
  | { readonly kind: 'latencies'; readonly latencies: SharedLatencies }
  /** From now on new TLS connections are shown this one. */
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  /** From now on these are the rules of transfers. */
  | { readonly kind: 'transfers'; readonly settings: TransferSettings };

export type FromEdgeWorker =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'serving' }
  | { readonly kind: 'cannot-listen'; readonly code: string; readonly address: Address; readonly protocol: Protocol };
