import { expect, test } from 'vitest';
import { SignedHouse } from '../core/control/dnssec/signed-house.ts';
import { tables } from '../core/control/tables.ts';
import { MetricStore } from './metric-store.ts';
import { SignedZoneMetrics } from './signed-zone-metrics.ts';

const HOUR = 3600;
const NAMES = [
  'DNSSECInternalFailure',
  'DNSSECKeySigningKeysNeedingAction',
  'DNSSECKeySigningKeyMaxNeedingActionAge',
  'DNSSECKeySigningKeyAge',
];

/** A zone, and what is published of it. */
function signed() {
  const house = new SignedHouse();
  const metrics = new MetricStore();
  let published = new SignedZoneMetrics(metrics, () => house.house.draft);
  let now = 0;
  const at = (seconds: number): void => house.house.now((now = seconds) * 1000);
  const points = (name: string) => {
    const metric = { namespace: 'AWS/Route53', name, dimensions: [{ name: 'HostedZoneId', value: house.zoneId }] };
    const found = metrics.between('us-east-1', metric, { periodSeconds: 60, from: 0, to: Infinity });
    return [...found].map(({ at: from, set }) => [from, set.maximum]);
  };
  return {
    house,
    metrics,
    points,
    at,
    publish: () => published.publish(now),
    restart: () => void (published = new SignedZoneMetrics(metrics, () => house.house.draft)),
  };
}

test('a zone that signs has one point of each metric in four hours', async () => {
  const { house, metrics, points, at, publish, restart } = signed();
  house.say('create one ACTIVE');
  await publish();
  expect(metrics.streams).toBe(0);
  at(10 * 60);
  house.say('enable');
  for (const minute of [11, 12, 239, 240, 241, 400]) {
    at(minute * 60);
    await publish();
    if (minute === 241) restart();
  }
  const times = [11 * 60, 4 * HOUR];
  expect(points('DNSSECInternalFailure')).toEqual(times.map((time) => [time, 0]));
  expect(points('DNSSECKeySigningKeysNeedingAction')).toEqual(times.map((time) => [time, 0]));
  expect(points('DNSSECKeySigningKeyMaxNeedingActionAge')).toEqual(times.map((time) => [time, 0]));
  expect(points('DNSSECKeySigningKeyAge')).toEqual(times.map((time) => [time, time]));
  expect(NAMES.map((name) => metrics.units('us-east-1', metricNamed(house, name)))).toEqual([
    ['Count'],
    ['Count'],
    ['Seconds'],
    ['Seconds'],
  ]);
});

test('a key that needs action shows at once, and so does one that no longer does', async () => {
  const { house, points, at, publish } = signed();
  for (const words of ['create one ACTIVE', 'create two ACTIVE', 'enable']) house.say(words);
  await publish();
  at(60);
  house.say('breaks two');
  at(120);
  await publish();
  at(5 * HOUR);
  await publish();
  house.say('works two');
  at(5 * HOUR + 60);
  await publish();
  const needing = points('DNSSECKeySigningKeysNeedingAction');
  expect(needing).toEqual([
    [0, 0],
    [120, 1],
    [5 * HOUR, 1],
    [5 * HOUR + 60, 0],
  ]);
  const ages = points('DNSSECKeySigningKeyMaxNeedingActionAge').map(([, age]) => age);
  expect(ages).toEqual([0, 60, 5 * HOUR - 60, 0]);
});

test('a zone that is signed no more has no further points', async () => {
  const { house, points, at, publish } = signed();
  for (const words of ['create one ACTIVE', 'enable']) house.say(words);
  await publish();
  house.say('disable');
  at(5 * HOUR);
  await publish();
  expect(points('DNSSECKeySigningKeyAge')).toEqual([[0, 0]]);
});

test('there are metrics of 2,500 zones, whatever the number of those that sign', async () => {
  const { house, metrics, at, publish } = signed();
  for (const words of ['create one ACTIVE', 'enable']) house.say(words);
  const { draft } = house.house;
  for (let zone = 1; zone < 2500; zone += 1) draft.put(tables.dnssec, [`Z${zone}x`], house.dnssec());
  await expect(publish()).resolves.toBe(true);
  draft.put(tables.dnssec, ['Zlast'], house.dnssec());
  at(4 * HOUR);
  await expect(publish()).resolves.toBe(false);
  expect([metrics.streams, metrics.points]).toEqual([10_000, 20_000]);
});

function metricNamed({ zoneId }: SignedHouse, name: string) {
  return { namespace: 'AWS/Route53', name, dimensions: [{ name: 'HostedZoneId', value: zoneId }] };
}
