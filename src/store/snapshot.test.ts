import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tables } from '../core/control/tables.ts';
import { StoreError } from './store-error.ts';
import { openStore, STORE_FILE, type Store } from './store.ts';

let directory: string;
let store: Store;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-snapshot-'));
  store = openStore(directory);
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const lane = ['zone/Z1'];
const put = (value: number): void => store.write((draft) => draft.put(tables.lanes, lane, value));

test('a snapshot stays what it was while the store moves on, over many turns', async () => {
  put(1);
  const snapshot = store.snapshot();
  for (let round = 2; round < 20; round += 1) {
    put(round);
    store.renew();
    await turn();
    expect([snapshot.view.get(tables.lanes, lane), store.view.get(tables.lanes, lane)]).toEqual([1, round]);
    expect(snapshot.view.range(tables.lanes, { limit: 9 })).toEqual([{ key: lane, value: 1 }]);
  }
  snapshot.close();
});

test('a snapshot begins at the newest commit, also within a turn that has read an older one', () => {
  put(1);
  store.view.get(tables.lanes, lane);
  put(2);
  const [first, second] = [store.snapshot(), (put(3), store.snapshot())];
  expect([first, second].map((each) => each.view.get(tables.lanes, lane))).toEqual([2, 3]);
  first.close();
  second.close();
});

test('it advances only to a state that its reader accepts', () => {
  put(1);
  const snapshot = store.snapshot();
  put(2);
  expect(snapshot.advance((newest) => newest.get(tables.lanes, lane) === 1)).toBe(false);
  expect(snapshot.view.get(tables.lanes, lane)).toBe(1);
  expect(snapshot.advance((newest) => newest.get(tables.lanes, lane) === 2)).toBe(true);
  expect(snapshot.view.get(tables.lanes, lane)).toBe(2);
  snapshot.close();
});

test('closed, it is not read again', () => {
  const snapshot = store.snapshot();
  snapshot.close();
  snapshot.close();
  expect(() => snapshot.view.get(tables.lanes, lane)).toThrow(StoreError);
  expect(() => snapshot.advance(() => true)).toThrow('the reading is over');
});

test('it closes by itself after its time', async () => {
  const snapshot = store.snapshot(20);
  expect(snapshot.view.get(tables.lanes, lane)).toBeUndefined();
  const whyNot = (): string => {
    try {
      snapshot.view.get(tables.lanes, lane);
      return 'it is read';
    } catch (error) {
      return (error as Error).message;
    }
  };
  await expect.poll(whyNot).toContain('took too long');
});

test('a closed store has no open snapshots', async () => {
  const other = mkdtempSync(join(tmpdir(), 'waypost-snapshot-'));
  const closing = openStore(other);
  const snapshot = closing.snapshot(20);
  await closing.close();
  expect(() => snapshot.view.get(tables.lanes, lane)).toThrow(StoreError);
  rmSync(other, { recursive: true });
});

test.each([
  ['an open one keeps old pages, and the file grows', false],
  ['a closed one does not', true],
])('%s', async (_, closes) => {
  const snapshot = store.snapshot();
  if (closes) snapshot.close();
  for (let round = 0; round < 100; round += 1) {
    store.write((draft) => draft.put(tables.tags, ['filler'], [{ key: String(round), value: 'x'.repeat(40_000) }]));
    await turn();
  }
  const grown = statSync(join(directory, STORE_FILE)).size;
  if (closes) expect(grown).toBeLessThan(1_500_000);
  else expect(grown).toBeGreaterThan(3_500_000);
  snapshot.close();
});
