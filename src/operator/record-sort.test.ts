import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RecordSort, type FileRecord } from './record-sort.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-sort-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const record = fc.record({
  key: fc.constantFrom('', 'com.', 'com.a.', 'com.a.b.', 'com.a-b.', 'com.\\052.', 'org.'),
  type: fc.constantFrom(1, 16, 257),
  ttlSeconds: fc.nat(),
  text: fc.string({ maxLength: 300 }),
});

test.each([
  ['in memory', 2 ** 30],
  ['in runs of several records', 3000],
  ['in runs of one record', 0],
])('%s: by key, type and order of the file, as often as asked', (_, runOctetsMax) => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), (list) => {
      const records: FileRecord[] = list.map((each, line) => ({ ...each, file: 0, line }));
      const sort = new RecordSort(directory, runOctetsMax);
      for (const each of records) sort.add(each);
      const expected = records.toSorted((a, b) => {
        if (a.key !== b.key) return a.key < b.key ? -1 : 1;
        return a.type - b.type || a.line - b.line;
      });
      expect([...sort.sorted()]).toEqual(expected);
      expect([...sort.sorted()]).toEqual(expected);
      expect(sort.count).toBe(records.length);
      sort.close();
    }),
  );
  expect(readdirSync(directory)).toEqual([]);
});

test('a record longer than a block', () => {
  const sort = new RecordSort(directory, 0);
  const long: FileRecord = { key: 'com.', type: 16, ttlSeconds: 1, text: 'x'.repeat(600_000), file: 1, line: 2 };
  sort.add(long);
  sort.add({ ...long, key: 'a.' });
  expect([...sort.sorted()]).toEqual([{ ...long, key: 'a.' }, long]);
  sort.close();
});
