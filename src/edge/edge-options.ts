import type { AnswerSettings } from '../core/answer/settings.ts';
import type { TransferShare } from '../transfer/transfer-share.ts';
import type { Address } from './address.ts';
import type { StreamLimits } from './stream/stream-limits.ts';
import type { Certificate } from './tls/certificate.ts';

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
  /** What hosts outside resolve to (core/answer/routed/outside-table.ts); left out, nothing is known of any. */
  readonly outside?: SharedArrayBuffer | undefined;
  /** What zone-signing keys are unwrapped with (keys/wrapping.ts); left out, nothing is signed. Secret: never logged. */
  readonly zoneWrappingKey?: Uint8Array | undefined;
  readonly tcpWorkers: number;
  /** For all streams of all workers together. */
  readonly streams: Pick<StreamLimits, 'connectionsMax' | 'connectionsPerNetworkMax'>;
  /** Left out: nothing is served by TLS. */
  readonly tls?: TlsOptions | undefined;
  /** Left out, as in tests: there are none. */
  readonly transfers?: TransferShare;
  /** Left out: by the kernel's own calls where they are to be had. */
  readonly sockets?: 'kernel' | 'node';
  onRestart(worker: string, error: Error): void;
  /** Workers die faster than it makes sense to start them. */
  onFatal(error: Error): void;
}

/** Where DNS over TLS and over HTTPS are served. As many workers serve them as serve TCP. */
export interface TlsOptions {
  readonly dot: readonly Address[];
  readonly doh: readonly Address[];
  readonly certificate: Certificate;
}
