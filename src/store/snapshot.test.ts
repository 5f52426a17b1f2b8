import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tables } from '../core/control/tables.ts';
import { lockDataDirectory, LOCK_FILE } from './data-lock.ts';
import { backup, restore } from './snapshot.ts';
import { openStore, STORE_FILE, type Store } from './store.ts';

const KEY_FILE = 'credentials.json';
const MANIFEST_FILE = 'manifest.json';
const module = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
const run = promisify(execFile);

let base: string;
let data: string;
let target: string;
let store: Store;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'waypost-snapshot-'));
  data = join(base, 'data');
  target = join(base, 'backup');
  store = openStore(data);
  store.write((draft) => {
    draft.put(tables.tags, ['hostedzone', 'Z1'], [{ key: 'team', value: 'dns' }]);
    draft.put(tables.counters, ['hosted-zones'], 3);
    store.setSequence(12);
  });
  writeFileSync(join(data, KEY_FILE), '{"accessKeyId":"A"}', { mode: 0o600 });
});

afterEach(async () => {
  await store.close();
  rmSync(base, { recursive: true });
});

/** As the command does it: from a process of its own, while this one has the store open and writes. */
async function backUpElsewhere(): Promise<void> {
  const script = `import { backup } from ${module('./snapshot.ts')};
    await backup(${JSON.stringify(data)}, ${JSON.stringify(target)});`;
  await run(process.execPath, ['--input-type=module', '-e', script]);
}

test('a backup taken by another process during writes is whole, private, and can be put back', async () => {
  let done = false;
  const backup = backUpElsewhere().finally(() => {
    done = true;
  });
  let sequence = 12;
  while (!done) {
    sequence += 1;
    store.write((draft) => {
      draft.put(tables.counters, ['hosted-zones'], sequence);
      store.setSequence(sequence);
    });
    await new Promise(setImmediate);
  }
  await backup;
  expect(readdirSync(target).toSorted()).toEqual([KEY_FILE, MANIFEST_FILE, STORE_FILE]);
  expect(statSync(target).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(target)) expect(statSync(join(target, name)).mode & 0o777).toBe(0o600);

  const restored = join(base, 'restored');
  const manifest = JSON.parse(readFileSync(join(target, MANIFEST_FILE), 'utf8')) as { sequence: number; hostedZones: number };
  expect(restore(target, restored)).toBe(`Restored ${manifest.hostedZones} hosted zones at change ${manifest.sequence} to ${restored}`);
  expect(readFileSync(join(restored, KEY_FILE), 'utf8')).toBe('{"accessKeyId":"A"}');
  const again = openStore(restored);
  expect(again.sequence()).toBe(manifest.sequence);
  expect(again.view.get(tables.counters, ['hosted-zones'])).toBe(manifest.hostedZones);
  expect(again.view.get(tables.tags, ['hostedzone', 'Z1'])).toEqual([{ key: 'team', value: 'dns' }]);
  await again.close();
});

test('refused: a target or a data directory that holds something', async () => {
  await expect(backup(data, data)).rejects.toThrow(/is not empty; a backup needs/);
  await backup(data, target);
  expect(() => restore(target, data)).toThrow(/is not empty; a backup is restored/);
  expect(readFileSync(join(data, KEY_FILE), 'utf8')).toBe('{"accessKeyId":"A"}');
});

test.each<[string, RegExp, (directory: string) => void]>([
  ['unfinished', /holds no backup/, (at) => rmSync(join(at, MANIFEST_FILE))],
  ['without its store', /damaged: waypost\.mdb is not/, (at) => rmSync(join(at, STORE_FILE))],
  ['of a later format', /has format 2/, (at) => rewrite(at, '"format": 1', '"format": 2')],
  ['with a page altered', /damaged: waypost\.mdb is not/, (at) => writeFileSync(join(at, STORE_FILE), Buffer.alloc(64), { flag: 'r+' })],
  ['with a manifest that is not one', /holds no backup/, (at) => writeFileSync(join(at, MANIFEST_FILE), 'null')],
  ['with an empty store', /damaged/, (at) => truncateSync(join(at, STORE_FILE), 0)],
])('refused: a backup %s; nothing is left behind', async (_, message, harm) => {
  await backup(data, target);
  const harmed = join(base, 'harmed');
  cpSync(target, harmed, { recursive: true });
  harm(harmed);
  const fresh = join(base, 'fresh');
  mkdirSync(fresh);
  expect(() => restore(harmed, fresh)).toThrow(message);
  expect(readdirSync(fresh).filter((file) => file !== LOCK_FILE)).toEqual([]);
  expect(restore(target, fresh)).toMatch(/^Restored 3 hosted zones at change 12/);
});

function rewrite(directory: string, from: string, to: string): void {
  const file = join(directory, MANIFEST_FILE);
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
}

test('one process at a time holds the data directory', async () => {
  const lock = lockDataDirectory(data);
  expect(lock).toBeDefined();
  const script = `import { lockDataDirectory } from ${module('./data-lock.ts')};
    console.log(lockDataDirectory(${JSON.stringify(data)}) === undefined ? 'held' : 'free');`;
  const ask = async (): Promise<string> => (await run(process.execPath, ['--input-type=module', '-e', script])).stdout.trim();
  expect(await ask()).toBe('held');
  lock?.release();
  expect(await ask()).toBe('free');
});
