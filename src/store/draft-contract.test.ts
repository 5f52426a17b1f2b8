import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MemoryDraft } from '../core/control/memory-draft.ts';
import type { Draft, Key, Table } from '../core/control/view.ts';
import { openStore } from './store.ts';

/** What every `Draft` does (core/control/view.ts): operations are tested over the one in memory and run over the one on disk. */
const first: Table<unknown> = { name: 'tags' };
const second: Table<unknown> = { name: 'delegation-sets' };

type Use = (draft: Draft) => Promise<void> | void;

async function overMemory(use: Use): Promise<void> {
  await use(new MemoryDraft());
}

async function overStore(use: Use): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-contract-'));
  const store = openStore(directory);
  try {
    store.write((draft) => void use(draft));
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

const put =
  (...keys: Key[]) =>
  (draft: Draft): void =>
    keys.forEach((key, at) => draft.put(first, key, at));
const keysOf = (draft: Draft, range: Parameters<Draft['range']>[1]): Key[] =>
  draft.range(first, range).map(({ key }) => key);

const names: Key[] = [
  ['Z1', ''],
  ['Z1', 'com.'],
  ['Z1', 'com.example.'],
  ['Z1', 'com.example.\\052.'],
  ['Z1', 'com.example.a-b.'],
  ['Z1', 'com.examples.'],
  ['Z10', 'com.example.'],
  ['Z2', 'com.example.'],
];
const few: Key[] = [[1], [2], [10], ['1'], ['a'], ['a', 0], ['a', 'b'], ['b']];

/** What is done to an empty draft, what is asked of it, and the answer. */
const contract: [string, (draft: Draft) => void, (draft: Draft) => unknown, unknown][] = [
  ['get: a row that is not there', () => {}, (draft) => draft.get(first, ['a']), undefined],
  ['get: a row that is', put(['a']), (draft) => draft.get(first, ['a']), 0],
  ['get: not by the beginning of its key', put(['a', 'b']), (draft) => draft.get(first, ['a']), undefined],
  ['get: not by a longer key', put(['a']), (draft) => draft.get(first, ['a', 'b']), undefined],
  ['get: a number is not its text', put([1]), (draft) => draft.get(first, ['1']), undefined],
  ['get: case is kept apart', put(['a']), (draft) => draft.get(first, ['A']), undefined],
  ['get: the empty text is an element', put(['Z1', '']), (draft) => draft.get(first, ['Z1', '']), 0],
  ['get: the empty text alone', put(['']), (draft) => draft.get(first, ['']), 0],
  ['get: not from another table', put(['a']), (draft) => draft.get(second, ['a']), undefined],
  ['put: over a row', put(['a'], ['a']), (draft) => draft.range(first, { limit: 9 }), [{ key: ['a'], value: 1 }]],
  ...[0, false, '', [], { values: ['"é"'], alias: { evaluate: false } }, 2 ** 53 - 1].map(
    (value): (typeof contract)[number] => [
      `put: the value ${JSON.stringify(value)}`,
      (draft) => draft.put(first, ['a'], value),
      (draft) => draft.get(first, ['a']),
      value,
    ],
  ),
  ['remove: a row', (draft) => (put(['a'])(draft), draft.remove(first, ['a'])), (d) => d.get(first, ['a']), undefined],
  ['remove: a row that is not there', (draft) => draft.remove(first, ['a']), (d) => d.range(first, { limit: 9 }), []],
  [
    'remove: only that row',
    (draft) => (put(['a'], ['a', 'b'], ['b'])(draft), draft.remove(first, ['a'])),
    (draft) => keysOf(draft, { limit: 9 }),
    [['a', 'b'], ['b']],
  ],
  [
    'remove, then put',
    (draft) => (put(['a'])(draft), draft.remove(first, ['a']), draft.put(first, ['a'], 7)),
    (draft) => draft.get(first, ['a']),
    7,
  ],
  ['range: an empty table', () => {}, (draft) => keysOf(draft, { limit: 9 }), []],
  ['range: in order of keys', put(...few.toReversed()), (draft) => keysOf(draft, { limit: 9 }), few],
  ['range: text in order of octets', put(['é'], ['b'], ['B']), (d) => keysOf(d, { limit: 9 }), [['B'], ['b'], ['é']]],
  ['range: the limit', put(...few), (draft) => keysOf(draft, { limit: 2 }), few.slice(0, 2)],
  ['range: from a key, inclusive', put(...few), (d) => keysOf(d, { from: ['a'], limit: 2 }), few.slice(4, 6)],
  ['range: from between keys', put(...few), (d) => keysOf(d, { from: ['a', 1], limit: 9 }), few.slice(6)],
  ['range: from behind all', put(...few), (draft) => keysOf(draft, { from: ['c'], limit: 9 }), []],
  ['range: a prefix', put(...names), (draft) => keysOf(draft, { prefix: ['Z1'], limit: 9 }), names.slice(0, 6)],
  ['range: a prefix is itself a row', put(...few), (d) => keysOf(d, { prefix: ['a'], limit: 9 }), few.slice(4, 7)],
  ['range: a prefix without rows', put(...names), (draft) => keysOf(draft, { prefix: ['Z3'], limit: 9 }), []],
  [
    'range: from before the prefix',
    put(...names),
    (draft) => keysOf(draft, { prefix: ['Z2'], from: ['Z1'], limit: 9 }),
    names.slice(7),
  ],
  [
    'range: from behind the prefix',
    put(...names),
    (draft) => keysOf(draft, { prefix: ['Z1'], from: ['Z2'], limit: 9 }),
    [],
  ],
  [
    'range: from within the prefix',
    put(...names),
    (draft) => keysOf(draft, { prefix: ['Z1'], from: ['Z1', 'com.example.a'], limit: 9 }),
    names.slice(4, 6),
  ],
  [
    'range: a text prefix',
    put(...names),
    (draft) => keysOf(draft, { prefix: ['Z1'], textPrefix: 'com.example.', limit: 9 }),
    names.slice(2, 5),
  ],
  [
    'range: the empty text prefix',
    put(...names),
    (draft) => keysOf(draft, { prefix: ['Z10'], textPrefix: '', limit: 9 }),
    names.slice(6, 7),
  ],
  [
    'range: a text prefix and from',
    put(...names),
    (draft) => keysOf(draft, { prefix: ['Z1'], textPrefix: 'com.example.', from: ['Z1', 'com.example.a'], limit: 9 }),
    names.slice(4, 5),
  ],
  [
    'range: rows are those of its table',
    (draft) => (put(['a'])(draft), draft.put(second, ['b'], 1)),
    (draft) => draft.range(second, { limit: 9 }),
    [{ key: ['b'], value: 1 }],
  ],
];

describe.each([
  ['memory', overMemory],
  ['the store', overStore],
])('a draft over %s', (_, over) => {
  test.each(contract)('%s', async (_name, write, ask, expected) => {
    expect.assertions(1);
    await over((draft) => {
      write(draft);
      expect(ask(draft)).toEqual(expected);
    });
  });
});
