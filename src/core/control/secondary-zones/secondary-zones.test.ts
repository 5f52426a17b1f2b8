import { describe, expect, test } from 'vitest';
import { keyToText, nameKey } from '../../dns/name-key.ts';
import { findZone } from '../../zone/find-zone.ts';
import { deleteHostedZone } from '../hosted-zones/delete-hosted-zone.ts';
import { listHostedZones } from '../hosted-zones/list-hosted-zones.ts';
import { House } from '../house-in-memory.ts';
import { writeSteps } from '../imports/import-steps.ts';
import { isRefusal, type ChangeBase, type WriteOperation } from '../operation.ts';
import type { RecordSetStep } from '../record-sets/change-batch.ts';
import type { NamedRecordSet } from '../record-sets/list-resource-record-sets.ts';
import { tables } from '../tables.ts';
import { zoneDataOf } from '../zone-data.ts';
import { attachSecondaryZone, type SecondaryZoneAttached } from './attach-secondary-zone.ts';
import { changeSecondaryZone } from './change-secondary-zone.ts';
import { confirmSecondaryZone } from './confirm-secondary-zone.ts';
import { discardZoneData } from './discard-zone-data.ts';
import { expireSecondaryZone } from './expire-secondary-zone.ts';
import { releaseSecondaryZone } from './release-secondary-zone.ts';
import { stageSecondaryZone } from './stage-secondary-zone.ts';
import { switchSecondaryZone } from './switch-secondary-zone.ts';

const primaries = ['192.0.2.1:53'];

function attached(house: House, name = 'example.org'): string {
  return (house.run(attachSecondaryZone, { name, primaries }) as SecondaryZoneAttached).zone.id;
}

/** Lines of `name type value,value`. */
function sets(text: string): NamedRecordSet[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', type = '', ...rest] = line.trim().split(' ');
      return { name: `${name}.`, set: { type, ttlSeconds: 60, values: rest.join(' ').split(',') } };
    });
}

const puts = (text: string): RecordSetStep[] => sets(text).map((named) => ({ action: 'PUT', ...named }));
const soa = (serial: number): string => `example.org SOA ns.example.org. host.example.org. ${serial} 60 30 120 10`;

function transferred(house: House, zoneId: string, serial: number, text: string, fromSerial?: number) {
  const steps = puts(`${text}\n${soa(serial)}`);
  const from = fromSerial === undefined ? {} : { fromSerial };
  return outcome(house, changeSecondaryZone, { zoneId, toSerial: serial, steps: writeSteps(steps), ...from });
}

function outcome<C, Ch extends ChangeBase>(house: House, operation: WriteOperation<C, Ch>, command: C): string {
  const change = house.run(operation, command);
  return typeof change === 'string' ? change : 'ok';
}

/** What the data plane finds at names of the zone, or `withheld`. */
function served(house: House, ...names: string[]): string {
  const zones = zoneDataOf(house.draft);
  const zone = findZone(zones, nameKey('example.org.'), 1);
  if (zone === undefined) return 'no zone';
  if (zone.withheld) return 'withheld';
  return names
    .flatMap((name) => zones.node(zone.id, nameKey(`${name}.`))?.recordSets ?? [])
    .map((set) => `${set.type} ${set.values?.join()}`)
    .join('; ');
}

const listed = (house: House, zoneId: string): string[] =>
  house.list(zoneId).recordSets.map(({ name, set }) => `${name} ${set.type}`);

test('a new secondary zone is listed, is not answered from, and refuses the API', () => {
  const house = new House();
  const id = attached(house);
  const zones = listHostedZones.read(house.draft, { maxItems: 10 }, house.given);
  if (isRefusal(zones)) throw new Error(zones.message);
  expect(zones.zones.map((zone) => [zone.name, zone.recordSetCount])).toEqual([['example.org.', 0]]);
  expect(served(house, 'example.org')).toBe('withheld');
  const message = `AccessDenied: The resource hostedzone/${id} can only be managed through zone transfers: it is a secondary zone of 192.0.2.1:53`;
  expect(house.run(deleteHostedZone, { id })).toBe(message);
  expect(house.batch(id, 'CREATE www.example.org A 192.0.2.1')).toBe(message);
});

