import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostedZoneCreated } from '../core/control/hosted-zones/create-hosted-zone.ts';
import { writeSteps } from '../core/control/imports/import-steps.ts';
import { isRefusal, type ControlSettings } from '../core/control/operation.ts';
import { tables } from '../core/control/tables.ts';
import { openLog, type Log } from '../log/log.ts';
import { createPropagation } from '../log/propagation.ts';
import { openStore } from '../store/store.ts';
import { lockDataDirectory } from '../store/data-lock.ts';
import { openDoor, type Door } from './door.ts';
import { readFrames, writeFrame, type ReadFrame } from './frames.ts';
import { reach } from './reach.ts';
import { SOCKET_FILE, withSocketPath } from './socket-path.ts';

const settings: ControlSettings = {
  accountId: '000000000000',
  nameServerSets: [{ servers: [{ name: 'ns1.waypost.test', addresses: [] }] }],
  quotas: {
    hostedZonesMax: 100,
    recordSetsPerZoneMax: 100,
    delegationSetsMax: 9,
    zonesPerDelegationSetMax: 9,
    healthChecksMax: 9,
  },
  healthChecks: { addresses: { allow: [], deny: [] }, checkerRegions: [] },
  resolvesHosts: false,
};
const point = () => ({ statuses: new Uint8Array(8), places: undefined, latencies: undefined, outside: undefined });
const fail = (error: unknown): never => {
  throw error;
};

/** Deeper than a socket's address can say. */
const base = mkdtempSync(join(tmpdir(), 'waypost-door-'));
const directory = join(base, 'deep'.repeat(20), 'data');
let log: Log;
let door: Door;

async function open(): Promise<void> {
  const propagation = createPropagation();
  log = await openLog({ directory, settings, propagation, onCommitted() {}, onFailure: fail, onFatal: fail });
  door = await openDoor({ directory, settings, log, point, failed: fail });
}

beforeAll(async () => {
  mkdirSync(directory, { recursive: true });
  // What a member that was killed leaves behind.
  writeFileSync(join(directory, SOCKET_FILE), '');
  await open();
});
afterAll(async () => {
  await door.close();
  await log.close();
  rmSync(base, { recursive: true });
});

/** As a person does it, with curl. */
function post(
  body: Uint8Array | string,
  path = '/commands',
  method = 'POST',
): Promise<{ status: number; text: string }> {
  return withSocketPath(
    directory,
    (socketPath) =>
      new Promise((resolve, reject) => {
        const sent = request({ socketPath, path, method }, (response) => {
          let text = '';
          response.on('data', (piece: Buffer) => (text += String(piece)));
          response.on('end', () => resolve({ status: response.statusCode as number, text }));
        });
        sent.on('error', reject);
        sent.end(body);
      }),
  );
}

test('what is asked later comes on a connection of its own, since one that is kept may be closed by then', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'waypost-door-'));
  mkdirSync(join(elsewhere, 'data'));
  const connections: (string | undefined)[] = [];
  const member = createServer((asked, answered) => {
    connections.push(asked.headers.connection);
    answered.end(asked.url === '/settings' ? JSON.stringify(settings) : '');
  });
  await new Promise<void>((resolve) => member.listen(join(elsewhere, 'data', SOCKET_FILE), resolve));
  await openStore(join(elsewhere, 'data')).close();
  const reached = await reach(join(elsewhere, 'data'), settings);
  await expect(reached.submit('CreateHostedZone', {})).rejects.toThrow('the member went away');
  expect(connections).toEqual(['close', 'close']);
  await reached.close();
  member.close();
  rmSync(elsewhere, { recursive: true });
});

test.each([
  ['{', 'the question is not JSON'],
  ['{"name":"example.com","draw":0,"healthy":"all"}', "the question's healthy is missing, or not what it should be"],
  ['{"name":"a..b","draw":0}', "'a..b' is not a domain name: Domain label is empty"],
  [
    '{"name":"nowhere.test","draw":0}',
    'no hosted zone here holds nowhere.test.; whoever asks for it is answered REFUSED',
  ],
  ['{"name":"nowhere.test","draw":1}', 'the draw 1 is not from 0 up to but not including 1'],
  [
    '{"name":"nowhere.test","type":"AXFR","draw":0}',
    "'AXFR' is not a type of records that can be asked for, like A, AAAA or MX",
  ],
  [
    '{"name":"nowhere.test","draw":0,"from":"10.0.0.0/8"}',
    "'10.0.0.0/8' is not an IP address; the network of a client behind a resolver is --subnet",
  ],
  [
    '{"name":"nowhere.test","draw":0,"subnet":"10.0.0.1/8"}',
    "'10.0.0.1/8' is not a network like 203.0.113.0/24 or 2001:db8::/48",
  ],
  ['{"name":"nowhere.test","draw":0,"unhealthy":["x"]}', 'there is no health check x; there is none at all'],
  [
    '{"name":"nowhere.test","draw":0,"unhealthy":["x"],"healthy":["x"]}',
    'health check x cannot be both healthy and unhealthy',
  ],
])('to explain %s: %s', async (question, message) => {
  expect(await post(question, '/explain')).toEqual({ status: 400, text: `${JSON.stringify({ message })}\n` });
});

test("the door is its owner's, also where a data directory lies deep", () => {
  expect(statSync(join(directory, SOCKET_FILE)).mode & 0o777).toBe(0o600);
});

test('commands and outcomes are lines', async () => {
  const line = (name: string): string =>
    `${JSON.stringify({ operation: 'CreateHostedZone', command: { name, callerReference: name } })}\n`;
  const { status, text } = await post(line('a.test') + line('com') + line('b.test'));
  expect(status).toBe(200);
  const outcomes = text
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each) as { refused?: string; change?: { by: string } });
  expect(outcomes.map((each) => each.refused ?? each.change?.by)).toEqual([
    'operator',
    'InvalidDomainName',
    'operator',
  ]);
});

