import { randomInt } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { refuse, type Refusal } from '../core/control/operation.ts';
import type { View } from '../core/control/view.ts';
import { PropagationFollower } from '../log/propagation.ts';
import type { Accepted } from '../log/submit.ts';
import { openStore } from '../store/store.ts';
import { NotifiedZones } from './in/notified-zones.ts';
import { pullZone } from './in/pull-zone.ts';
import { SecondaryKeeper } from './in/secondary-keeper.ts';
import { Announcer } from './notify/announcer.ts';
import { Notifier } from './notify/notifier.ts';
import type { Report } from './report.ts';
import { TransferRules, type TransferSettings } from './settings/transfer-settings.ts';
import { TransferCounters } from './transfer-counters.ts';
import type { TransferShare } from './transfer-share.ts';

/** The thread that keeps secondary zones and tells others of changes: what takes long, or waits for strangers, is done here. */
export interface TransferWorkerData {
  readonly directory: string;
  readonly propagation: SharedArrayBuffer;
  readonly share: TransferShare;
}

export type ToTransferWorker =
  | { readonly kind: 'settings'; readonly settings: TransferSettings }
  | { readonly kind: 'outcome'; readonly ticket: number; readonly outcome: Accepted | Refusal }
  | { readonly kind: 'close' };

export type FromTransferWorker =
  | { readonly kind: 'submit'; readonly ticket: number; readonly operation: string; readonly command: unknown }
  | {
      readonly kind: 'report';
      readonly level: Parameters<Report>[0];
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    };

const KEEPER_MILLISECONDS = 1000;
const NOTIFIER_MILLISECONDS = 100;
/** A follower that is told of nothing looks up this often. */
const CHANGED_MILLISECONDS = 1000;

async function run(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('transfers run in a worker thread');
  const { directory, propagation, share } = workerData as TransferWorkerData;
  const store = openStore(directory, { readOnly: true });
  const counters = new TransferCounters(share.counters);
  const send = (message: FromTransferWorker): void => port.postMessage(message);
  const report: Report = (level, message, details) => send({ kind: 'report', level, message, details });
  const view = (): View => {
    store.renew();
    return store.view;
  };
  const waiting = new Map<number, (outcome: Accepted | Refusal) => void>();
  let ticket = 0;
  const submit = (operation: string, command: unknown): Promise<Accepted | Refusal> => {
    ticket += 1;
    send({ kind: 'submit', ticket, operation, command });
    return new Promise((resolve) => waiting.set(ticket, resolve));
  };
  const now = (): number => Date.now();
  const draw = (): number => randomInt(2 ** 32) / 2 ** 32;
  let rules = new TransferRules(share.settings);
  const keeper = new SecondaryKeeper({ view, submit, pull: pullZone, report, counters, now, draw });
  const notifier = new Notifier({ view, rules: () => rules, report, counters, now, draw });
  const announcer = new Announcer({ view, rules: () => rules, notifier });

  let configuring = Promise.resolve();
  const configure = (settings: TransferSettings): void => {
    rules = new TransferRules(settings);
    notifier.clear();
    announcer.announceAll();
    configuring = configuring
      .then(() => keeper.configure(settings.in))
      .catch((error: unknown) => report('error', 'secondary zones could not be set up', { err: error }))
      .then(() => keeper.tick());
  };
  port.on('message', (message: ToTransferWorker) => {
    if (message.kind === 'settings') configure(message.settings);
    else if (message.kind === 'outcome') {
      waiting.get(message.ticket)?.(message.outcome);
      waiting.delete(message.ticket);
    } else {
      for (const resolve of waiting.values()) resolve(refuse('ServiceUnavailable', 'The member is shutting down.'));
      notifier.close();
      // What is under way is given up: nothing of it is seen before it is whole.
      void store.close().then(() => process.exit(0));
    }
  });
  setInterval(() => keeper.tick(), KEEPER_MILLISECONDS);
  setInterval(() => {
    announcer.tick();
    notifier.tick();
  }, NOTIFIER_MILLISECONDS);
  configure(share.settings);
  void followNotified(new NotifiedZones(share.notified), keeper);
  await followChanges(new PropagationFollower(propagation), announcer);
}

async function followNotified(notified: NotifiedZones, keeper: SecondaryKeeper): Promise<never> {
  for (;;) {
    const count = notified.count;
    const places = notified.take(keeper.places);
    places.forEach((place) => keeper.notified(place));
    if (places.length > 0) keeper.tick();
    await notified.marked(count, CHANGED_MILLISECONDS);
  }
}

async function followChanges(follower: PropagationFollower, announcer: Announcer): Promise<never> {
  for (;;) {
    const zoneIds: string[] = [];
    if (follower.next((zoneId) => zoneIds.push(zoneId)) === 'overrun') announcer.announceAll();
    else zoneIds.forEach((zoneId) => announcer.changed(zoneId));
    await follower.changed(CHANGED_MILLISECONDS);
  }
}

await run();