test.each(['.', 'org', 'sub.example.org'])('%s can be the name of a secondary zone', (name) => {
  expect(attached(new House(), name)).toMatch(/^Z/);
});

test('attaching again changes where it comes from, and nothing else', () => {
  const house = new House();
  const id = attached(house);
  transferred(house, id, 7, 'www.example.org A 192.0.2.1');
  const again = house.run(attachSecondaryZone, { name: 'example.org', primaries: ['192.0.2.9:53'] });
  expect(again).toMatchObject({
    isNew: false,
    zone: { id, recordSetCount: 2, secondary: { primaries: ['192.0.2.9:53'] } },
  });
  expect(served(house, 'www.example.org')).toBe('A 192.0.2.1');
});

test('the name of a zone that the API edits is refused', () => {
  const house = new House();
  house.zone('example.org');
  expect(outcome(house, attachSecondaryZone, { name: 'example.org', primaries })).toContain('ConflictingDomainExists');
});

test('a small transfer is one change, from one serial to the next', () => {
  const house = new House();
  const id = attached(house);
  expect(transferred(house, id, 7, 'www.example.org A 192.0.2.1')).toBe('ok');
  expect(served(house, 'www.example.org')).toBe('A 192.0.2.1');
  expect(transferred(house, id, 8, 'www.example.org A 192.0.2.2', 6)).toContain('has serial 7, not 6');
  expect(transferred(house, id, 8, 'www.example.org A 192.0.2.2', 7)).toBe('ok');
  expect(served(house, 'www.example.org')).toBe('A 192.0.2.2');
  const history = house.draft.range(tables.history, { prefix: [id], limit: 10 }).map((row) => row.value.records.length);
  expect(history).toEqual([2, 2]);
});

function staged(house: House, zoneId: string, ...parts: string[]): string {
  let dataId: string | undefined;
  for (const part of parts) {
    const change = house.run(stageSecondaryZone, {
      zoneId,
      steps: writeSteps(puts(part)),
      ...(dataId === undefined ? {} : { dataId }),
    });
    if (typeof change === 'string') throw new Error(change);
    dataId = change.dataId;
  }
  return dataId as string;
}

describe('a transfer in parts', () => {
  test('is seen when it is whole, and all at once', () => {
    const house = new House();
    const id = attached(house);
    transferred(house, id, 7, 'old.example.org A 192.0.2.1');
    const dataId = staged(house, id, 'new.example.org A 192.0.2.1', `new.example.org A 192.0.2.2,192.0.2.1\n${soa(9)}`);
    expect(served(house, 'old.example.org', 'new.example.org')).toBe('A 192.0.2.1');
    expect(listed(house, id)).toEqual(['example.org. SOA', 'old.example.org. A']);
    expect(outcome(house, switchSecondaryZone, { zoneId: id, dataId, serial: 9 })).toBe('ok');
    expect(served(house, 'old.example.org', 'new.example.org')).toBe('A 192.0.2.1,192.0.2.2');
    expect(listed(house, id)).toEqual(['example.org. SOA', 'new.example.org. A']);
    expect(house.draft.get(tables.hostedZones, [id])?.recordSetCount).toBe(2);
    expect(transferred(house, id, 10, 'newer.example.org A 192.0.2.3', 9)).toBe('ok');
    expect(served(house, 'newer.example.org')).toBe('A 192.0.2.3');
  });

  test('leaves nothing of the old version behind once that is discarded', () => {
    const house = new House();
    const id = attached(house);
    transferred(house, id, 7, 'a.b.old.example.org A 192.0.2.1');
    house.run(switchSecondaryZone, { zoneId: id, dataId: staged(house, id, soa(8)), serial: 8 });
    expect(house.draft.rowCounts()).toMatchObject({ nodes: 5, 'discarded-data': 1 });
    expect(outcome(house, discardZoneData, {})).toBe('ok');
    expect(outcome(house, discardZoneData, {})).toContain('nothing to discard');
    expect(house.draft.rowCounts()).toMatchObject({ nodes: 1 });
    expect(house.draft.rowCounts()['discarded-data']).toBeUndefined();
  });

  test('is given up when another begins', () => {
    const house = new House();
    const id = attached(house);
    const first = staged(house, id, soa(8));
    const second = staged(house, id, soa(9));
    expect(outcome(house, stageSecondaryZone, { zoneId: id, dataId: first, steps: writeSteps([]) })).toContain(
      'another transfer',
    );
    expect(outcome(house, switchSecondaryZone, { zoneId: id, dataId: first, serial: 8 })).toContain('another transfer');
    expect(outcome(house, switchSecondaryZone, { zoneId: id, dataId: second, serial: 9 })).toBe('ok');
    expect(outcome(house, discardZoneData, {})).toBe('ok');
    expect(house.draft.rowCounts()).toMatchObject({ nodes: 1 });
  });

  test('is bounded by the quota', () => {
    const house = new House();
    const many = Array.from({ length: 101 }, (_, index) => `n${index}.example.org A 192.0.2.1`).join('\n');
    expect(outcome(house, stageSecondaryZone, { zoneId: attached(house), steps: writeSteps(puts(many)) })).toContain(
      'more than 100 record sets',
    );
  });
});

