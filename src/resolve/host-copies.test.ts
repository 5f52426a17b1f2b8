import { beforeEach, expect, test } from 'vitest';
import { copyHost, type CopyHostCommand } from '../core/control/copied-hosts.ts';
import { House } from '../core/control/house-in-memory.ts';
import { dataIdOf, tables } from '../core/control/tables.ts';
import { zoneDataOf } from '../core/control/zone-data.ts';
import { defaultAnswer } from '../core/zone/default-answer.ts';
import { HostCopies } from './host-copies.ts';

const HOST = { name: 'host.example.net.', type: 'A' } as const;
let house: House;
let now: number;
let wanted: boolean;
let submitted: number;
let copies: HostCopies;

beforeEach(() => {
  house = new House({ transferredOut: 'all' });
  now = 0;
  wanted = true;
  submitted = 0;
  copies = new HostCopies({
    view: () => house.draft,
    async submit(_, command: CopyHostCommand) {
      submitted += 1;
      const outcome = house.run(copyHost, command);
      return typeof outcome === 'string' ? { refused: 'InvalidInput', message: outcome } : outcome;
    },
    wanted: () => wanted,
    now: () => now,
    onFailure: (_, message) => expect.fail(message),
  });
});

function aliasIn(name: string): string {
  const { id } = house.zone(name).zone;
  expect(house.batch(id, `CREATE ${name} A ALIAS:host.example.net@ZOUTSIDE`)).toBe('ok');
  return id;
}

/** A copy's addresses of the alias, and the zone's serial. */
function copied(zoneId: string): string {
  const zone = house.draft.get(tables.hostedZones, [zoneId]);
  if (zone === undefined) return 'no zone';
  const place = { id: dataIdOf(zone) };
  const apex = zone.name.split('.').toReversed().slice(1).join('.') + '.';
  const [soa, answer] = ['SOA', 'A'].map((type) => defaultAnswer(zoneDataOf(house.draft), place, apex, type));
  return `${soa?.values[0]?.split(' ')[2]} ${answer?.values.join(' ') ?? 'none'}`;
}

test('copies follow a host, each time with a new serial, and once a minute at most', async () => {
  const zone = aliasIn('example.com');
  expect(copied(zone)).toBe('2 none');
  copies.answered(HOST, ['192.0.2.1']);
  await copies.tick();
  expect(copied(zone)).toBe('3 192.0.2.1');
  copies.answered(HOST, ['192.0.2.1']);
  await copies.tick();
  copies.answered(HOST, ['192.0.2.2']);
  copies.answered(HOST, ['192.0.2.3']);
  now = 59_999;
  await copies.tick();
  expect(copied(zone)).toBe('3 192.0.2.1');
  now = 60_000;
  await copies.tick();
  expect(copied(zone)).toBe('4 192.0.2.3');
  expect(submitted).toBe(2);
});

test('nothing is written while nobody copies zones; once somebody does, copies know what there is', async () => {
  const zone = aliasIn('example.com');
  wanted = false;
  copies.answered(HOST, ['192.0.2.1']);
  await copies.tick();
  expect(submitted).toBe(0);
  wanted = true;
  await copies.tick();
  expect(copied(zone)).toBe('3 192.0.2.1');
});

test('a host that no alias leads to any more is let be', async () => {
  const zone = aliasIn('example.com');
  copies.answered(HOST, ['192.0.2.1']);
  expect(house.batch(zone, 'DELETE example.com A ALIAS:host.example.net@ZOUTSIDE')).toBe('ok');
  await copies.tick();
  expect([submitted, copied(zone)]).toEqual([0, '3 none']);
});

test('many zones are told part by part, all of them', async () => {
  house = new House({ transferredOut: 'all', quotas: { hostedZonesMax: 2000 } });
  const zones = Array.from({ length: 1201 }, (_, at) => aliasIn(`z${at}.test`));
  copies.answered(HOST, ['192.0.2.1']);
  await copies.tick();
  expect(submitted).toBe(3);
  expect(new Set(zones.map(copied))).toEqual(new Set(['3 192.0.2.1']));
});
