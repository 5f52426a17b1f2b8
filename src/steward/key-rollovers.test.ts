import { describe, expect, test } from 'vitest';
import { signedZoneCounts } from '../core/control/dnssec/due.ts';
import type { ParentTold } from '../core/control/dnssec/parent-told.ts';
import { statusOf } from '../core/control/dnssec/zone-dnssec.ts';
import { DAY, dice, HOUR, months, START, type Caches, type Event } from './signed-months.ts';
import { StewardWorld, type Fate } from './steward-world.ts';

const PERIOD = 60;
const TAG = 'waypost:ksk-rollover';

/** A parent elsewhere that looks for CDS records (RFC 7344), and a resolver that caches what it says for a day. */
class Registry {
  values: readonly string[] = [];
  follows = true;
  silent = false;
  scansEvery = DAY;
  #scannedAt = 0;
  #cached: { readonly at: number; readonly values: readonly string[] } | undefined;

  look(world: StewardWorld, caches: Caches, zoneId: string): void {
    if (world.now() - this.#scannedAt >= this.scansEvery) {
      this.#scannedAt = world.now();
      const cds = world.served(zoneId)?.signedAhead.find(({ type }) => type === 'CDS');
      if (this.follows && cds !== undefined) this.values = cds.values;
    }
    caches.delegation = this.values.map((value) => Number(value.split(' ')[0]));
  }

