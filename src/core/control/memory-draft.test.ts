import { expect, test } from 'vitest';
import { MemoryDraft } from './memory-draft.ts';
import type { Key, Range, Table } from './view.ts';

const table: Table<number> = { name: 'rows' };
const keys: Key[] = [
  ['Z1', 7],
  ['Z1', ''],
  ['Z1', 'com.example.'],
  ['Z1', 'com.example.a-b.'],
  ['Z1', 'com.example.a.'],
  ['Z1', 'com.examples.'],
  ['Z10', 'com.example.'],
  ['Z2', 'com.example.'],
];

test.each<[string, Range, number[]]>([
  ['everything', { limit: 100 }, [0, 1, 2, 3, 4, 5, 6, 7]],
  ['no more than the limit', { limit: 2 }, [0, 1]],
  ['a prefix, which ends with its element', { prefix: ['Z1'], limit: 100 }, [0, 1, 2, 3, 4, 5]],
  ['from a key that is not there', { prefix: ['Z1'], from: ['Z1', 'com.example.a0'], limit: 100 }, [5]],
  ['from before the prefix', { prefix: ['Z2'], from: ['Z1'], limit: 100 }, [7]],
  ['from after the prefix', { prefix: ['Z1'], from: ['Z2'], limit: 100 }, []],
  ['a name and what is below it', { prefix: ['Z1'], textPrefix: 'com.example.', limit: 100 }, [2, 3, 4]],
])('range: %s', (_, range, expected) => {
  const draft = new MemoryDraft();
  for (const index of [3, 1, 7, 0, 5, 2, 6, 4]) draft.put(table, keys[index] as Key, index);
  expect(draft.range(table, range).map((row) => row.value)).toEqual(expected);
});

test('put replaces, remove forgets', () => {
  const draft = new MemoryDraft();
  draft.put(table, ['a'], 1);
  draft.put(table, ['a'], 2);
  expect(draft.get(table, ['a'])).toBe(2);
  draft.remove(table, ['a']);
  expect(draft.get(table, ['a'])).toBeUndefined();
});
