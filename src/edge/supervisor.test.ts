import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test, vi } from 'vitest';
import { COUNTERS } from '../core/answer/counters.ts';
import { PLAIN_ANSWERS } from '../core/answer/settings.ts';
import { createPropagation, progressOf } from '../log/propagation.ts';
import { openStore } from '../store/store.ts';
import { supervise } from './supervisor.ts';
import type { EdgeWorkerTask } from './worker-data.ts';

function taskIn(directory: string): EdgeWorkerTask {
  return {
    dataDirectory: directory,
    propagation: createPropagation(),
    slot: 3,
    counters: new SharedArrayBuffer(COUNTERS * Float64Array.BYTES_PER_ELEMENT),
    closing: new SharedArrayBuffer(4),
    planBytesMax: 2 ** 20,
    answers: PLAIN_ANSWERS,
  };
}

const failing = { onRestart: (_: string, error: Error) => expect.fail(String(error)), onFatal() {} };

test('a worker that is loading is stopped once its code is there: in the middle of a native package the process would abort', async () => {
  const [emitted, terminated] = [vi.spyOn(Worker.prototype, 'emit'), vi.spyOn(Worker.prototype, 'terminate')];
  onTestFinished(() => void vi.restoreAllMocks());
  const task = taskIn('nowhere');
  const supervisor = supervise({ propagation: task.propagation, ...failing });
  supervisor.load({ name: 'UDP 0', kind: 'kernel-udp', task, sockets: () => expect.fail('there is nothing to serve') });
  await supervisor.ended();
  const loaded = emitted.mock.calls.findIndex(([event, message]) => event === 'message' && message.kind === 'loaded');
  expect(terminated.mock.invocationCallOrder[0]).toBeGreaterThan(emitted.mock.invocationCallOrder[loaded] ?? Infinity);
});

test('a socket is opened when its worker has what it answers from: no query waits for a thread that is starting', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-supervisor-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  await openStore(directory).close();
  const task = taskIn(directory);
  const { propagation, closing, slot } = task;
  const supervisor = supervise({ propagation, ...failing });
  const whenOpened: unknown[] = [];
  supervisor.load({
    name: 'UDP 0',
    kind: 'node-udp',
    task,
    sockets() {
      whenOpened.push(progressOf(propagation, slot));
      return { kind: 'node-udp', addresses: [] };
    },
  });
  await supervisor.serve();
  expect(whenOpened).toEqual([{ served: 0n, newest: 0n }]);
  Atomics.store(new Int32Array(closing), 0, 1);
  await supervisor.ended();
});
