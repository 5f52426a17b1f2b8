import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRefusal, type ChangeBase } from '../core/control/operation.ts';
import { PLAIN_SETTINGS } from '../core/control/plain-settings.ts';
import { tables } from '../core/control/tables.ts';
import { openStore, type Store } from '../store/store.ts';
import { append, BULK_OCTETS_MAX, ENTRIES_MAX, read, type LaneConditions } from './change-log.ts';
import { commitGroup, type Submission } from './submit.ts';

let directory: string;
let store: Store;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-submit-'));
  store = openStore(directory);
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const change = (id: string) => ({ kind: 'test', id, at: 0, by: 'test' });
const lanes = (advances: Record<string, number>, reliesOn: Record<string, number> = {}): LaneConditions => ({
  advances,
  reliesOn,
});
const create = (name: string): Submission => ({
  operation: 'CreateHostedZone',
  command: { name, callerReference: name },
  principal: 'test',
});

/** No operation has this name: deciding it throws, as a defect would. */
const defect: Submission = { operation: 'NoSuchOperation', command: {}, principal: 'test' };

test('the log takes a change once, and only while its lanes end where they were seen', () => {
  store.write((draft) => {
    expect(append(draft, 0, change('C1'), lanes({ 'zone/Z1': 0 }))).toBe(1);
    expect(append(draft, 1, change('C2'), lanes({ 'zone/Z1': 0 }))).toBe('conflict');
    expect(append(draft, 1, change('C2'), lanes({ 'zone/Z2': 0 }, { 'zone/Z1': 0 }))).toBe('conflict');
    expect(append(draft, 1, change('C2'), lanes({ 'zone/Z2': 0 }, { 'zone/Z1': 1 }))).toBe(2);
    expect(append(draft, 2, change('C3'), lanes({ 'zone/Z1': 1 }))).toBe(3);
    // Idempotent by id, whatever its lanes say by now.
    expect(append(draft, 3, change('C1'), lanes({ 'zone/Z1': 0 }))).toBe(1);
  });
  expect(read(store.view, 1, 10)).toEqual([
    { sequence: 2, change: change('C2') },
    { sequence: 3, change: change('C3') },
  ]);
  expect(read(store.view, 3, 10)).toEqual([]);
});

test('the log keeps a bounded number of entries', () => {
  store.write((draft) => {
    for (let at = 0; at < ENTRIES_MAX + 20; at += 1) append(draft, at, change(`C${at}`), lanes({}));
  });
  const kept = read(store.view, 0, ENTRIES_MAX * 2);
  expect(kept).toHaveLength(ENTRIES_MAX);
  expect(kept[0]?.sequence).toBe(21);
});

test('a group is one sequence of decisions, and its refusals take no sequence', () => {
  const committed = commitGroup(store, [create('a.test'), create('a.test'), create('b.test')], PLAIN_SETTINGS);
  expect(committed.outcomes.map((outcome) => (isRefusal(outcome) ? outcome.refused : outcome.sequence))).toEqual([
    1,
    'HostedZoneAlreadyExists',
    2,
  ]);
  expect([committed.sequence, store.sequence(), committed.touched.size]).toEqual([2, 2, 2]);
});

test('one command that throws fails alone, is reported, and leaves nothing', () => {
  const committed = commitGroup(store, [create('a.test'), defect, create('b.test')], PLAIN_SETTINGS);
  expect(committed.outcomes.map((outcome) => (isRefusal(outcome) ? outcome.refused : outcome.sequence))).toEqual([
    1,
    'InternalFailure',
    2,
  ]);
  expect(committed.failures).toHaveLength(1);
  expect(store.view.get(tables.counters, ['hosted-zones'])).toBe(2);
  expect(read(store.view, 0, 10)).toHaveLength(2);
});

test("ids have Route 53's form", () => {
  const [outcome] = commitGroup(store, [create('a.test')], PLAIN_SETTINGS).outcomes;
  expect(outcome).toMatchObject({ change: { id: expect.stringMatching(/^C[A-Z0-9]{19}$/) } });
  expect(store.view.range(tables.hostedZones, { limit: 1 })[0]?.key[0]).toMatch(/^Z[A-Z0-9]{13}$/);
});

/** A file system of 2 MB, for which one has to be root. */
function smallDisk(): string | undefined {
  const mountPoint = join(directory, 'disk');
  mkdirSync(mountPoint);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mountPoint], { stdio: 'ignore' });
    return mountPoint;
  } catch {
    return undefined;
  }
}

test('a full disk refuses whole groups; reads go on, and writes do once there is room', async (context) => {
  const disk = smallDisk();
  if (disk === undefined) return context.skip('needs to mount a tmpfs, which takes root');
  const small = openStore(join(disk, 'data'));
  try {
    writeFileSync(join(disk, 'filler'), Buffer.alloc(1_200_000));
    let kept = 0;
    let refusal: unknown;
    while (refusal === undefined) {
      const { outcomes } = commitGroup(
        small,
        [0, 1, 2, 3].map((at) => create(`z${kept + at}.test`)),
        PLAIN_SETTINGS,
      );
      refusal = outcomes.find(isRefusal);
      if (refusal === undefined) kept += 4;
      else expect(outcomes).toEqual([refusal, refusal, refusal, refusal]);
    }
    expect(refusal).toMatchObject({
      refused: 'ServiceUnavailable',
      message: expect.stringMatching(/nothing was changed: the disk is full/),
    });
    small.renew();
    expect([small.sequence(), small.view.get(tables.counters, ['hosted-zones'])]).toEqual([kept, kept]);
    expect(small.view.range(tables.hostedZones, { limit: 10_000 })).toHaveLength(kept);
    rmSync(join(disk, 'filler'));
    expect(commitGroup(small, [create('room.test')], PLAIN_SETTINGS).outcomes).toMatchObject([{ sequence: kept + 1 }]);
  } finally {
    await small.close();
    execFileSync('umount', [disk]);
  }
});

test('the log keeps a bounded amount of bulk, and the newest', () => {
  const bulk = (id: string): ChangeBase => ({ ...change(id), steps: new Uint8Array(2 ** 20) }) as ChangeBase;
  const most = BULK_OCTETS_MAX / 2 ** 20;
  store.write((draft) => {
    append(draft, 0, change('small'), lanes({}));
    for (let at = 1; at <= most + 3; at += 1) append(draft, at, bulk(`C${at}`), lanes({}));
    expect(read(draft, 0, ENTRIES_MAX).map((entry) => entry.change.id)).toEqual(
      Array.from({ length: most }, (_, at) => `C${at + 4}`),
    );
    // What is trimmed for its age is not counted on.
    for (let at = most + 4; at < ENTRIES_MAX + most + 10; at += 1) append(draft, at, change(`D${at}`), lanes({}));
    expect(draft.get(tables.counters, ['log-bulk-octets'])).toBe(0);
  });
});
