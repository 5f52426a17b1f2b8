import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tables } from '../core/control/tables.ts';
import { openStore, STORE_FILE, type Store } from './store.ts';

let directory: string;
let store: Store;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-readers-'));
  store = openStore(directory);
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const fileSize = (): number => statSync(join(directory, STORE_FILE)).size;

/** Writes four megabytes, 40 kB at a time; gives by how much the file grew. */
function growth(): number {
  const before = fileSize();
  for (let round = 0; round < 100; round += 1) {
    store.write((draft) => draft.put(tables.tags, ['filler'], [{ key: String(round), value: 'x'.repeat(40_000) }]));
  }
  return fileSize() - before;
}

/** Reads a snapshot and never lets go of it. */
const STUCK = `
const { parentPort, workerData } = require('node:worker_threads');
const { module, directory } = workerData ?? JSON.parse(process.argv.at(-1));
import(module).then(({ openStore }) => {
  const snapshot = openStore(directory, { readOnly: true }).snapshot();
  snapshot.view.get({ name: 'tags' }, ['filler']);
  if (parentPort) parentPort.postMessage('reads');
  else process.stdout.write('reads');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;
const data = (): { module: string; directory: string } => ({
  module: new URL('./store.ts', import.meta.url).href,
  directory,
});

test('a thread that is ended while it reads lets go of its pages', async () => {
  growth();
  const worker = new Worker(STUCK, { eval: true, workerData: data() });
  await once(worker, 'message');
  expect(growth()).toBeGreaterThan(3_500_000);
  await worker.terminate();
  growth();
  expect(growth()).toBe(0);
});

test('a process that is killed while it reads lets go of its pages once that is looked for', async () => {
  growth();
  const child = spawn(process.execPath, ['-e', STUCK, JSON.stringify(data())], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(store.releaseDeadReaders()).toBe(0);
  expect(growth()).toBeGreaterThan(3_500_000);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(growth()).toBeGreaterThan(0);
  expect(store.releaseDeadReaders()).toBe(1);
  growth();
  expect(growth()).toBe(0);
});