test.each([
  ['no JSON', 'x\n', /cannot be read: Unexpected token/],
  ['no object', '7\n', /not a JSON object/],
  ['no operation', '{}\n', /A line has an operation and a command/],
  ['no such operation', '{"operation":"Nothing","command":{}}\n', /there is no operation Nothing/],
  ['half a line', '{"operation"', /ended within a frame/],
  ['half the octets', '{"operation":"x","command":{},"octets":{"steps":5}}\nabc', /ended within a frame/],
  [
    'too many octets',
    '{"operation":"x","command":{},"octets":{"steps":99999999}}\n',
    /99999999 octets in one frame are too many/,
  ],
  ['octets that are no number', '{"operation":"x","command":{},"octets":{"steps":-1}}\n', /counted in whole numbers/],
  ['an endless line', 'x'.repeat(2 ** 20 + 1), /a line is too long/],
])('%s is refused in words', async (_, body, message) => {
  const { text } = await post(body);
  const last = JSON.parse(text.trim().split('\n').at(-1) as string) as { refused: string; message: string };
  expect(last.refused).toBe('InvalidInput');
  expect(last.message).toMatch(message);
});

test('other paths say which there are', async () => {
  expect(await post('', '/nothing')).toMatchObject({ status: 404, text: expect.stringContaining('POST /commands') });
  const { text } = await post('', '/settings', 'GET');
  expect(JSON.parse(text)).toEqual(settings);
});

describe('reached through the door', () => {
  test('octets arrive as they are, and outcomes in the order of the commands', async () => {
    const reached = await reach(directory, settings);
    const made = await reached.submit('CreateHostedZone', { name: 'c.test', callerReference: 'c' });
    if (isRefusal(made)) throw new Error(made.message);
    const { id } = (made.change as HostedZoneCreated).zone;
    const steps = (n: number): Uint8Array =>
      writeSteps([{ action: 'PUT', name: `h${n}.c.test.`, set: { type: 'A', ttlSeconds: n, values: ['192.0.2.1'] } }]);
    const outcomes = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6, 7].map((n) => reached.submit('ImportRecordSets', { hostedZoneId: id, steps: steps(n) })),
    );
    const sequences = outcomes.map((outcome) => (isRefusal(outcome) ? outcome.message : outcome.sequence));
    expect(sequences).toEqual(sequences.toSorted((a, b) => Number(a) - Number(b)));
    const snapshot = reached.snapshot();
    expect(snapshot.view.get(tables.hostedZones, [id])?.recordSetCount).toBe(10);
    await reached.close();
  });

  test('a member that goes away is told of, not waited for', async () => {
    const reached = await reach(directory, settings);
    await reached.submit('CreateHostedZone', { name: 'd.test', callerReference: 'd' });
    await door.close();
    await expect(reached.submit('CreateHostedZone', { name: 'e.test', callerReference: 'e' })).rejects.toThrow(
      /the member went away/,
    );
    await reached.close();
    door = await openDoor({ directory, settings, log, point, failed: fail });
  });

  test('what an import left staged is taken away when the door opens again', async () => {
    const reached = await reach(directory, settings);
    const made = await reached.submit('CreateHostedZone', { name: 'f.test', callerReference: 'f' });
    if (isRefusal(made)) throw new Error(made.message);
    const set = { type: 'A', ttlSeconds: 1, values: ['192.0.2.1'] };
    const command = {
      hostedZoneId: (made.change as HostedZoneCreated).zone.id,
      onlyAfter: made.sequence,
      steps: writeSteps([{ action: 'PUT', name: 'h.f.test.', set }]),
    };
    expect(isRefusal(await reached.submit('StageImport', command))).toBe(false);
    await reached.close();
    await door.close();
    door = await openDoor({ directory, settings, log, point, failed: fail });
    await door.close();
    expect(log.view().range(tables.stagedImports, { limit: 1 })).toEqual([]);
    expect(log.view().range(tables.discardedData, { limit: 1 })).toEqual([]);
    door = await openDoor({ directory, settings, log, point, failed: fail });
  });
});

test('a directory that another process holds, without a door, is told of', async () => {
  const other = mkdtempSync(join(tmpdir(), 'waypost-door-'));
  const lock = lockDataDirectory(other);
  await expect(reach(other, settings)).rejects.toThrow(/another process is using .*, and there is no way in at/);
  lock?.release();
  rmSync(other, { recursive: true });
});

test('frames are read however they are cut', async () => {
  const frames = [
    ...writeFrame({ a: 1 }, { x: Uint8Array.of(10, 0, 255), y: new Uint8Array(0) }),
    ...writeFrame({ b: 'ü' }, {}),
    ...writeFrame({ c: [] }, { z: new Uint8Array(1000).fill(10) }),
  ];
  const all = Buffer.concat(frames);
  for (const size of [1, 2, 7, 1000, all.length]) {
    const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
      all.subarray(at * size, (at + 1) * size),
    );
    const read: ReadFrame[] = [];
    for await (const frame of readFrames(
      (async function* () {
        yield* pieces;
      })(),
    ))
      read.push(frame);
    expect(read.map(({ head }) => Object.keys(head)[0])).toEqual(['a', 'b', 'c']);
    expect(read[0]?.octets).toEqual({ x: Uint8Array.of(10, 0, 255), y: new Uint8Array(0) });
    expect(read[2]?.octets['z']).toHaveLength(1000);
  }
});
