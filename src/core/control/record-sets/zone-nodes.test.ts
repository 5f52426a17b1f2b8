import { expect, test } from 'vitest';
import { House } from '../house-in-memory.ts';
import { zoneNodes } from './zone-nodes.ts';

test.each([[0], [1], [254], [255], [256], [257], [700]])('a zone with %d names beside its apex', (names) => {
  const house = new House({ quotas: { recordSetsPerZoneMax: 1000 } });
  const { id } = house.zone('example.com').zone;
  house.zone('example.net');
  const hosts = Array.from({ length: names }, (_, index) => `h${index}`);
  for (const host of hosts) expect(house.batch(id, `CREATE ${host}.example.com A 192.0.2.1`)).toBe('ok');
  const keys = [...zoneNodes(house.draft, id)].map((each) => each.key);
  expect(keys).toEqual(['com.example.', ...hosts.map((host) => `com.example.${host}.`).toSorted()]);
});
