import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRefusal, type Refusal } from '../core/control/operation.ts';
import { PLAIN_SETTINGS } from '../core/control/plain-settings.ts';
import { getHostedZone } from '../core/control/hosted-zones/get-hosted-zone.ts';
import type { HostedZoneCreated } from '../core/control/hosted-zones/create-hosted-zone.ts';
import { listResourceRecordSets } from '../core/control/record-sets/list-resource-record-sets.ts';
import { openStore, STORE_FORMAT } from '../store/store.ts';
import { openLog, PENDING_MAX, type Log } from './log.ts';
import { createPropagation, PropagationFollower, servedEverywhere } from './propagation.ts';
import type { Accepted } from './submit.ts';

let directory: string;
let log: Log;
let propagation: SharedArrayBuffer;

async function reopen(): Promise<void> {
  propagation = createPropagation();
  log = await openLog({
    directory,
    settings: PLAIN_SETTINGS,
    propagation,
    onCommitted: () => {},
    onFailure: (failure) => expect.fail(failure),
    onFatal: (error) => expect.fail(String(error)),
  });
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-log-'));
  await reopen();
});

afterEach(async () => {
  await log.close();
  rmSync(directory, { recursive: true });
});

function accepted(outcome: Accepted | Refusal): Accepted {
  if (isRefusal(outcome)) expect.fail(`${outcome.refused}: ${outcome.message}`);
  return outcome;
}

async function createZone(name: string): Promise<HostedZoneCreated> {
  const command = { name, callerReference: name };
  return accepted(await log.submit('CreateHostedZone', command, 'test')).change as HostedZoneCreated;
}

const readGiven = { now: 0, principal: 'test', newId: () => '', settings: PLAIN_SETTINGS };

function namesIn(zoneId: string): string[] {
  const listed = listResourceRecordSets.read(log.view(), { hostedZoneId: zoneId, maxItems: 100 }, readGiven);
  if (isRefusal(listed)) expect.fail(listed.message);
  return listed.recordSets.map(({ name, set }) => `${name} ${set.type}`);
}

function upsert(name: string, value: string): unknown {
  return { action: 'UPSERT', recordSet: { name, type: 'A', ttlSeconds: 60, values: [value], policies: [] } };
}

test('a change is visible once it is acknowledged, and after a restart', async () => {
  const { zone } = await createZone('example.com');
  await log.close();
  await reopen();
  expect(getHostedZone.read(log.view(), { id: zone.id }, readGiven)).toEqual(zone);
  expect(namesIn(zone.id)).toEqual(['example.com. NS', 'example.com. SOA']);
});

test('commands sent together are each decided on what the ones before them left', async () => {
  const { zone } = await createZone('example.com');
  const create = {
    action: 'CREATE',
    recordSet: { name: 'a.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'], policies: [] },
  };
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, () =>
      log.submit('ChangeResourceRecordSets', { hostedZoneId: zone.id, changes: [create] }, 'test'),
    ),
  );
  expect(outcomes.filter((outcome) => !isRefusal(outcome))).toHaveLength(1);
  expect(outcomes.filter(isRefusal).map((refusal) => refusal.message)).toEqual(
    Array.from(
      { length: 4 },
      () => "[Tried to create resource record set [name='a.example.com.', type='A'] but it already exists]",
    ),
  );
});

test('sequences are dense and in the order of acknowledgement', async () => {
  const { zone } = await createZone('example.com');
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      log.submit(
        'ChangeResourceRecordSets',
        { hostedZoneId: zone.id, changes: [upsert(`h${index}.example.com`, '192.0.2.1')] },
        'test',
      ),
    ),
  );
  expect(outcomes.map((outcome) => accepted(outcome).sequence)).toEqual(
    Array.from({ length: 40 }, (_, index) => index + 2),
  );
});

test('a worker is told the zones that changed, and is waited for', async () => {
  const follower = new PropagationFollower(propagation, 0);
  follower.next(() => {});
  follower.acknowledge();
  const { zone } = await createZone('example.com');
  expect(servedEverywhere(propagation, log.sequence())).toBe(false);
  const told: string[] = [];
  expect(follower.next((zoneId) => told.push(zoneId))).toBe('changed');
  expect(told).toEqual([zone.id]);
  follower.acknowledge();
  expect(servedEverywhere(propagation, log.sequence())).toBe(true);
});

test('empty non-terminals come and go with the names below them', async () => {
  const { zone } = await createZone('example.com');
  const deep = { name: 'a.b.c.example.com', type: 'A', ttlSeconds: 60, values: ['192.0.2.1'], policies: [] };
  for (const action of ['CREATE', 'DELETE']) {
    accepted(
      await log.submit(
        'ChangeResourceRecordSets',
        { hostedZoneId: zone.id, changes: [{ action, recordSet: deep }] },
        'test',
      ),
    );
  }
  accepted(await log.submit('DeleteHostedZone', { id: zone.id }, 'test'));
  expect(isRefusal(getHostedZone.read(log.view(), { id: zone.id }, readGiven))).toBe(true);
});

test('a queue that is full says so at once, and what it holds is still done', async () => {
  const { zone } = await createZone('example.com');
  const command = (index: number): unknown => ({
    hostedZoneId: zone.id,
    changes: [upsert(`h${index % 10}.example.com`, '192.0.2.1')],
  });
  const outcomes = Array.from({ length: PENDING_MAX + 1 }, (_, index) =>
    log.submit('ChangeResourceRecordSets', command(index), 'test'),
  );
  expect(log.pending()).toBe(PENDING_MAX);
  expect(await outcomes.at(-1)).toEqual({ refused: 'Throttling', message: 'Rate exceeded' });
  const settled = await Promise.all(outcomes.slice(0, -1));
  expect(settled.filter(isRefusal)).toEqual([]);
  expect([log.sequence(), log.pending()]).toEqual([PENDING_MAX + 1, 0]);
});

test('a store of another format is refused when it is opened, in words', async () => {
  await log.close();
  const store = openStore(directory);
  store.write((draft) => draft.put({ name: 'meta' }, ['format'], 99));
  await store.close();
  await expect(reopen()).rejects.toThrow(
    `the store has format 99, this version of Waypost reads format ${STORE_FORMAT}`,
  );
});
