import { expect, onTestFinished, test } from 'vitest';
import { probePlan } from '../core/health/probe-plan.ts';
import { Checking } from './checking.ts';
import { COUNTERS } from './counters.ts';
import { respond, startEndpoint } from './endpoint-for-tests.ts';
import { Gate } from './gate.ts';
import { openLookup } from './lookup.ts';

const CONFIG = { type: 'HTTP', ipAddress: '127.0.0.1', inverted: false, disabled: false } as const;

test('how long probes take is measured where it is asked for, by region, until it is told', async () => {
  const endpoint = await startEndpoint(respond('HTTP/1.1 200 OK\r\n\r\n'));
  onTestFinished(() => endpoint.close());
  const verdicts = new Set<string>();
  const checking = new Checking({
    guard: () => undefined,
    lookup: openLookup([]),
    gate: new Gate(10),
    counters: new Float64Array(COUNTERS),
    onVerdict: (id, region) => verdicts.add(`${id} ${region}`),
  });
  onTestFinished(() => checking.close());
  const plan = probePlan('a', { ...CONFIG, port: endpoint.port }, {});
  for (const measured of [true, false]) {
    const id = measured ? 'measured' : 'plain';
    checking.watch({ id, plan, regions: ['office', 'us-east-1'], well: true, fresh: true, measured });
  }
  await expect.poll(() => verdicts.size).toBe(4);
  const told = [...checking.measurements()];
  expect(told.map(({ healthCheckId, metric, region }) => `${healthCheckId} ${region} ${metric}`).toSorted()).toEqual([
    'measured office ConnectionTime',
    'measured office TimeToFirstByte',
    'measured us-east-1 ConnectionTime',
    'measured us-east-1 TimeToFirstByte',
  ]);
  for (const { set } of told) {
    expect(set.sampleCount).toBeGreaterThanOrEqual(1);
    expect(set.sum).toBeGreaterThan(0);
    expect(set.sum).toBeLessThan(10_000);
  }
  expect([...checking.measurements()]).toEqual([]);
});
