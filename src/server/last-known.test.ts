import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ConfigInput } from '../core/control/health-checks/config-members.ts';
import { isRefusal } from '../core/control/operation.ts';
import { STATUS_FILE } from '../feed/status-file.ts';
import { openLog } from '../log/log.ts';
import { createPropagation } from '../log/propagation.ts';
import { controlSettings, readConfig } from './config.ts';
import { lastKnownPoint } from './last-known.ts';

const fail = (error: unknown): never => {
  throw error;
};

test('without a member: what was found last, with what is inverted, disabled and calculated worked out', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-last-'));
  const config = readConfig({ WAYPOST_DATA: directory }, new Map());
  const log = await openLog({
    directory,
    settings: controlSettings(config),
    propagation: createPropagation(),
    onCommitted() {},
    onFailure: fail,
    onFatal: fail,
  });
  onTestFinished(async () => {
    await log.close();
    rmSync(directory, { recursive: true });
  });
  const made: string[] = [];
  const make = async (check: ConfigInput): Promise<string> => {
    const command = { callerReference: `${made.length}`, config: check };
    const outcome = await log.submit('CreateHealthCheck', command, 'test');
    if (isRefusal(outcome)) throw new Error(outcome.message);
    made.push((outcome.change as unknown as { check: { id: string } }).check.id);
    return made.at(-1) as string;
  };
  const http: ConfigInput = { type: 'HTTP', ipAddress: '192.0.2.1' };
  const down = await make(http);
  await make({ ...http, inverted: true });
  await make({ ...http, disabled: true });
  await make(http);
  await make({ type: 'CALCULATED', healthThreshold: 1, childHealthChecks: [down] });
  writeFileSync(join(directory, STATUS_FILE), JSON.stringify({ unhealthy: [0, 1, 2] }));
  const { statuses, places, latencies } = await lastKnownPoint(config, log.view());
  expect([...statuses]).toEqual([1, 2, 2, 2, 1]);
  expect([places, latencies]).toEqual([undefined, undefined]);
});
