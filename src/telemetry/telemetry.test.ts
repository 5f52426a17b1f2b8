import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { putMetricAlarm } from '../core/control/alarms/put-metric-alarm.ts';
import { deleteAlarms } from '../core/control/alarms/delete-alarms.ts';
import { House } from '../core/control/house-in-memory.ts';
import type { MetricAlarm } from '../core/control/tables.ts';
import type { Datum } from '../core/metrics/datum.ts';
import { ofValues } from '../core/metrics/statistics.ts';
import { AlarmHistory } from './alarm-history.ts';
import { AlarmStates } from './alarm-states.ts';
import { METRIC_FILE, readAlarms, readMetrics, writeMetricFile } from './metric-file.ts';
import { MetricStore } from './metric-store.ts';
import { openTelemetry } from './telemetry.ts';
import { publishZoneQueries } from './zone-metrics.ts';

const REGION = 'us-east-1';
const METRIC = { namespace: 'Shop', name: 'Errors', dimensions: [] };
const ALL = { from: 0, to: 1e9, periodSeconds: 60 };

function datum(at: number, value: number, more: Partial<Datum> = {}): Datum {
  return { metric: METRIC, unit: 'Count', at, highResolution: false, set: ofValues([value]), ...more };
}

function sums(metrics: MetricStore, more: Partial<Parameters<MetricStore['between']>[2]> = {}): number[][] {
  return [...metrics.between(REGION, METRIC, { ...ALL, ...more })].map(({ at, set }) => [at, set.sum]);
}

function alarmOf(house: House, name = 'errors'): MetricAlarm {
  const change = house.run(putMetricAlarm, {
    region: REGION,
    alarm: {
      name,
      actions: { ok: [], alarm: [], insufficientData: [] },
      namespace: METRIC.namespace,
      metricName: METRIC.name,
      statistic: 'Sum',
      periodSeconds: 60,
      evaluationPeriods: 1,
      threshold: 3,
      comparison: 'GreaterThanThreshold',
      unsupported: [],
    },
  });
  if (typeof change === 'string') throw new Error(change);
  return change.alarm;
}

describe('the store', () => {
  test('keeps minutes, and seconds of what has high resolution', () => {
    const metrics = new MetricStore();
    metrics.put(REGION, datum(61, 1));
    metrics.put(REGION, datum(62, 2, { highResolution: true }));
    metrics.put(REGION, datum(125, 4, { unit: 'None' }));
    expect(sums(metrics)).toEqual([
      [60, 3],
      [120, 4],
    ]);
    expect(sums(metrics, { unit: 'None' })).toEqual([[120, 4]]);
    expect(sums(metrics, { periodSeconds: 10 })).toEqual([[62, 2]]);
    expect([...metrics.between('eu-west-1', METRIC, ALL)]).toEqual([]);
    expect(metrics.units(REGION, METRIC)).toEqual(['Count', 'None']);
  });

  test('lists metrics in one order, page by page', () => {
    const metrics = new MetricStore();
    const names = ['b', 'a', 'c'];
    for (const [at, name] of names.entries()) metrics.put(REGION, datum(at * 60, 1, { metric: { ...METRIC, name } }));
    const listed = [...metrics.list(REGION)];
    expect(listed.map(({ metric, newest }) => [metric.name, newest])).toEqual([
      ['a', 60],
      ['b', 0],
      ['c', 120],
    ]);
    expect([...metrics.list(REGION, listed[0]?.key)].map(({ metric }) => metric.name)).toEqual(['b', 'c']);
    metrics.put(REGION, datum(0, 1, { metric: { ...METRIC, name: 'aa' } }));
    expect([...metrics.list(REGION)].map(({ metric }) => metric.name)).toEqual(['a', 'aa', 'b', 'c']);
  });

  test('turns down metrics beyond its limit, and takes in data of those it has', () => {
    const metrics = new MetricStore({ streamsMax: 2, pointsMax: 100 });
    const named = (name: string) => metrics.put(REGION, datum(0, 1, { metric: { ...METRIC, name } }));
    expect([named('a'), named('b'), named('c'), named('a')]).toEqual([true, true, false, true]);
  });

  test('lets the oldest points of all metrics go when there are too many', () => {
    const metrics = new MetricStore({ streamsMax: 10, pointsMax: 100 });
    for (let at = 0; at < 1000; at += 1) {
      metrics.put(REGION, datum(at * 60, at));
      metrics.put(REGION, datum(at * 60, at, { unit: 'None' }));
      expect(metrics.points).toBeLessThanOrEqual(100);
    }
    const kept = sums(metrics, { unit: 'None' }).map(([at = 0]) => at / 60);
    expect(kept.at(-1)).toBe(999);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept).toEqual(Array.from(kept, (_, index) => 999 - kept.length + 1 + index));
  });

  test('forgets data of long ago, and metrics without data', () => {
    const metrics = new MetricStore();
    metrics.put(REGION, datum(60, 1, { highResolution: true }));
    metrics.put(REGION, datum(86_400, 1, { unit: 'None' }));
    metrics.expire(4 * 3600);
    expect([sums(metrics, { periodSeconds: 10 }), sums(metrics).length]).toEqual([[], 2]);
    metrics.expire(61 + 15 * 86_400 + 60);
    expect([metrics.streams, metrics.points]).toEqual([1, 1]);
    metrics.expire(30 * 86_400);
    expect([metrics.streams, metrics.points, [...metrics.list(REGION)]]).toEqual([0, 0, []]);
  });
});

