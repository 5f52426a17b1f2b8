import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HEALTH_CHECKS_EVER_MAX } from '../core/control/health-checks/create-health-check.ts';
import type { ConfigInput } from '../core/control/health-checks/config-members.ts';
import type { HealthCheckCreated } from '../core/control/health-checks/create-health-check.ts';
import { isRefusal } from '../core/control/operation.ts';
import { PLAIN_SETTINGS } from '../core/control/plain-settings.ts';
import type { HealthCheck } from '../core/control/tables.ts';
import type { MetricState } from '../core/health/status.ts';
import { STATUS_FILE } from '../feed/status-file.ts';
import type { MetricSource } from '../feed/metric-source.ts';
import { createStatusTable, StatusTable } from '../feed/status-table.ts';
import { openLog, type Log } from '../log/log.ts';
import { createPropagation } from '../log/propagation.ts';
import { loadCheckers, type Checkers, type CheckersOptions } from './checkers.ts';
import { COUNTER } from './counters.ts';
import { startEndpoint, type Behaviour, type TestEndpoint } from './endpoint-for-tests.ts';
import type { AnnouncedChange } from './thread-data.ts';

let directory: string;
let propagation: SharedArrayBuffer;
let log: Log;
let checkers: Checkers;
let endpoint: TestEndpoint;
let answer: string;
let respondTo: Behaviour;
let changes: AnnouncedChange[];
let warnings: string[];
let statuses: SharedArrayBuffer;
const OK = 'HTTP/1.1 200 OK\r\n\r\n';
const DOWN = 'HTTP/1.1 503 Service Unavailable\r\n\r\n';

const NO_METRICS: MetricSource = { state: () => 'insufficient-data', configuration: () => undefined };

async function open(more: Partial<CheckersOptions> = {}, metrics = NO_METRICS, needed = true): Promise<void> {
  checkers = await loadCheckers({
    dataDirectory: directory,
    propagation,
    statuses,
    regions: ['us-east-1', 'eu-west-1', 'office'],
    probesMax: 100,
    addresses: { allow: [], deny: [] },
    resolvers: [],
    ranges: undefined,
    onStatus: (change) => changes.push(change),
    onRestart: () => {},
    onWarning: (message, error) => warnings.push(`${message}: ${error}`),
    ...more,
  }).open(metrics, () => {}, needed);
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-checkers-'));
  propagation = createPropagation();
  statuses = createStatusTable(HEALTH_CHECKS_EVER_MAX);
  changes = [];
  warnings = [];
  answer = OK;
  respondTo = (socket) => socket.end(answer);
  endpoint = await startEndpoint((socket, request) => respondTo(socket, request));
  log = await openLog({
    directory,
    settings: PLAIN_SETTINGS,
    propagation,
    onCommitted: () => {},
    onFailure: (failure) => expect.fail(failure),
    onFatal: (error) => expect.fail(String(error)),
  });
});

afterEach(async () => {
  await checkers.close();
  await log.close();
  await endpoint.close();
  rmSync(directory, { recursive: true });
});

let references = 0;
async function submit(operation: string, command: unknown): Promise<unknown> {
  const outcome = await log.submit(operation, command, 'test');
  if (isRefusal(outcome)) expect.fail(outcome.message);
  return outcome.change;
}

/** Checked every second; a verdict takes one result unless said otherwise. */
async function create(config: Partial<ConfigInput> = {}): Promise<HealthCheck> {
  const { port } = endpoint;
  const whole =
    config.type === undefined ? { type: 'HTTP', ipAddress: '127.0.0.1', port, failureThreshold: 1, ...config } : config;
  const command = { callerReference: `r${(references += 1)}`, config: whole };
  const { check } = (await submit('CreateHealthCheck', command)) as HealthCheckCreated;
  await tag(check, 'waypost:interval', '1');
  return check;
}

async function tag(check: HealthCheck, key: string, value: string): Promise<void> {
  await submit('ChangeTagsForResource', {
    resourceType: 'healthcheck',
    resourceId: check.id,
    addTags: [{ key, value }],
  });
}

const isHealthy = (check: HealthCheck): boolean | undefined => new StatusTable(statuses).get(check.index);

test('while there are no health checks the thread can wait until the member serves', async () => {
  await open({}, NO_METRICS, false);
  const check = await create();
  answer = DOWN;
  expect((await checkers.observed(check.id)).last).toEqual([]);
  checkers.start();
  await expect.poll(() => isHealthy(check)).toBe(false);
});

test('three checkers with names of their own; the status changes when all of them agree', async () => {
  await open();
  const check = await create();
  await tag(check, 'Name', 'front door');
  await expect
    .poll(async () => (await checkers.observed(check.id)).last.map(({ region }) => region))
    .toEqual(['us-east-1', 'eu-west-1', 'office']);
  expect(isHealthy(check)).toBe(true);
  answer = DOWN;
  await expect.poll(() => isHealthy(check)).toBe(false);
  await expect
    .poll(() => changes)
    .toMatchObject([
      {
        healthCheckId: check.id,
        name: 'front door',
        type: 'HTTP',
        healthy: false,
        // Of whichever checker came last; a busy machine may keep one of them waiting for too long.
        reason: expect.stringMatching(/^Failure: /) as string,
      },
    ]);
});

