import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Key, Range, Row, Table } from '../core/control/view.ts';
import { StoreError } from './store-error.ts';
import { openStore, STORE_FILE, type Store } from './store.ts';

const rows: Table<number> = { name: 'counters' };
const named: Table<unknown> = { name: 'tags' };

let directory: string;
let store: Store;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-store-'));
  store = openStore(directory);
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

describe('range', () => {
  const zoneNames: Key[] = [
    ['Z1', ''],
    ['Z1', 'com.'],
    ['Z1', 'com.example.'],
    ['Z1', 'com.example.\\052.'],
    ['Z1', 'com.example.a-b.'],
    ['Z1', 'com.example.a.'],
    ['Z1', 'com.examples.'],
    ['Z10', 'com.example.'],
    ['Z2', 'com.example.'],
  ];

  test.each<[string, Range, number[]]>([
    ['everything', { limit: 100 }, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    ['no more than the limit', { limit: 2 }, [0, 1]],
    ['a prefix, which ends with its element', { prefix: ['Z1'], limit: 100 }, [0, 1, 2, 3, 4, 5, 6]],
    ['a prefix without rows', { prefix: ['Z3'], limit: 100 }, []],
    ['from a key that is there', { prefix: ['Z1'], from: ['Z1', 'com.example.a-b.'], limit: 2 }, [4, 5]],
    ['from a key that is not', { prefix: ['Z1'], from: ['Z1', 'com.example.a0'], limit: 100 }, [6]],
    ['from before the prefix', { prefix: ['Z2'], from: ['Z1'], limit: 100 }, [8]],
    ['from after the prefix', { prefix: ['Z1'], from: ['Z2'], limit: 100 }, []],
    ['from, across prefixes', { from: ['Z1', 'com.examples.'], limit: 100 }, [6, 7, 8]],
    ['a zone and what is below it', { prefix: ['Z1'], textPrefix: 'com.example.', limit: 100 }, [2, 3, 4, 5]],
    [
      'a text prefix and from',
      { prefix: ['Z1'], textPrefix: 'com.example.', from: ['Z1', 'com.example.a'], limit: 9 },
      [4, 5],
    ],
    ['the empty text prefix', { prefix: ['Z10'], textPrefix: '', limit: 9 }, [7]],
  ])('%s', (_, range, expected) => {
    store.write((draft) => zoneNames.forEach((key, index) => draft.put(rows, key, index)));
    expect(store.view.range(rows, range)).toEqual(expected.map((index) => ({ key: zoneNames[index], value: index })));
  });

  test('agrees with the definition on keys of any shape', () => {
    const element = fc.oneof(fc.constantFrom('', 'a', 'a.', 'ab', 'b', 'Z1', '\\052.', 'é'), fc.nat(300));
    const key = fc.array(element, { minLength: 1, maxLength: 3 });
    const range = fc.record(
      {
        prefix: fc.array(element, { maxLength: 2 }),
        from: key,
        textPrefix: fc.constantFrom('', 'a', 'b'),
        limit: fc.integer({ min: 1, max: 9 }),
      },
      { requiredKeys: ['limit'] },
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 12, selector: (each) => JSON.stringify(each) }),
        range,
        (keys, anyRange) => {
          const asked = anyRange.prefix === undefined ? { ...anyRange, textPrefix: '' } : anyRange;
          store.write((draft) => {
            for (const row of draft.range(rows, { limit: 1000 })) draft.remove(rows, row.key);
            keys.forEach((each, index) => draft.put(rows, each, index));
          });
          expect(store.view.range(rows, asked as Range)).toEqual(expectedRows(keys, asked as Range));
        },
      ),
    );
  });
});

/** Range as view.ts describes it, on a plain list. */
function expectedRows(keys: readonly Key[], range: Range): Row<number>[] {
  const prefix = range.prefix ?? [];
  const text = range.textPrefix ?? '';
  return keys
    .map((key, value) => ({ key, value }))
    .filter(({ key }) => prefix.every((element, at) => key[at] === element))
    .filter(
      ({ key }) =>
        text === '' || (String(key[prefix.length]).startsWith(text) && typeof key[prefix.length] === 'string'),
    )
    .filter(({ key }) => range.from === undefined || compare(key, range.from) >= 0)
    .toSorted((a, b) => compare(a.key, b.key))
    .slice(0, range.limit);
}

function compare(a: Key, b: Key): number {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const [left, right] = [a[at] as string | number, b[at] as string | number];
    if (left === right) continue;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

test('a name of 255 octets, all of them escaped, is a key', () => {
  const longest = `${`${'\\052'.repeat(63)}.`.repeat(3)}${'\\052'.repeat(61)}.`;
  store.write((draft) => draft.put(named, ['Z12345678901234', longest], { children: 0, recordSets: [] }));
  expect(store.view.get(named, ['Z12345678901234', longest])).toEqual({ children: 0, recordSets: [] });
});

test('values come back as they were put', () => {
  const value = {
    type: 'TXT',
    values: ['"\\"é\\""', ''],
    alias: { evaluateTargetHealth: false },
    at: 1_790_000_000_123,
    ttl: 2 ** 31 - 1,
  };
  store.write((draft) => draft.put(named, ['Z1', ''], value));
  expect(store.view.get(named, ['Z1', ''])).toEqual(value);
});

test('a draft reads its own writes; nobody else does before the commit; a throw undoes all', () => {
  expect(() =>
    store.write((draft) => {
      draft.put(rows, ['a'], 1);
      store.setSequence(7);
      expect(draft.get(rows, ['a'])).toBe(1);
      throw new Error('changed my mind');
    }),
  ).toThrow('changed my mind');
  store.renew();
  expect(store.view.get(rows, ['a'])).toBeUndefined();
  expect(store.sequence()).toBe(0);
});

const READER = `
const { parentPort, workerData } = require('node:worker_threads');
import(workerData.module).then(({ openStore }) => {
  const store = openStore(workerData.directory, { readOnly: true });
  parentPort.on('message', (renew) => {
    if (renew) store.renew();
    parentPort.postMessage(store.view.get({ name: 'counters' }, ['a']) ?? 'nothing');
  });
  parentPort.postMessage('open');
});`;

test('another thread sees a commit once it renews, and does not keep old pages once it did', async () => {
  const workerData = { module: new URL('./store.ts', import.meta.url).href, directory };
  const reader = new Worker(READER, { eval: true, workerData });
  const next = (): Promise<unknown> => new Promise((resolve) => reader.once('message', resolve));
  const ask = (): Promise<unknown> => {
    const answer = next();
    reader.postMessage(true);
    return answer;
  };
  await next();
  expect(await ask()).toBe('nothing');
  for (let round = 0; round < 200; round += 1) {
    store.write((draft) => draft.put({ name: 'tags' }, ['filler'], 'x'.repeat(40_000)));
    store.write((draft) => draft.put(rows, ['a'], round));
    expect(await ask()).toBe(round);
  }
  // 8 MB were written, 40 kB at a time; pages are used again only when no reader holds them.
  expect(statSync(join(directory, STORE_FILE)).size).toBeLessThan(1_500_000);
  await reader.terminate();
});

test("files are their owner's, and a store that is not there cannot be read", () => {
  expect(statSync(join(directory, STORE_FILE)).mode & 0o777).toBe(0o600);
  expect(() => openStore(join(directory, 'absent'), { readOnly: true })).toThrow(StoreError);
});
