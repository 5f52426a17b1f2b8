import { parentPort, workerData } from 'node:worker_threads';
import type { ControlSettings, Refusal } from '../core/control/operation.ts';
import { openStore } from '../store/store.ts';
import { bulkOctets } from './change-log.ts';
import { publish } from './propagation.ts';
import { commitGroup, type Accepted, type Submission } from './submit.ts';

/** The thread that writes: it drains what has arrived into one transaction, and answers only once that is on disk. */

export interface WriterSettings {
  readonly directory: string;
  readonly settings: ControlSettings;
  readonly propagation: SharedArrayBuffer;
}

export type ToWriter =
  | { readonly submissions: readonly (Submission & { readonly ticket: number })[] }
  | { readonly settings: ControlSettings }
  | 'close';

export type FromWriter =
  | { readonly kind: 'ready'; readonly sequence: number }
  | {
      readonly kind: 'committed';
      readonly sequence: number;
      readonly outcomes: readonly { readonly ticket: number; readonly outcome: Accepted | Refusal }[];
      readonly failures: readonly string[];
    };

/** Commands in one transaction: enough to share an fsync widely, few enough that none waits long for the others. */
const GROUP_MAX = 256;
/** Bulk in one transaction: others wait behind it for some hundred milliseconds. */
const GROUP_OCTETS_MAX = 2 ** 20;

/** A backup or an export that was killed keeps the file from using its old pages again no longer than this. */
const DEAD_READERS_MILLISECONDS = 10_000;

function run(): void {
  const port = parentPort;
  if (port === null) throw new Error('the writer runs as a worker thread');
  const { directory, propagation, ...given } = workerData as WriterSettings;
  let { settings } = given;
  const store = openStore(directory);
  const send = (message: FromWriter): void => port.postMessage(message);
  const queue: (Submission & { readonly ticket: number })[] = [];
  let scheduled = false;
  let released = Date.now();

  const drain = (): void => {
    scheduled = false;
    const group = queue.splice(0, groupLength(queue));
    if (group.length === 0) return;
    const { outcomes, touched, sequence, failures } = commitGroup(store, group, settings);
    publish(propagation, sequence, touched);
    send({
      kind: 'committed',
      sequence,
      outcomes: outcomes.map((outcome, index) => ({ ticket: group[index]?.ticket as number, outcome })),
      failures: failures.map((error) => (error instanceof Error ? (error.stack ?? error.message) : String(error))),
    });
    if (Date.now() - released >= DEAD_READERS_MILLISECONDS) {
      store.releaseDeadReaders();
      released = Date.now();
    }
    if (queue.length > 0) schedule();
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(drain);
  };

  port.on('message', (message: ToWriter) => {
    if (message === 'close') {
      while (queue.length > 0) drain();
      // Without its port the thread has nothing left to wait for, and ends.
      void store.close().then(() => port.close());
      return;
    }
    if ('settings' in message) {
      settings = message.settings;
      return;
    }
    queue.push(...message.submissions);
    schedule();
  });
  publish(propagation, store.sequence(), []);
  send({ kind: 'ready', sequence: store.sequence() });
}

/** How many of those that wait go together. */
function groupLength(queue: readonly Submission[]): number {
  let octets = 0;
  for (const [index, { command }] of queue.entries()) {
    octets += typeof command === 'object' && command !== null ? bulkOctets(command) : 0;
    if (index === GROUP_MAX || (index > 0 && octets > GROUP_OCTETS_MAX)) return index;
  }
  return queue.length;
}

run();