describe('queries of hosted zones', () => {
  const zoneIds = (from: number, to: number): Map<string, number> =>
    new Map(Array.from({ length: to - from }, (_, index) => [`Z${from + index}`, 7]));
  const zoneMetric = (id: string) => ({
    namespace: 'AWS/Route53',
    name: 'DNSQueries',
    dimensions: [{ name: 'HostedZoneId', value: id }],
  });

  test('are a sample each, by the minute', () => {
    const metrics = new MetricStore();
    expect(publishZoneQueries(metrics, 120, new Map([['Z1', 5]]))).toBe(true);
    publishZoneQueries(metrics, 120, new Map([['Z1', 2]]));
    const set = { sampleCount: 7, sum: 7, minimum: 1, maximum: 1 };
    expect([...metrics.between('us-east-1', zoneMetric('Z1'), { ...ALL, unit: 'Count' })]).toEqual([{ at: 120, set }]);
  });

  test('are kept of ten thousand zones, and go on for those that have them', () => {
    const metrics = new MetricStore();
    expect(publishZoneQueries(metrics, 0, zoneIds(0, 9_999))).toBe(true);
    expect(publishZoneQueries(metrics, 60, zoneIds(9_998, 10_002))).toBe(false);
    expect(metrics.streams).toBe(10_000);
    expect(publishZoneQueries(metrics, 120, zoneIds(9_998, 10_000))).toBe(true);
    expect([...metrics.between('us-east-1', zoneMetric('Z9999'), ALL)].map(({ at }) => at)).toEqual([60, 120]);
    metrics.expire(30 * 86_400);
    expect(publishZoneQueries(metrics, 30 * 86_400, zoneIds(20_000, 20_001))).toBe(true);
  });
});

