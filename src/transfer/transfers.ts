import { Worker } from 'node:worker_threads';
import type { Refusal } from '../core/control/operation.ts';
import type { Accepted } from '../log/submit.ts';
import type { Report } from './report.ts';
import type { TransferSettings } from './settings/transfer-settings.ts';
import type { TransferShare } from './transfer-share.ts';
import type { FromTransferWorker, ToTransferWorker, TransferWorkerData } from './transfer-worker.ts';

/**
 * Zone transfers in both directions. Other servers copy our zones: an edge worker sends them (out/), from a snapshot, as fast as the
 * client reads. We copy other servers' zones: a thread of this room looks at their primaries when time or a NOTIFY says so (in/), and
 * puts what it gets into the log like any other change, so that it is durable, has a history, and can be copied from here again. The
 * same thread tells secondaries of changes (notify/). Who may do what, and by which key, is the operator's file (settings/, tsig/).
 *
 * Work that time makes due (refresh, retry, expiry, NOTIFY) is this thread's, and begins nowhere else: members that share a log will
 * let one of them run it. Until then a second one would do no harm, for what is decided here holds only for the state it was seen in.
 *
 * Deliberately not here: sockets that listen (edge), and what a zone may hold (core/control).
 */
export interface Transfers {
  /** Takes new settings, now and after a restart of the thread. The edge has to be told as well. */
  configure(settings: TransferSettings): void;
  close(): Promise<void>;
}

export interface TransfersOptions {
  readonly directory: string;
  readonly propagation: SharedArrayBuffer;
  readonly share: TransferShare;
  readonly submit: (operation: string, command: unknown, principal: string) => Promise<Accepted | Refusal>;
  readonly report: Report;
}

/** Who did it, in a change's `by`. */
const PRINCIPAL = 'zone-transfer';
/** Before a thread that died is started again; twice as long each time until one has lived for a while. */
const BACKOFF_MILLISECONDS = 100;
const BACKOFF_MILLISECONDS_MAX = 60_000;
const LIVED_MILLISECONDS = 60_000;

export function openTransfers(options: TransfersOptions): Transfers {
  const { directory, propagation, share } = options;
  const workerData: TransferWorkerData = { directory, propagation, share };
  let backoff = BACKOFF_MILLISECONDS;
  let closing = false;
  let restart: NodeJS.Timeout | undefined;
  let running = start();

  function start(): { readonly worker: Worker; readonly ended: Promise<void> } {
    const worker = new Worker(new URL('./transfer-worker.ts', import.meta.url), { workerData });
    const started = performance.now();
    let death: Error | undefined;
    worker.on('message', (message: FromTransferWorker) => void receive(worker, message));
    worker.on('error', (error) => {
      death = error as Error;
    });
    const ended = new Promise<void>((resolve) => {
      worker.on('exit', () => {
        resolve();
        if (closing) return;
        options.report('error', 'the thread of zone transfers died and is started again', { err: death });
        backoff = performance.now() - started > LIVED_MILLISECONDS ? BACKOFF_MILLISECONDS : backoff;
        restart = setTimeout(() => (running = start()), backoff);
        backoff = Math.min(backoff * 2, BACKOFF_MILLISECONDS_MAX);
      });
    });
    return { worker, ended };
  }

  async function receive(worker: Worker, message: FromTransferWorker): Promise<void> {
    if (message.kind === 'report') return options.report(message.level, message.message, message.details);
    const outcome = await options.submit(message.operation, message.command, PRINCIPAL);
    worker.postMessage({ kind: 'outcome', ticket: message.ticket, outcome } satisfies ToTransferWorker);
  }

  return {
    configure(settings) {
      share.settings = settings;
      running.worker.postMessage({ kind: 'settings', settings } satisfies ToTransferWorker);
    },
    async close() {
      closing = true;
      clearTimeout(restart);
      running.worker.postMessage({ kind: 'close' } satisfies ToTransferWorker);
      await running.ended;
    },
  };
}
