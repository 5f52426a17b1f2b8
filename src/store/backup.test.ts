import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tables } from '../core/control/tables.ts';
import { lockDataDirectory } from './data-lock.ts';
import { backUp, MANIFEST_FILE, restore } from './backup.ts';
import { openStore, STORE_FILE, STORE_FORMAT, type Store } from './store.ts';

const KEY_FILE = 'access-key.json';
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
  const script = `import { backUp } from ${module('./backup.ts')};
    await backUp(${JSON.stringify(data)}, ${JSON.stringify(target)}, ['${KEY_FILE}', 'absent'], new Date(0));`;
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
  const manifest = await restore(target, restored, [KEY_FILE]);
  expect(manifest).toEqual({
    format: STORE_FORMAT,
    sequence: manifest.sequence,
    zones: manifest.zones,
    sha256: manifest.sha256,
    createdAt: '1970-01-01T00:00:00.000Z',
  });
  expect(readFileSync(join(restored, KEY_FILE), 'utf8')).toBe('{"accessKeyId":"A"}');
  const again = openStore(restored);
  expect(again.sequence()).toBe(manifest.sequence);
  expect(again.view.get(tables.counters, ['hosted-zones'])).toBe(manifest.zones);
  expect(again.view.get(tables.tags, ['hostedzone', 'Z1'])).toEqual([{ key: 'team', value: 'dns' }]);
  await again.close();
});

test('refused: a target or a data directory that holds something', async () => {
  await expect(backUp(data, data, [], new Date(0))).rejects.toThrow(/is not empty\. A backup goes/);
  await backUp(data, target, [], new Date(0));
  await expect(restore(target, data, [])).rejects.toThrow(/is not empty\. A restore never writes over data/);
  expect(readFileSync(join(data, KEY_FILE), 'utf8')).toBe('{"accessKeyId":"A"}');
});

test.each<[string, RegExp, (directory: string) => void]>([
  ['unfinished', /not a finished backup/, (at) => rmSync(join(at, MANIFEST_FILE))],
  ['without its store', /damaged: it has no waypost\.mdb/, (at) => rmSync(join(at, STORE_FILE))],
  ['of a later format', /has format 99/, (at) => rewrite(at, `"format": ${STORE_FORMAT}`, '"format": 99')],
  [
    'with a page altered',
    /damaged: waypost\.mdb is not/,
    (at) => writeFileSync(join(at, STORE_FILE), Buffer.alloc(64), { flag: 'r+' }),
  ],
  ['with a manifest that is not one', /not a manifest/, (at) => writeFileSync(join(at, MANIFEST_FILE), 'null')],
  ['with an empty store', /damaged/, (at) => truncateSync(join(at, STORE_FILE), 0)],
])('refused: a backup %s; nothing is left behind', async (_, message, harm) => {
  await backUp(data, target, [KEY_FILE], new Date(0));
  const harmed = join(base, 'harmed');
  cpSync(target, harmed, { recursive: true });
  harm(harmed);
  const fresh = join(base, 'fresh');
  mkdirSync(fresh);
  await expect(restore(harmed, fresh, [KEY_FILE])).rejects.toThrow(message);
  expect(readdirSync(fresh)).toEqual([]);
});

test('after a restore that failed halfway, the next one into the same directory works', async () => {
  await backUp(data, target, [KEY_FILE], new Date(0));
  const restored = join(base, 'restored');
  mkdirSync(join(target, 'no-file'));
  await expect(restore(target, restored, [KEY_FILE, 'no-file'])).rejects.toThrow(/cannot be copied to .* \(\w+\)/);
  expect(readdirSync(restored)).toEqual(['lock']);
  // As a restore leaves it that was killed.
  writeFileSync(join(restored, `${STORE_FILE}.restoring`), 'half');
  expect((await restore(target, restored, [KEY_FILE])).sequence).toBe(12);
  expect(readdirSync(restored).toSorted()).toEqual([KEY_FILE, 'lock', STORE_FILE]);
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
  const ask = async (): Promise<string> =>
    (await run(process.execPath, ['--input-type=module', '-e', script])).stdout.trim();
  expect(await ask()).toBe('held');
  lock?.release();
  expect(await ask()).toBe('free');
});
