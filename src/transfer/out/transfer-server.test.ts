import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HostedZoneCreated } from '../../core/control/hosted-zones/create-hosted-zone.ts';
import { isRefusal } from '../../core/control/operation.ts';
import { PLAIN_SETTINGS } from '../../core/control/plain-settings.ts';
import { tables } from '../../core/control/tables.ts';
import { parseMessage } from '../../core/dns/message.ts';
import { parseName } from '../../core/dns/name.ts';
import { RCODE, TYPE } from '../../core/dns/record-type.ts';
import { commitGroup } from '../../log/submit.ts';
import { SNAPSHOT_MILLISECONDS_MAX } from '../../store/snapshot.ts';
import { StoreError } from '../../store/store-error.ts';
import { openStore, type Store } from '../../store/store.ts';
import { TransferRules } from '../settings/transfer-settings.ts';
import { createTransferCounters, TRANSFER_COUNTER, TransferCounters } from '../transfer-counters.ts';
import { createTransferServer } from './transfer-server.ts';
import { createTransferSlots, TransferSlots, TRANSFERS_AT_ONCE_MAX } from './transfer-slots.ts';

/** Transfers to clients that take their time, by a clock that the tests move. */
const AXFR = Uint8Array.of(0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...parseName('example.com'), 0, TYPE.AXFR, 0, 1);
const CLIENT = { client: Uint8Array.of(192, 0, 2, 1), listener: 0 };
/** Of several messages: the store is read between them. */
const RECORD_SETS = 900;
const CHANGES_PER_BATCH = 200;

let directory: string;
let store: Store;
let zoneId: string;
let counters: TransferCounters;
let slots: TransferSlots;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-transfer-server-'));
  store = openStore(directory);
  zoneId = submit<HostedZoneCreated>('CreateHostedZone', { name: 'example.com', callerReference: '1' }).zone.id;
  const labels = Array.from({ length: RECORD_SETS }, (_, n) => `n${n}`);
  while (labels.length > 0) change(...labels.splice(0, CHANGES_PER_BATCH));
  counters = new TransferCounters(createTransferCounters());
  slots = new TransferSlots(createTransferSlots(1), 0);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(async () => {
  vi.useRealTimers();
  await store.close();
  rmSync(directory, { recursive: true });
});

function submit<Ch>(operation: string, command: unknown): Ch {
  const [outcome] = commitGroup(store, [{ operation, command, principal: 'test' }], PLAIN_SETTINGS).outcomes;
  if (outcome === undefined || isRefusal(outcome)) throw new Error(outcome?.message);
  return outcome.change as unknown as Ch;
}

function change(...labels: string[]): void {
  const changes = labels.map((label) => {
    const values = [`"${label.padEnd(100, 'x')}"`];
    return {
      action: 'CREATE',
      recordSet: { name: `${label}.example.com`, type: 'TXT', ttlSeconds: 60, values, policies: [] },
    };
  });
  submit('ChangeResourceRecordSets', { hostedZoneId: zoneId, changes });
}

/** One whose next message is taken when the test says so. */
function transfer(): { take(): Promise<void>; readonly taken: Uint8Array[]; readonly ended: Promise<void> } {
  const taken: Uint8Array[] = [];
  let accept: (() => void) | undefined;
  const server = createTransferServer({
    store,
    rules: () => new TransferRules({ keys: [], out: [{ zones: 'all', allow: [{}], notify: [] }], in: [] }),
    slots,
    listenerSets: [],
    counters,
  });
  const send = (message: Uint8Array): Promise<void> => {
    taken.push(message);
    return new Promise((resolve) => (accept = resolve));
  };
  const ended = server(AXFR, CLIENT, send) as Promise<void>;
  // Told below, and by `expect` where it is meant to fail.
  ended.catch(() => {});
  return {
    taken,
    ended,
    async take() {
      await turn();
      accept?.();
      await turn();
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const sentWhole = (): number => counters.get(TRANSFER_COUNTER.sentWhole);

test('a client that takes a changed zone for longer than a snapshot may live is given up, and its place with it', async () => {
  const slow = Array.from({ length: TRANSFERS_AT_ONCE_MAX }, () => transfer());
  for (const each of slow) await each.take();
  change('new');
  vi.advanceTimersByTime(SNAPSHOT_MILLISECONDS_MAX);
  for (const each of slow) {
    await each.take();
    await expect(each.ended).rejects.toThrow(StoreError);
    await expect(each.ended).rejects.toThrow('took too long');
  }
  expect(sentWhole()).toBe(0);
  const next = transfer();
  for (let left = 20; left > 0; left -= 1) await next.take();
  await next.ended;
  expect(sentWhole()).toBe(1);
});

test('a zone that is left alone is sent to the end, however long that takes', async () => {
  const slow = transfer();
  for (let left = 20; left > 0; left -= 1) {
    await slow.take();
    vi.advanceTimersByTime(SNAPSHOT_MILLISECONDS_MAX - 1);
  }
  await slow.ended;
  const records = slow.taken.reduce((sum, message) => sum + parseMessage(message).answers.length, 0);
  // The SOA comes twice.
  expect(records).toBe(RECORD_SETS + 3);
  expect(sentWhole()).toBe(1);
});

test('a zone that is signed is not copied without its signatures', async () => {
  const signer = { tag: 1, algorithm: 13, wrapped: '' } as const;
  store.write((draft) => draft.put(tables.zoneSignings, [zoneId], { signer, signedAhead: [] }));
  const refused = transfer();
  await refused.take();
  await refused.ended;
  expect(refused.taken.map((message) => parseMessage(message))).toMatchObject([{ rcode: RCODE.REFUSED, answers: [] }]);
  expect(counters.get(TRANSFER_COUNTER.refused)).toBe(1);
});
