import { describe, expect, test } from 'vitest';
import { Caches, DAY, dice, HOUR, months, START, tagOf } from './signed-months.ts';
import { arnOf, StewardWorld, type Fate } from './steward-world.ts';

const steps = (world: StewardWorld): string[] => world.log.filter((line) => /^(publish|sign|withdraw)$/.test(line));

/** Months take some seconds, more on a machine that has other things to do. */
describe('never bogus', { timeout: 60_000 }, () => {
  test('through five months, in which the zone-signing key changes every two to four weeks', async () => {
    const world = new StewardWorld(START);
    await months(150, world, []);
    expect(world.log).toEqual(steps(world));
    const rolled = steps(world).filter((step) => step === 'withdraw').length;
    expect(rolled).toBeGreaterThanOrEqual(150 / 30 - 1);
    expect(rolled).toBeLessThanOrEqual(150 / 14);
    expect(steps(world).slice(0, 6)).toEqual(['publish', 'sign', 'withdraw', 'publish', 'sign', 'withdraw']);
  });

  test('with a key-signing key that is changed by hand meanwhile', async () => {
    const world = new StewardWorld(START);
    const { zoneId } = await months(90, world, [
      { day: 30, run: (_, __, zone) => world.create(zone, 'two') },
      { day: 31, run: (_, caches, zone) => void (caches.delegation = [tagOf(world, zone, 'two')]) },
      { day: 33, run: (_, __, zone) => world.deactivate(zone, 'one') },
    ]);
    expect(world.status(zoneId)).toBe('SIGNING');
    expect(steps(world).length).toBeGreaterThanOrEqual(6);
  });

  test.each([1, 2])('with a member that dies between any two commands and before any answer (%i)', async (seed) => {
    const world = new StewardWorld(START);
    const roll = dice(seed);
    world.fate = (): Fate => (roll() < 0.5 ? 'done' : roll() < 0.5 ? 'lost' : 'unanswered');
    let deaths = 0;
    const { caches } = await months(75, world, [], async () => {
      for (; world.dead; deaths += 1) {
        // It is down for up to a day.
        for (let hours = roll() * 24; hours > 0; hours -= 1) await world.pass(HOUR);
        await world.start();
      }
    });
    expect(deaths).toBeGreaterThan(15);
    expect(caches.dnskeySets.size).toBeGreaterThanOrEqual(4);
  });

  test('with a key service that is away for three weeks; the key is shown as it is, and nothing is rolled over', async () => {
    const world = new StewardWorld(START);
    const seen: string[] = [];
    const look = (_: StewardWorld, __: Caches, zoneId: string): void =>
      void seen.push(`${world.status(zoneId)} ${world.dnssec(zoneId).keySigningKeys[0]?.status}`);
    const arn = (zoneId: string): string => arnOf(zoneId, 'one');
    let before = 0;
    await months(90, world, [
      {
        day: 40,
        run(_, __, zoneId) {
          before = steps(world).length;
          world.keys.off.set(arn(zoneId), { failed: 'disabled', message: 'the key is disabled' });
        },
      },
      { day: 42.1, run: look },
      {
        day: 61,
        run(_, caches, zoneId) {
          look(world, caches, zoneId);
          expect(steps(world).length - before).toBeLessThanOrEqual(1);
          world.keys.off.clear();
        },
      },
      { day: 61.5, run: look },
    ]);
    expect(seen).toEqual(['ACTION_NEEDED ACTION_NEEDED', 'ACTION_NEEDED ACTION_NEEDED', 'SIGNING ACTIVE']);
    expect(world.log).toContain('one fails: the key is disabled');
    expect(world.log).toContain('one works');
  });

  test('with a clock that is set ten days ahead, and back again after two', async () => {
    const world = new StewardWorld(START);
    const caches = new Caches();
    const zoneId = world.zone('shop.example');
    await world.create(zoneId, 'one');
    await world.enable(zoneId);
    await world.start();
    // Until a new key has just begun to sign.
    while (steps(world).at(-1) !== 'sign') await world.pass(HOUR);
    const keys = world.dnssec(zoneId).signing?.keys;
    world.set(world.now() + 10 * DAY);
    for (let hours = 0; hours < 48; hours += 1) await world.pass(HOUR);
    expect(world.log).toContain('clock jumped by 240 h');
    expect(world.dnssec(zoneId).signing?.keys.former).toEqual(keys?.former);
    world.set(world.now() - 10 * DAY);
    await world.pass(HOUR);
    expect(world.log).toContain('clock jumped by -240 h');
    for (let hours = 0; hours < 30 * 24; hours += 1) await world.pass(HOUR);
    expect(steps(world).slice(0, 3)).toEqual(['publish', 'sign', 'withdraw']);
    caches.look(world, zoneId);
  });
});

test('activating a key that could not be used tries it', async () => {
  const world = new StewardWorld(START);
  const zoneId = world.zone('shop.example');
  await world.create(zoneId, 'one');
  await world.enable(zoneId);
  await world.start();
  world.keys.off.set(arnOf(zoneId, 'one'), { failed: 'disabled', message: 'it is disabled' });
  for (let hours = 0; hours < 49; hours += 1) await world.pass(HOUR);
  expect(world.status(zoneId)).toBe('ACTION_NEEDED');
  const activate = async () => {
    const outcome = await world.desk().activateKeySigningKey({ hostedZoneId: zoneId, name: 'one' }, 'somebody');
    return 'refused' in outcome ? `${outcome.refused}: ${outcome.message}` : world.status(zoneId);
  };
  expect(await activate()).toBe('InvalidKMSArn: The KMS key of key-signing key one cannot be used: it is disabled');
  world.keys.off.clear();
  expect(await activate()).toBe('SIGNING');
});

test('a member that was off for two months signs anew at once', async () => {
  const world = new StewardWorld(START);
  const zoneId = world.zone('shop.example');
  await world.create(zoneId, 'one');
  await world.enable(zoneId);
  world.house.now(START + 60 * DAY);
  await world.start();
  for (let rounds = 0; rounds < 3; rounds += 1) await world.pass(1000);
  new Caches().look(world, zoneId);
  expect(world.dnssec(zoneId).signing?.dueAt).toBeGreaterThan(world.now());
});

test(
  'zones that came together do not come due together, and a round costs what is due',
  { timeout: 60_000 },
  async () => {
    const world = new StewardWorld(START);
    const zones = 200;
    for (let at = 0; at < zones; at += 1) {
      const zoneId = world.zone(`shop${at}.example`);
      await world.create(zoneId, 'one');
      await world.enable(zoneId);
    }
    await world.start();
    world.commands = 0;
    world.keys.signatures = 0;
    const hourly: number[] = [];
    for (let hours = 0; hours < 6 * 24; hours += 1) {
      const before = world.commands;
      await world.pass(HOUR);
      hourly.push(world.commands - before);
    }
    // A turn is two days: each zone comes once in it, and has one signature made.
    expect(world.commands).toBe(zones * 3);
    expect(world.keys.signatures).toBe(zones * 3);
    expect(Math.max(...hourly)).toBeLessThan((zones / 48) * 5);
  },
);