describe('states of alarms', () => {
  test('they follow the data, and say since when', async () => {
    const house = new House();
    const metrics = new MetricStore();
    let now = 100_000;
    const states = new AlarmStates(
      metrics,
      () => house.draft,
      () => now,
    );
    house.now(now);
    const alarm = alarmOf(house);
    expect(states.of(alarm)).toMatchObject({ state: 'INSUFFICIENT_DATA', updatedAt: 100_000, changedAt: 100_000 });
    metrics.put(REGION, datum(61, 9));
    expect(states.of(alarm).state).toBe('INSUFFICIENT_DATA');
    now = 121_000;
    expect(states.of(alarm)).toMatchObject({ state: 'ALARM', updatedAt: 121_000, changedAt: 121_000 });
    metrics.put(REGION, datum(121, 1));
    now = 190_000;
    await states.evaluateAll();
    now = 195_000;
    expect(states.of(alarm)).toMatchObject({ state: 'OK', updatedAt: 190_000, changedAt: 190_000 });
  });

  test('a health check is told them by region and name', () => {
    const house = new House();
    const metrics = new MetricStore();
    const states = new AlarmStates(
      metrics,
      () => house.draft,
      () => 121_000,
    );
    alarmOf(house);
    const ask = (region: string, name: string) => [
      states.state({ region, name }),
      states.configuration({ region, name })?.metricName,
    ];
    expect(ask(REGION, 'errors')).toEqual(['insufficient-data', 'Errors']);
    metrics.put(REGION, datum(61, 9));
    expect(ask(REGION, 'errors')).toEqual(['alarm', 'Errors']);
    expect(ask('eu-west-1', 'errors')).toEqual(['insufficient-data', undefined]);
    house.run(deleteAlarms, { region: REGION, names: ['errors'] });
    expect(ask(REGION, 'errors')).toEqual(['insufficient-data', undefined]);
  });

  test('one that was set by hand is shown for some seconds, and told to no health check', async () => {
    const house = new House();
    const metrics = new MetricStore();
    let now = 121_000;
    const states = new AlarmStates(
      metrics,
      () => house.draft,
      () => now,
    );
    const alarm = alarmOf(house);
    metrics.put(REGION, datum(61, 1));
    expect(states.shown(alarm).state).toBe('OK');
    now += 1000;
    states.set(alarm, 'ALARM', 'a rehearsal', '{"a":1}');
    const set = { state: 'ALARM', reason: 'a rehearsal', data: '{"a":1}', updatedAt: 122_000, changedAt: 122_000 };
    expect(states.shown(alarm)).toEqual(set);
    expect(states.state({ region: REGION, name: 'errors' })).toBe('ok');
    now += 1000;
    await states.evaluateAll();
    expect(states.shown(alarm)).toEqual(set);
    now += 10_000;
    await states.evaluateAll();
    expect(states.shown(alarm)).toMatchObject({ state: 'OK', updatedAt: 133_000, changedAt: 133_000 });
    expect(states.shown(alarm)).not.toHaveProperty('data');
    const told = [...states.history.events(REGION, true)].map(({ at, summary }) => `${at} ${summary}`);
    expect(told).toEqual([
      '121000 Alarm updated from INSUFFICIENT_DATA to OK',
      '122000 Alarm updated from OK to ALARM',
      '133000 Alarm updated from ALARM to OK',
    ]);
  });

  test('of what happened to alarms the latest is kept, for thirty days', () => {
    let now = 0;
    const history = new AlarmHistory(() => now);
    for (let at = 0; at < 12_345; at += 1) history.configured(REGION, `n${at}`, 'Create');
    history.configured('eu-west-1', 'elsewhere', 'Delete');
    expect(history.records().length).toBeLessThanOrEqual(5100);
    const [newest] = history.events(REGION, false);
    const { value: oldest } = history.events(REGION, true).next();
    expect([newest?.summary, oldest?.alarmName]).toEqual(['Alarm "n12344" created', expect.stringMatching(/^n7[23]/)]);
    const after = new AlarmHistory(() => now);
    after.restore(history.records());
    after.configured(REGION, 'next', 'Update');
    const [first, second] = after.events(REGION, false);
    expect([first?.alarmName, second]).toEqual(['next', newest]);
    expect(first?.number).toBeGreaterThan(newest?.number as number);
    now = 30 * 86_400_000 + 1;
    expect([...after.events(REGION, false)]).toEqual([]);
  });

  test('those of alarms that are no more are forgotten, however many there are', async () => {
    const house = new House();
    const states = new AlarmStates(
      new MetricStore(),
      () => house.draft,
      () => 0,
    );
    for (let at = 0; at < 450; at += 1) alarmOf(house, `n${at}`);
    await states.evaluateAll();
    expect(states.records()).toHaveLength(450);
    house.run(deleteAlarms, { region: REGION, names: ['n7', 'n8'] });
    await states.evaluateAll();
    expect(states.records()).toHaveLength(448);
  });
});

