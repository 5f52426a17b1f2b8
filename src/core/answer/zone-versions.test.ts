import { expect, test } from 'vitest';
import { PlanCache } from './plan-cache.ts';
import { ZoneVersions } from './zone-versions.ts';

const idOf = (zone: number): string => `Z${zone.toString(36).toUpperCase().padStart(13, '0')}`;

test('a changed zone has a new version, and a million zones take no more room than one', () => {
  const plans = new PlanCache(2 ** 16);
  const versions = new ZoneVersions(() => plans);
  for (let zone = 0; zone < 1_000_000; zone += 1) versions.zoneChanged(idOf(zone));
  const before = versions.all[versions.place(idOf(7))] as number;
  versions.zoneChanged(idOf(7));
  expect(versions.all[versions.place(idOf(7))]).toBe(before + 1);
  expect(versions.all.byteLength).toBe(2 ** 18);
});

test('zones are spread: a change seldom makes those of others stale', () => {
  const plans = new PlanCache(2 ** 16);
  const versions = new ZoneVersions(() => plans);
  for (let zone = 0; zone < 2 ** 20; zone += 1) versions.zoneChanged(idOf(zone * 7919));
  // Sixteen for each place on the average; at random four in a million have more than forty.
  expect(Math.max(...versions.all)).toBeLessThan(64);
  expect(versions.all.filter((version) => version === 0)).toHaveLength(0);
});
