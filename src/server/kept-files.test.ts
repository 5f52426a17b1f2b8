import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keepStatusFile, readStatusFile, STATUS_FILE } from '../feed/status-file.ts';
import { createStatusTable, StatusTable } from '../feed/status-table.ts';
import { backUp, restore } from '../store/backup.ts';
import { openStore } from '../store/store.ts';
import { KEPT_FILES } from './kept-files.ts';

test('a restored backup has the last statuses', async () => {
  const base = mkdtempSync(join(tmpdir(), 'waypost-kept-'));
  onTestFinished(() => rmSync(base, { recursive: true }));
  const [data, backup, restored] = ['data', 'backup', 'restored'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  await openStore(data).close();
  const table = new StatusTable(createStatusTable(16));
  table.set(3, false);
  table.set(5, true);
  const file = keepStatusFile(data, table, (error) => expect.fail(String(error)));
  file.changed();
  await file.close();
  await backUp(data, backup, KEPT_FILES, new Date(0));
  expect(statSync(join(backup, STATUS_FILE)).mode & 0o777).toBe(0o600);
  await restore(backup, restored, KEPT_FILES);
  const found = new StatusTable(createStatusTable(16));
  readStatusFile(restored, found);
  expect(found.unhealthy()).toEqual([3]);
});
