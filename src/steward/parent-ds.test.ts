import { describe, expect, test } from 'vitest';
import { getDnssec } from '../core/control/dnssec/get-dnssec.ts';
import { changeResourceRecordSets } from '../core/control/record-sets/change-resource-record-sets.ts';
import { DAY, dice, HOUR, START } from './signed-months.ts';
import { StewardWorld, type Fate } from './steward-world.ts';

const TEN_MINUTES = HOUR / 6;
const CHILD = 'shop.example.com';

/** A zone of ours, below another one. */
class Family {
  readonly world = new StewardWorld(START);
  readonly parentId = this.world.zone('example.com');
  readonly childId = this.world.zone(CHILD);
  enabledAt = 0;

  constructor() {
    this.change(`CREATE ${CHILD} 3600 NS a1.ns.test,a2.ns.test`, this.parentId);
  }

  /** `UPSERT www.shop.example.com 60 A 192.0.2.1` */
  change(text: string, hostedZoneId = this.childId): void {
    const [action = '', name = '', ttl, type = '', ...values] = text.split(' ');
    const recordSet = { name, type, ttlSeconds: Number(ttl), values: values.join(' ').split(','), policies: [] };
    const change = this.world.house.run(changeResourceRecordSets, { hostedZoneId, changes: [{ action, recordSet }] });
    expect(change).toBeTypeOf('object');
  }

  tag(): void {
    this.world.tag(this.childId, 'waypost:parent-ds', 'active');
  }

  async enable(): Promise<void> {
    await this.world.create(this.childId, 'one');
    await this.world.enable(this.childId);
    this.enabledAt = this.world.now();
  }

  hasDs(): boolean {
    return this.world.house.list(this.parentId).recordSets.some(({ set }) => set.type === 'DS');
  }

  /** As `get-dnssec` shows it. */
  message(): string | undefined {
    const got = getDnssec.read(this.world.house.draft, { hostedZoneId: this.childId }, this.world.house.given);
    return got.message;
  }

  /** How many hours after signing began the parent has a DS record, in steps of ten minutes. */
  async hoursUntilDs(each?: () => Promise<void>): Promise<number> {
    while (!this.hasDs()) {
      if (this.world.now() > this.enabledAt + 20 * DAY) return Infinity;
      await this.world.pass(TEN_MINUTES);
      await each?.();
    }
    return Math.floor((this.world.now() - this.enabledAt) / HOUR);
  }
}

type When = 'a month before' | 'an hour before' | 'before the member sees it' | 'an hour after';

/** What is changed when; hours from enabling until the DS record is there. */
const cases: [what: string, changes: [When, string][], hours: number][] = [
  ['TTLs of less than a day', [['a month before', `UPSERT www.${CHILD} 3600 A 192.0.2.1`]], 24],
  ['a TTL of a day', [['a month before', `UPSERT www.${CHILD} 86400 A 192.0.2.1`]], 25],
  ['the NS records that a new zone has', [['a month before', `UPSERT ${CHILD} 172800 NS a1.ns.test,a2.ns.test`]], 49],
  ['a TTL of three days', [['a month before', `UPSERT www.${CHILD} 259200 A 192.0.2.1`]], 73],
  [
    'three days that were lowered long before',
    [
      ['a month before', `UPSERT www.${CHILD} 259200 A 192.0.2.1`],
      ['a month before', `UPSERT www.${CHILD} 60 A 192.0.2.1`],
    ],
    24,
  ],
  [
    'three days that were lowered just before',
    [
      ['a month before', `UPSERT www.${CHILD} 259200 A 192.0.2.1`],
      ['an hour before', `UPSERT www.${CHILD} 60 A 192.0.2.1`],
    ],
    72,
  ],
  [
    'three days that were removed just before',
    [
      ['a month before', `UPSERT www.${CHILD} 259200 A 192.0.2.1`],
      ['an hour before', `DELETE www.${CHILD} 259200 A 192.0.2.1`],
    ],
    72,
  ],
  [
    'three days that were lowered before anybody looked',
    [
      ['a month before', `UPSERT www.${CHILD} 259200 A 192.0.2.1`],
      ['before the member sees it', `UPSERT www.${CHILD} 60 A 192.0.2.1`],
    ],
    73,
  ],
  [
    'three days that were lowered after somebody looked',
    [
      ['a month before', `UPSERT www.${CHILD} 259200 A 192.0.2.1`],
      ['an hour after', `UPSERT www.${CHILD} 60 A 192.0.2.1`],
    ],
    73,
  ],
  ['a TTL that was raised when it was signed', [['an hour after', `UPSERT www.${CHILD} 259200 A 192.0.2.1`]], 24],
  ['the longest TTL there is', [['a month before', `UPSERT www.${CHILD} 2147483647 A 192.0.2.1`]], 169],
  ['an SOA record, and what it denies', [['a month before', `UPSERT ${CHILD} 259200 SOA ${soa(172_800)}`]], 73],
  ['a delegation', [['a month before', `UPSERT sub.${CHILD} 259200 NS ns.example.net`]], 24],
];

function soa(minimum: number): string {
  return `a1.ns.test. hostmaster.example.com. 1 7200 900 1209600 ${minimum}`;
}

