import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepStatusFile, readStatusFile, STATUS_FILE } from './status-file.ts';
import { createStatusTable, StatusTable } from './status-table.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-feed-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const newTable = (): StatusTable => new StatusTable(createStatusTable(16));

function kept(): number[] {
  const table = newTable();
  readStatusFile(directory, table);
  return table.unhealthy();
}

test('what was found unhealthy is there after a restart', async () => {
  const table = newTable();
  const file = keepStatusFile(directory, table, (error) => expect.fail(String(error)));
  expect(kept()).toEqual([]);
  for (const index of [3, 7, 9]) table.set(index, false);
  table.set(7, true);
  file.changed();
  await expect.poll(kept).toEqual([3, 9]);
  // The next write waits for a second; closing does not.
  table.clear(3);
  file.changed();
  await file.close();
  expect(kept()).toEqual([9]);
});

test('a file that is not ours is said to be so', () => {
  writeFileSync(join(directory, STATUS_FILE), '{"unhealthy": ["all"]}');
  expect(() => readStatusFile(directory, newTable())).toThrow('does not say which health checks are unhealthy');
  expect(readFileSync(join(directory, STATUS_FILE), 'utf8')).toContain('all');
});

test('a directory that cannot be written to is told, and nothing else happens', async () => {
  const failures: unknown[] = [];
  const file = keepStatusFile(join(directory, 'gone'), newTable(), (error) => failures.push(error));
  file.changed();
  await expect.poll(() => failures).toHaveLength(1);
  await file.close();
});
