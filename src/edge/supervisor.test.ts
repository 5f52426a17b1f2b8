import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { COUNTERS } from '../core/answer/counters.ts';
import { PLAIN_ANSWERS } from '../core/answer/settings.ts';
import { createPropagation, progressOf } from '../log/propagation.ts';
import { openStore } from '../store/store.ts';
import { supervise } from './supervisor.ts';

test('a socket is opened when its worker has what it answers from: no query waits for a thread that is starting', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-supervisor-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  await openStore(directory).close();
  const propagation = createPropagation();
  const closing = new SharedArrayBuffer(4);
  const supervisor = supervise({ propagation, onRestart: (_, error) => expect.fail(String(error)), onFatal() {} });
  const whenOpened: unknown[] = [];
  supervisor.load({
    name: 'UDP 0',
    kind: 'node-udp',
    task: {
      dataDirectory: directory,
      propagation,
      slot: 3,
      counters: new SharedArrayBuffer(COUNTERS * Float64Array.BYTES_PER_ELEMENT),
      closing,
      planBytesMax: 2 ** 20,
      answers: PLAIN_ANSWERS,
    },
    sockets() {
      whenOpened.push(progressOf(propagation, 3));
      return { kind: 'node-udp', addresses: [] };
    },
  });
  await supervisor.serve();
  expect(whenOpened).toEqual([{ served: 0n, newest: 0n }]);
  Atomics.store(new Int32Array(closing), 0, 1);
  await supervisor.ended();
});