test('an expired zone is withheld until a primary confirms it', () => {
  const house = new House();
  const id = attached(house);
  transferred(house, id, 7, 'www.example.org A 192.0.2.1');
  expect(outcome(house, expireSecondaryZone, { zoneId: id, checkedAt: 1 })).toContain('a primary has confirmed it');
  expect(outcome(house, expireSecondaryZone, { zoneId: id, checkedAt: 0 })).toBe('ok');
  expect(served(house, 'www.example.org')).toBe('withheld');
  expect(outcome(house, confirmSecondaryZone, { zoneId: id, serial: 8 })).toContain('it has serial 7');
  expect(outcome(house, confirmSecondaryZone, { zoneId: id, serial: 7 })).toBe('ok');
  expect(served(house, 'www.example.org')).toBe('A 192.0.2.1');
  house.run(expireSecondaryZone, { zoneId: id, checkedAt: 0 });
  transferred(house, id, 8, 'www.example.org A 192.0.2.2', 7);
  expect(served(house, 'www.example.org')).toBe('A 192.0.2.2');
});

test('released, it is an ordinary zone, expired or not, and its strange types can be taken out', () => {
  const house = new House();
  const id = attached(house);
  house.run(switchSecondaryZone, {
    zoneId: id,
    dataId: staged(house, id, `${soa(8)}\nexample.org NS ns.example.org.\nx.example.org TYPE65280 \\# 1 00`),
    serial: 8,
  });
  house.run(expireSecondaryZone, { zoneId: id, checkedAt: 0 });
  expect(outcome(house, releaseSecondaryZone, { zoneId: id })).toBe('ok');
  expect(served(house, 'x.example.org')).toBe('TYPE65280 \\# 1 00');
  expect(house.batch(id, 'CREATE www.example.org A 192.0.2.1')).toBe('ok');
  expect(served(house, 'www.example.org')).toBe('A 192.0.2.1');
  expect(house.batch(id, 'DELETE x.example.org TYPE65280 \\# 1 00\nDELETE www.example.org A 192.0.2.1')).toBe('ok');
  expect(outcome(house, deleteHostedZone, { id })).toBe('ok');
  expect(house.draft.range(tables.nodes, { limit: 9 }).map((row) => keyToText(row.key[1] as string))).toEqual([]);
});

test('released before its first transfer, it goes without a trace', () => {
  const house = new House();
  const id = attached(house);
  staged(house, id, soa(8));
  expect(outcome(house, releaseSecondaryZone, { zoneId: id })).toBe('ok');
  house.run(discardZoneData, {});
  const { changes: _, counters: __, ...rest } = house.draft.rowCounts();
  expect(rest).toEqual({});
});