describe(
  'a DS record is written into a parent of ours when no cache has anything without signatures',
  { timeout: 60_000 },
  () => {
    async function enabled(changes: [When, string][], tagged = true): Promise<Family> {
      const family = new Family();
      const { world } = family;
      const change = (at: When): void => {
        for (const [when, text] of changes) if (when === at) family.change(text);
      };
      family.change(`UPSERT ${CHILD} 3600 NS a1.ns.test,a2.ns.test`);
      change('a month before');
      await world.pass(30 * DAY);
      change('an hour before');
      await world.pass(HOUR);
      if (tagged) family.tag();
      await family.enable();
      change('before the member sees it');
      await world.start();
      await world.pass(HOUR);
      change('an hour after');
      return family;
    }

    test.each(cases)('%s', async (_, changes, hours) => {
      const family = await enabled(changes);
      expect(await family.hoursUntilDs()).toBe(hours);
      expect(family.world.log).toEqual(['parent told']);
    });

    const THREE_DAYS: [When, string][] = [['a month before', `UPSERT www.${CHILD} 259200 A 192.0.2.1`]];

    test.each([
      ['a day', 1, 73],
      ['five days', 5, 120],
      ['ten days', 10, 240],
    ])('of a zone whose tag is set %s later, when its TTLs are others', async (_, days, hours) => {
      const family = await enabled(THREE_DAYS, false);
      family.change(`UPSERT www.${CHILD} 60 A 192.0.2.1`);
      await family.world.pass(days * DAY - HOUR);
      expect(family.message()).toBeUndefined();
      family.tag();
      expect(await family.hoursUntilDs()).toBe(hours);
    });

    test('of a zone that was unsigned for a while: from when it was signed again', async () => {
      const family = await enabled(THREE_DAYS);
      const { world, childId } = family;
      await world.pass(DAY);
      await world.desk().disableHostedZoneDNSSEC({ hostedZoneId: childId }, 'somebody');
      await world.pass(HOUR);
      await world.enable(childId);
      family.enabledAt = world.now();
      expect(await family.hoursUntilDs()).toBe(73);
    });

    test.each([1, 2, 3, 4, 5])(
      'with a member that dies between any two commands and before any answer (%i)',
      async (seed) => {
        const family = await enabled([]);
        const { world } = family;
        const roll = dice(seed);
        const dies = { deaths: 0 };
        world.fate = (): Fate => (roll() < 0.3 ? 'done' : roll() < 0.5 ? 'lost' : 'unanswered');
        await world.desk().disableHostedZoneDNSSEC({ hostedZoneId: family.childId }, 'somebody');
        family.change(THREE_DAYS[0]?.[1] ?? '');
        await world.enable(family.childId);
        family.enabledAt = world.now();
        const hours = await family.hoursUntilDs(async () => {
          for (; world.dead; dies.deaths += 1) {
            await world.pass(roll() * HOUR);
            await world.start();
          }
        });
        expect(dies.deaths).toBeGreaterThan(0);
        expect(hours).toBeGreaterThanOrEqual(73);
        expect(hours).toBeLessThan(73 + 12);
      },
    );

    test('and get-dnssec says when', async () => {
      const family = await enabled(THREE_DAYS);
      const { world } = family;
      const at = (hours: number): string => new Date(family.enabledAt + hours * HOUR).toISOString();
      const says = (time: string): string =>
        `DS records are written into the parent when caches have nothing any more that they would make bogus: of key-signing key one not before ${time}`;
      expect(family.message()).toBe(says(at(73)));
      await family.hoursUntilDs();
      expect(family.message()).toBeUndefined();
      await world.create(family.childId, 'two');
      expect(family.message()).toMatch(/: of key-signing key two not before /);
      await world.pass(4 * HOUR);
      expect(family.message()).toBeUndefined();
    });
  },
);

test(
  'DS records in a parent of ours follow the tag, each when resolvers can know its key',
  { timeout: 60_000 },
  async () => {
    const world = new StewardWorld(START);
    const [zoneId, parentId] = [world.zone('shop.example.com'), world.zone('example.com')];
    expect(world.house.batch(parentId, 'CREATE shop.example.com NS a1.ns.test,a2.ns.test')).toBe('ok');
    const names = new Map<string, string>();
    const told = (): string => {
      const set = world.house.list(parentId).recordSets.find(({ set: each }) => each.type === 'DS')?.set;
      return (set?.values ?? []).map((value) => names.get(value) ?? value).join(' ');
    };
    const seen: [string, string][] = [];
    const hours = async (count: number, what: string): Promise<void> => {
      for (let left = count * 6; left > 0; left -= 1) await world.pass(HOUR / 6);
      seen.push([what, told()]);
    };
    await world.create(zoneId, 'one');
    names.set(world.ds(zoneId, 'one'), 'one');
    world.tag(zoneId, 'waypost:parent-ds', 'active');
    await world.enable(zoneId);
    await world.start();
    await hours(48, 'enabled');
    await hours(2, 'two days later, as its NS records are kept');
    await world.create(zoneId, 'two');
    names.set(world.ds(zoneId, 'two'), 'two');
    await hours(2, 'another key');
    await hours(2, 'known everywhere');
    world.tag(zoneId, 'waypost:parent-ds', 'two');
    await hours(1, 'only that');
    await world.deactivate(zoneId, 'one');
    world.tag(zoneId, 'waypost:parent-ds', 'delete');
    await hours(1, 'none any more');
    expect(seen).toEqual([
      ['enabled', ''],
      ['two days later, as its NS records are kept', 'one'],
      ['another key', 'one'],
      ['known everywhere', 'one two'],
      ['only that', 'two'],
      ['none any more', ''],
    ]);
  },
);