  told(now: number): ParentTold {
    if (this.silent) return { silent: '192.0.2.53: timeout' };
    if (this.#cached === undefined || now - this.#cached.at >= DAY) this.#cached = { at: now, values: this.values };
    return { answers: [{ by: '192.0.2.53', signers: this.#cached.values, ttlSeconds: 86_400 }] };
  }
}

interface Place {
  readonly world: StewardWorld;
  readonly registry: Registry;
  zoneId: string;
}

/** A zone with a key of the embedded service, in the parent's DS set, that is to roll over. */
async function rolling(
  days: number,
  events: (place: Place) => Event[] = () => [],
  each: (place: Place) => Promise<void> = async () => {},
): Promise<Place & { caches: Caches }> {
  const place: Place = { world: new StewardWorld(START), registry: new Registry(), zoneId: '' };
  const { world, registry } = place;
  world.parent = () => registry.told(world.now());
  let begun = false;
  const { zoneId, caches } = await months(
    days,
    world,
    events(place),
    async (_, kept, zone) => {
      place.zoneId = zone;
      if (!begun) {
        begun = true;
        registry.values = [world.ds(zone, 'one')];
        world.tag(zone, TAG, String(PERIOD));
      }
      await each(place);
      registry.look(world, kept, zone);
    },
    world.kmsKey(),
  );
  return { ...place, zoneId, caches };
}

const steps = ({ world }: Place): string[] => world.log.filter((line) => line.startsWith('key '));
const keysOf = ({ world, zoneId }: Place): string =>
  world
    .dnssec(zoneId)
    .keySigningKeys.map(({ name, status }) => `${name}=${status}`)
    .join(' ');
const message = ({ world, zoneId }: Place): string | undefined => statusOf(world.dnssec(zoneId)).message;

describe('a key-signing key that rolls over by itself, never bogus', { timeout: 120_000 }, () => {
  test.each([
    ['once a day', DAY],
    ['at once', 0],
  ])(
    'with a parent that follows CDS records %s; there is another key each time, and the former one is deleted',
    async (_, every) => {
      const place = await rolling(135, (at) => [{ day: 0, run: () => void (at.registry.scansEvery = every) }]);
      const round = ['key made', 'key published', 'key told', 'key retired', 'key finished'];
      expect(steps(place)).toEqual([...round, ...round]);
      expect(keysOf(place)).toMatch(/^ksk_2026[0-9]{4}=ACTIVE$/);
      // What somebody else made is left to him; what Waypost made is deleted a month later.
      expect(place.world.kmsKeys()).toEqual(['Enabled', 'PendingDeletion', 'Enabled']);
      expect(place.registry.values).toEqual([place.world.ds(place.zoneId, keysOf(place).split('=')[0] ?? '')]);
      expect(message(place)).toBeUndefined();
    },
  );

  test.each([1, 2, 3])('with a member that dies between any two commands and before any answer (%i)', async (seed) => {
    const roll = dice(seed);
    let deaths = 0;
    const place = await rolling(
      95,
      () => [],
      async ({ world }) => {
        world.fate = (operation): Fate =>
          operation === 'RenewDnskeySignatures' || roll() < 0.5 ? 'done' : roll() < 0.5 ? 'lost' : 'unanswered';
        for (; world.dead; deaths += 1) {
          for (let hours = roll() * 24; hours > 0; hours -= 1) await world.pass(HOUR);
          await world.start();
        }
      },
    );
    expect(deaths).toBeGreaterThan(5);
    expect(keysOf(place)).toMatch(/^ksk_2026[0-9]{4}=ACTIVE$/);
    expect(place.world.kmsKeys()).toEqual(['Enabled', 'Enabled']);
  });

  test('with a parent that never follows: both keys sign, it shows after two weeks, and the tag’s removal ends it', async () => {
    const seen: (string | undefined)[] = [];
    const place = await rolling(125, (at) => [
      { day: 1, run: () => void (at.registry.follows = false) },
      { day: 64, run: () => void seen.push(message(at)) },
      {
        day: 110,
        run() {
          seen.push(message(at), keysOf(at));
          seen.push(String(signedZoneCounts(at.world.house.draft).rolloversHeldUp));
          at.world.untag(at.zoneId, TAG);
        },
      },
    ]);
    const name = /(ksk_[0-9]+)=/.exec(seen[2] ?? '')?.[1];
    const waits = `Key-signing key ${name} follows one once the parent has its DS record in the place of the other`;
    expect(seen).toEqual([
      waits,
      `${waits}: the parent still has a DS record of one`,
      `one=ACTIVE ${name}=ACTIVE`,
      '1',
    ]);
    expect(place.world.log).toContain('held up: the parent still has a DS record of one');
    expect([keysOf(place), message(place)]).toEqual([`one=ACTIVE ${name}=ACTIVE`, undefined]);
    expect(signedZoneCounts(place.world.house.draft).rolloversHeldUp).toBe(0);
    expect(place.world.served(place.zoneId)?.signedAhead.map(({ type }) => type)).toEqual(['DNSKEY']);
  });

  test('with a parent that goes back while it is waited for: the wait begins anew', async () => {
    let went = 0;
    let back = false;
    const at = { back: 0, retired: 0 };
    const place = await rolling(
      90,
      () => [],
      async ({ world, registry, zoneId }) => {
        const rollover = world.dnssec(zoneId).signing?.rollover;
        if (rollover?.phase === 'retired') at.retired ||= world.now();
        if (rollover?.phase !== 'told') return;
        const agreed = rollover.agreedSince !== undefined;
        if (!back && agreed && went < 3) {
          [back, went, registry.follows] = [true, went + 1, false];
          registry.values = [world.ds(zoneId, 'one')];
        } else if (back && !agreed) {
          // It was seen.
          [back, registry.follows, at.back] = [false, true, world.now()];
        }
      },
    );
    expect(went).toBe(3);
    expect(steps(place)).toEqual(['key made', 'key published', 'key told', 'key retired', 'key finished']);
    // The TTL of the DS set, and a day for name servers of the parent that are behind.
    expect(at.retired - at.back).toBeGreaterThanOrEqual(2 * DAY);
  });

  test('with resolvers that are silent for three weeks: nothing is taken for granted', async () => {
    let silentAt = 0;
    const place = await rolling(
      95,
      () => [],
      async ({ world, registry, zoneId }) => {
        const phase = world.dnssec(zoneId).signing?.rollover?.phase;
        if (silentAt === 0 && phase === 'told') silentAt = world.now();
        registry.silent = silentAt > 0 && world.now() < silentAt + 21 * DAY;
        if (registry.silent) expect(phase).toBe('told');
      },
    );
    expect(
      place.world.log.some((line) => line.startsWith('held up: what the parent says could not be found out')),
    ).toBe(true);
    expect(steps(place).at(-1)).toBe('key finished');
  });
});

/** Until the rollover is in the phase, an hour at a time. */
async function until(place: Place, phase: string): Promise<void> {
  const { world, registry } = place;
  for (let hours = 0; world.dnssec(place.zoneId).signing?.rollover?.phase !== phase; hours += 1) {
    if (hours > 100 * 24) throw new Error(`never ${phase}: ${message(place)}`);
    registry.look(world, { delegation: [] } as unknown as Caches, place.zoneId);
    await world.pass(HOUR);
  }
}

async function place(kmsKey = true): Promise<Place> {
  const world = new StewardWorld(START);
  const registry = new Registry();
  world.parent = () => registry.told(world.now());
  const zoneId = world.zone('shop.example');
  await world.create(zoneId, 'one', 'ACTIVE', kmsKey ? world.kmsKey() : undefined);
  await world.enable(zoneId);
  registry.values = [world.ds(zoneId, 'one')];
  world.tag(zoneId, TAG, String(PERIOD));
  await world.start();
  return { world, registry, zoneId };
}

const hours = async ({ world, registry, zoneId }: Place, count: number): Promise<void> => {
  for (let left = count; left > 0; left -= 1) {
    registry.look(world, { delegation: [] } as unknown as Caches, zoneId);
    await world.pass(HOUR);
  }
};

describe('a key-signing key that rolls over by itself', { timeout: 120_000 }, () => {
  test('is published for three hours before the parent is told: for one of them resolvers keep the DNSKEY set without it', async () => {
    const at = await place();
    await until(at, 'published');
    const published = at.world.now();
    await until(at, 'told');
    // Looked at each hour.
    expect(at.world.now() - published).toBeGreaterThanOrEqual(2 * HOUR);
  });

  test('signs again when the parent goes back to it after it was retired', async () => {
    const at = await place();
    await until(at, 'retired');
    expect(keysOf(at)).toMatch(/^one=INACTIVE ksk_[0-9]+=ACTIVE$/);
    at.registry.values = [at.world.ds(at.zoneId, 'one')];
    at.registry.follows = false;
    // The resolver has cached the other for a day.
    await hours(at, 26);
    expect(keysOf(at)).toMatch(/^one=ACTIVE ksk_[0-9]+=ACTIVE$/);
    at.registry.follows = true;
    await until(at, 'waiting');
    expect(keysOf(at)).toMatch(/^ksk_[0-9]+=ACTIVE$/);
  });

  test.each(['published', 'told', 'retired'])(
    'is left as it is when the tag is removed once it is %s',
    async (phase) => {
      const at = await place();
      await until(at, phase);
      const before = keysOf(at);
      at.world.untag(at.zoneId, TAG);
      await hours(at, 30 * 24);
      expect([keysOf(at), message(at)]).toEqual([before, undefined]);
    },
  );

  test('goes on with both keys when the tag comes back', async () => {
    const at = await place();
    await until(at, 'told');
    at.world.untag(at.zoneId, TAG);
    await hours(at, 24);
    at.world.tag(at.zoneId, TAG, '30');
    await until(at, 'retired');
    await until(at, 'waiting');
    expect(keysOf(at)).toMatch(/^ksk_[0-9]+=ACTIVE$/);
  });

  test('is one that its owner brings where the keys are elsewhere; an older one does not come back', async () => {
    const at = await place(false);
    await hours(at, PERIOD * 24 + 1);
    expect(message(at)).toMatch(/due and does not begin: create the next key-signing key, INACTIVE/);
    await at.world.create(at.zoneId, 'two', 'INACTIVE');
    await until(at, 'published');
    await until(at, 'waiting');
    expect(keysOf(at)).toBe('two=ACTIVE');
    expect(at.world.kmsKeys()).toEqual([]);
  });

  test.each<[string, (at: Place) => void, RegExp]>([
    [
      'that the parent has no DS record of',
      ({ registry }) => void (registry.values = []),
      /has no DS record of key-signing key one$/,
    ],
    ['whose parent cannot be asked', ({ registry }) => void (registry.silent = true), /could not be found out/],
    [
      'that a tag names',
      ({ world, zoneId }) => world.tag(zoneId, 'waypost:cds', 'one'),
      /the tag waypost:cds says by name/,
    ],
  ])('does not begin with one %s', async (_, make, why) => {
    const at = await place();
    make(at);
    await hours(at, (PERIOD + 1) * 24);
    expect(message(at)).toMatch(why);
    expect([keysOf(at), steps(at)]).toEqual(['one=ACTIVE', []]);
  });

  test('moves the DS record of a parent that is hosted here, and leaves others there alone', async () => {
    const world = new StewardWorld(START);
    const [zoneId, parentId] = [world.zone('shop.example.com'), world.zone('example.com')];
    await world.create(zoneId, 'one', 'ACTIVE', world.kmsKey());
    await world.enable(zoneId);
    const foreign = `11111 13 2 ${'AB'.repeat(32)}`;
    const one = world.ds(zoneId, 'one');
    const ds = (values: string): string =>
      `CREATE shop.example.com NS a1.ns.test,a2.ns.test\nCREATE shop.example.com DS ${values}`;
    expect(world.house.batch(parentId, ds(`${one},${foreign}`))).toBe('ok');
    world.tag(zoneId, TAG, String(PERIOD));
    await world.start();
    const at = { world, registry: new Registry(), zoneId };
    await until(at, 'told');
    const set = () => world.house.list(parentId).recordSets.find(({ set: each }) => each.type === 'DS')?.set.values;
    const next = world.dnssec(zoneId).keySigningKeys[1]?.name ?? '';
    expect(set()).toEqual([foreign, world.ds(zoneId, next)]);
    await until(at, 'waiting');
    expect(keysOf(at)).toBe(`${next}=ACTIVE`);
    expect(world.served(zoneId)?.signedAhead.map(({ type }) => type)).toEqual(['DNSKEY']);
  });

  test('does not hold up others for long when nobody answers: after five in vain the rest of a round waits', async () => {
    const world = new StewardWorld(START);
    let asked = 0;
    world.parent = () => {
      asked += 1;
      return { silent: '192.0.2.53: timeout' };
    };
    const zones = Array.from({ length: 20 }, (_, at) => world.zone(`shop${at}.example`));
    for (const zoneId of zones) {
      await world.create(zoneId, 'one');
      await world.enable(zoneId);
      world.tag(zoneId, TAG, '30');
    }
    await world.start();
    asked = 0;
    // All are due in the same round.
    await world.pass(31 * DAY);
    for (let rounds = 0; rounds < 10; rounds += 1) await world.pass(1000);
    expect(asked).toBe(5);
    const why = zones.map((zoneId) => message({ world, registry: new Registry(), zoneId }));
    expect(why.filter((each) => each?.includes('could not be found out')).length).toBe(zones.length);
  });
});