describe('the file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'waypost-telemetry-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const house = new House();
  const options = () => ({
    dataDirectory: directory,
    view: () => house.draft,
    onWarning: (message: string) => expect.fail(message),
  });
  const fresh = () => {
    const metrics = new MetricStore();
    return {
      metrics,
      states: new AlarmStates(
        metrics,
        () => house.draft,
        () => 121_000,
      ),
    };
  };

  async function read({ metrics, states }: ReturnType<typeof fresh>): Promise<void> {
    readAlarms(directory, states);
    await readMetrics(directory, metrics);
  }

  test('holds metrics and states over a restart', async () => {
    const before = fresh();
    for (let at = 0; at < 50; at += 1) {
      const metric = { ...METRIC, dimensions: [{ name: 'Host', value: `é-${at}` }] };
      before.metrics.put(REGION, datum(at * 60, at, { metric, highResolution: at % 2 === 0 }));
    }
    before.states.of(alarmOf(house));
    before.states.history.configured(REGION, 'errors', 'Create');
    await writeMetricFile(directory, before);
    const after = fresh();
    await read(after);
    expect([...after.metrics.records()]).toEqual([...before.metrics.records()]);
    expect([after.metrics.points, after.metrics.streams]).toEqual([75, 50]);
    expect(after.states.records()).toEqual(before.states.records());
    expect(after.states.records()).toHaveLength(1);
    expect(after.states.history.records()).toEqual(before.states.history.records());
    expect(after.states.history.records()).toHaveLength(1);
  });

  test('is added to what has come since the start, each point once', async () => {
    const before = fresh();
    for (const at of [60, 120, 121]) before.metrics.put(REGION, datum(at, 1, { highResolution: true }));
    await writeMetricFile(directory, before);
    const after = fresh();
    for (const at of [122, 180]) after.metrics.put(REGION, datum(at, 4, { highResolution: true }));
    after.metrics.put(REGION, datum(180, 1, { unit: 'None' }));
    await read(after);
    expect(sums(after.metrics, { unit: 'Count' })).toEqual([
      [60, 1],
      [120, 6],
      [180, 4],
    ]);
    expect(sums(after.metrics, { periodSeconds: 1 }).map(([at]) => at)).toEqual([60, 120, 121, 122, 180]);
    expect([after.metrics.streams, after.metrics.points]).toEqual([2, 3 + 5 + 1]);
  });

  test('alarms stay as they were until its data is there', async () => {
    const [first, second] = [openTelemetry(options()), openTelemetry(options())];
    const alarm = alarmOf(house);
    const now = Math.floor(Date.now() / 1000);
    for (const at of [now - 60, now]) first.metrics.put(REGION, datum(at, 9));
    await first.load();
    expect(first.alarms.of(alarm).state).toBe('ALARM');
    await first.close();
    const third = openTelemetry(options());
    expect([second, third].map(({ alarms }) => alarms.of(alarm).state)).toEqual(['INSUFFICIENT_DATA', 'ALARM']);
    third.metrics.put(REGION, datum(now, 1));
    expect(third.alarms.of(alarm).state).toBe('ALARM');
    await third.close();
    const fourth = openTelemetry(options());
    await fourth.load();
    expect([fourth.metrics.points, fourth.alarms.of(alarm).state]).toEqual([2, 'ALARM']);
    await fourth.close();
  });

  test('a member that has none begins with nothing', async () => {
    const { metrics, states } = fresh();
    await read({ metrics, states });
    expect([metrics.streams, states.records()]).toEqual([0, []]);
  });

  test.each([0, 5, 40, 100, 200])('one that ends after %d octets is said to be so', async (octets) => {
    const before = fresh();
    before.metrics.put(REGION, datum(60, 1));
    await writeMetricFile(directory, before);
    const path = join(directory, METRIC_FILE);
    expect(readFileSync(path).length).toBeGreaterThan(octets);
    truncateSync(path, octets);
    await expect(read(fresh())).rejects.toThrow('is not whole');
  });

  test('one of zeros is no file of ours', async () => {
    writeFileSync(join(directory, METRIC_FILE), Buffer.alloc(1000));
    await expect(read(fresh())).rejects.toThrow('JSON');
    await expect(readMetrics(directory, fresh().metrics)).rejects.toThrow('JSON');
  });
});
