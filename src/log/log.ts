import { Worker } from 'node:worker_threads';
import { refuse, type ControlSettings, type Refusal } from '../core/control/operation.ts';
import type { View } from '../core/control/view.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { openStore } from '../store/store.ts';
import type { Accepted } from './submit.ts';
import type { FromWriter, ToWriter, WriterSettings } from './writer.ts';

/**
 * The embedded change log, as the rest of the member sees it: commands go in, and what comes out has been decided, appended to the
 * one order of changes, applied to the state and synced to disk. The work is done by a thread of its own (writer.ts → submit.ts →
 * change-log.ts), so that neither a slow disk nor a big batch stops the front door.
 *
 * State and log share one LMDB transaction: after a crash there is nothing to replay.
 */
export interface Log {
  /** Resolves once the change is durable and visible, or with why it was refused. */
  submit(operation: string, command: unknown, principal: string): Promise<Accepted | Refusal>;
  /** What commands that come from now on are judged by. */
  configure(settings: ControlSettings): void;
  /** The newest state. Not to be kept across an `await`. */
  view(): View;
  /** The newest state, for work that does span turns. Its life is bounded; see store/snapshot.ts. */
  snapshot(): Snapshot;
  sequence(): number;
  /** Commands that wait for the writer. */
  pending(): number;
  close(): Promise<void>;
}

export interface LogOptions {
  readonly directory: string;
  readonly settings: ControlSettings;
  readonly propagation: SharedArrayBuffer;
  /** Called after each commit and before its commands are answered. */
  readonly onCommitted: (sequence: number) => void;
  /** A command failed through a defect of ours, or the disk failed; nothing of it was kept. */
  readonly onFailure: (failure: string) => void;
  /** The writer is gone; the member cannot go on. */
  readonly onFatal: (error: Error) => void;
}

/** Beyond this the API says `Throttling` rather than let clients wait for longer than they would. */
export const PENDING_MAX = 10_000;

const OUTCOME_UNKNOWN = 'The writer stopped before it answered; whether the change was made shows after the restart.';

export async function openLog(options: LogOptions): Promise<Log> {
  const workerData: WriterSettings = {
    directory: options.directory,
    settings: options.settings,
    propagation: options.propagation,
  };
  const writer = new Worker(new URL('./writer.ts', import.meta.url), { workerData });
  const waiting = new Map<number, (outcome: Accepted | Refusal) => void>();
  let outbox: Extract<ToWriter, { submissions: unknown }>['submissions'][number][] = [];
  let ticket = 0;
  let sequence = 0;
  let closing = false;
  let isReady = false;

  const { ready, closed } = listen();
  sequence = await ready;
  const store = openStore(options.directory, { readOnly: true });

  function listen(): { ready: Promise<number>; closed: Promise<void> } {
    const readiness = Promise.withResolvers<number>();
    const closure = Promise.withResolvers<void>();
    writer.on('message', (message: FromWriter) => {
      // Under `node --watch` Node itself says through the same port which files the thread has imported.
      switch (message.kind) {
        case 'ready':
          isReady = true;
          return readiness.resolve(message.sequence);
        case 'committed':
          return settle(message);
      }
    });
    let failure: Error | undefined;
    writer.on('error', (error) => {
      failure = error as Error;
    });
    writer.on('exit', () => {
      closure.resolve();
      if (closing) return;
      closing = true;
      const error = failure ?? new Error('the thread that writes ended');
      // Before it is ready the caller learns it from the rejection; afterwards nothing else would tell.
      if (isReady) options.onFatal(error);
      else readiness.reject(error);
      for (const settleOne of waiting.values()) settleOne(refuse('InternalFailure', OUTCOME_UNKNOWN));
      waiting.clear();
    });
    return { ready: readiness.promise, closed: closure.promise };
  }

  function settle(message: Extract<FromWriter, { kind: 'committed' }>): void {
    sequence = message.sequence;
    options.onCommitted(sequence);
    message.failures.forEach(options.onFailure);
    for (const { ticket: of, outcome } of message.outcomes) {
      waiting.get(of)?.(outcome);
      waiting.delete(of);
    }
  }

  function flush(): void {
    if (outbox.length === 0) return;
    const submissions = outbox;
    outbox = [];
    writer.postMessage({ submissions } satisfies ToWriter);
  }

  let ending: Promise<void> | undefined;

  async function close(): Promise<void> {
    closing = true;
    flush();
    writer.postMessage('close' satisfies ToWriter);
    await closed;
    await store.close();
  }

  return {
    submit(operation, command, principal) {
      if (closing) return Promise.resolve(refuse('ServiceUnavailable', 'The member is shutting down.'));
      if (waiting.size >= PENDING_MAX) return Promise.resolve(refuse('Throttling', 'Rate exceeded'));
      const { promise, resolve } = Promise.withResolvers<Accepted | Refusal>();
      ticket += 1;
      waiting.set(ticket, resolve);
      // One message for all that this turn of the event loop brings.
      if (outbox.length === 0) setImmediate(flush);
      outbox.push({ ticket, operation, command, principal });
      return promise;
    },
    configure(settings) {
      flush();
      writer.postMessage({ settings } satisfies ToWriter);
    },
    view() {
      store.renew();
      return store.view;
    },
    snapshot: () => store.snapshot(),
    sequence: () => sequence,
    pending: () => waiting.size,
    close: () => (ending ??= close()),
  };
}