test('only the regions that a check asks for; all, when none of them has a checker here', async () => {
  await open();
  const some = await create({ regions: ['us-east-1', 'us-west-1', 'us-west-2'] });
  const none = await create({ regions: ['us-west-1', 'us-west-2', 'sa-east-1'] });
  const regions = async (check: HealthCheck): Promise<string[]> =>
    (await checkers.observed(check.id)).last.map(({ region }) => region);
  await expect.poll(() => regions(none)).toHaveLength(3);
  await expect.poll(() => regions(some)).toEqual(['us-east-1']);
});

test('a restart keeps the last statuses, and goes on from them', async () => {
  await open();
  const check = await create();
  const inverted = await create({ inverted: true });
  answer = DOWN;
  await expect.poll(() => [isHealthy(check), isHealthy(inverted)]).toEqual([false, true]);
  await checkers.close();
  // No probe finds out anything for a while: what is known is what was kept.
  const held: (() => void)[] = [];
  respondTo = (socket) => held.push(() => socket.end(answer));
  statuses = createStatusTable(HEALTH_CHECKS_EVER_MAX);
  await open();
  expect([isHealthy(check), isHealthy(inverted)]).toEqual([false, true]);
  changes = [];
  answer = OK;
  respondTo = (socket) => socket.end(answer);
  held.forEach((respond) => respond());
  await expect.poll(() => [isHealthy(check), isHealthy(inverted)]).toEqual([true, false]);
  expect(changes).toMatchObject([{ healthCheckId: expect.any(String) as string }, {}]);
});

test('a file of statuses that cannot be read is told, and no start fails', async () => {
  writeFileSync(join(directory, STATUS_FILE), 'not ours');
  await open();
  expect(warnings).toEqual([expect.stringMatching(/^the last statuses cannot be read: .*SyntaxError/)]);
});

test('when the thread dies, statuses stay and another goes on', async () => {
  const posted = vi.spyOn(Worker.prototype, 'postMessage');
  const errors: Error[] = [];
  await open({ onRestart: (error) => errors.push(error) });
  const check = await create();
  answer = DOWN;
  await expect.poll(() => isHealthy(check)).toBe(false);
  posted.mockClear();
  void checkers.observed(check.id);
  const thread = posted.mock.contexts[0] as unknown as Worker;
  posted.mockRestore();
  changes = [];
  await thread.terminate();
  expect(isHealthy(check)).toBe(false);
  expect(await checkers.observed('somebody who asks meanwhile')).toEqual({ last: [], failures: [] });
  const before = endpoint.requests.length;
  await expect.poll(() => endpoint.requests.length).toBeGreaterThan(before + 3);
  expect([isHealthy(check), checkers.restarts(), errors.length, changes]).toEqual([false, 1, 1, []]);
  answer = OK;
  await expect.poll(() => isHealthy(check)).toBe(true);
});

test('metrics are followed, by the port that whoever keeps them provides', async () => {
  let state: MetricState = 'ok';
  const configuration = () => undefined;
  await open({}, { state: ({ name }) => (name === 'load' ? state : 'insufficient-data'), configuration });
  const alarm = { region: 'us-east-1', name: 'load' };
  const check = await create({ type: 'CLOUDWATCH_METRIC', alarm, insufficientDataHealthStatus: 'Unhealthy' });
  await expect.poll(() => isHealthy(check)).toBe(true);
  state = 'alarm';
  await expect.poll(() => isHealthy(check)).toBe(false);
  expect((await checkers.observed(check.id)).last).toMatchObject([
    { region: 'us-east-1', status: 'Failure: The CloudWatch alarm load is in ALARM.' },
  ]);
});

test('probes wait for room, and none is lost', async () => {
  let inside = 0;
  let most = 0;
  respondTo = (socket) => {
    most = Math.max(most, (inside += 1));
    setImmediate(() => {
      inside -= 1;
      socket.end(answer);
    });
  };
  await open({ probesMax: 1 });
  const checks = await Promise.all(Array.from({ length: 20 }, () => create()));
  const results = async (): Promise<number> => {
    const observed = await Promise.all(checks.map(({ id }) => checkers.observed(id)));
    return observed.flatMap(({ last }) => last).length;
  };
  await expect.poll(results).toBe(60);
  expect(most).toBe(1);
  expect(checkers.counters()[COUNTER.passed]).toBeGreaterThanOrEqual(60);
});

test('an address that is closed is not connected to, even when a name leads there', async () => {
  await open({ addresses: { allow: [], deny: ['127.0.0.0/8'] } });
  const byAddress = await create();
  const byName = await create({
    ipAddress: undefined,
    fullyQualifiedDomainName: 'a.localhost',
  } as unknown as ConfigInput);
  const words = async (check: HealthCheck): Promise<unknown> => (await checkers.observed(check.id)).last[0]?.status;
  const why = 'The address is forbidden: it is denied by the operator.';
  await expect.poll(() => words(byAddress)).toBe(`Failure: ${why}`);
  await expect.poll(() => words(byName)).toBe(`Failure: Resolved IP: 127.0.0.1. ${why}`);
  expect(endpoint.requests).toEqual([]);
});

test('a hundred changes of a check at once come to the last of them', async () => {
  await open();
  const check = await create();
  const paths = Array.from({ length: 100 }, (_, n) => `/${n}`);
  await Promise.all(
    paths.map((resourcePath) => log.submit('UpdateHealthCheck', { id: check.id, brought: { resourcePath } }, 'test')),
  );
  await expect.poll(() => endpoint.requests.at(-1)).toMatch(/^GET \/99 /);
});
