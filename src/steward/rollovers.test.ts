import { describe, expect, test } from 'vitest';
import { parseName } from '../core/dns/name.ts';
import { parseRdata } from '../core/dns/rdata-types.ts';
import type { Rrsig } from '../core/dns/rdata/rrsig.ts';
import type { Dnskey } from '../core/dns/rdata/dnskey.ts';
import { TYPE } from '../core/dns/record-type.ts';
import { keyTag } from '../core/dnssec/keys.ts';
import { signedPeriodAt } from '../core/dnssec/periods.ts';
import { octetsToSign, rrsetOfValues } from '../core/dnssec/rrset-signature.ts';
import type { SigningAlgorithm } from '../core/dnssec/zone-signing.ts';
import { isSignature } from '../keys/private-key.ts';
import { arnOf, StewardWorld, type Fate } from './steward-world.ts';

/**
 * Months of a signed zone, and at every moment: whatever a resolver may have kept of it validates with whatever else it may have kept
 * (RFC 7583 §3). Signatures are kept for a week at most, DNSKEY sets for an hour, DS sets for a day.
 */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SIGNED_KEPT = 7 * DAY;
const DNSKEY_KEPT = HOUR;
const DS_KEPT = DAY;
/** How wrong a resolver's clock may be. */
const SKEW_SECONDS = 3600;
/** How long a member answers with what it has compiled. */
const PLAN_KEPT_SECONDS = 12 * 3600;
const START = Date.UTC(2026, 0, 1);

interface Kept<V> {
  readonly at: number;
  readonly value: V;
}

/** All that resolvers may hold. A thing that was served until now may have been fetched just now. */
class Caches {
  readonly #signers: Kept<string>[] = [];
  readonly #dnskeys: Kept<{ readonly keys: readonly string[]; readonly signers: readonly number[] }>[] = [];
  readonly #delegations: Kept<readonly number[]>[] = [];
  /** Tags of the keys that the parent's DS set has. */
  delegation: readonly number[] = [];
  dnskeySets = new Set<string>();
  readonly #verified = new Set<string>();

  look(world: StewardWorld, zoneId: string): void {
    const now = world.now();
    const served = world.served(zoneId);
    const set = served?.signedAhead.find(({ type }) => type === 'DNSKEY');
    if (served === undefined || set === undefined) throw new Error('the zone is not signed');
    const period = signedPeriodAt(set, now / 1000);
    const signatures = period?.signatures ?? [];
    for (const signature of signatures) this.#check(signature, set.ttlSeconds, set.values, now / 1000);
    const signers = signatures.map((each) => rrsigOf(each).keyTag);
    const keys = set.values.map((value) => value.split(' ')[3] ?? '');
    const signer = world.dnssec(zoneId).signing?.keys.signer.publicKey ?? '';
    expect(keyTag(dnskeyOf(`256 3 13 ${signer}`))).toBe(served.signer.tag);
    keep(this.#signers, now, SIGNED_KEPT, signer);
    keep(this.#dnskeys, now, DNSKEY_KEPT, { keys, signers });
    keep(this.#delegations, now, DS_KEPT, this.delegation);
    this.dnskeySets.add(keys.join(' '));
    for (const { value: dnskey } of this.#dnskeys) {
      for (const { value } of this.#signers) {
        if (!dnskey.keys.includes(value)) throw new Error(`${new Date(now).toISOString()}: ${value} is known nowhere`);
      }
      for (const { value: tags } of this.#delegations) {
        if (tags.length > 0 && !tags.some((tag) => dnskey.signers.includes(tag))) {
          throw new Error(`${new Date(now).toISOString()}: no DS of ${tags.join()} leads to ${dnskey.signers.join()}`);
        }
      }
    }
  }

  /** It validates, also by clocks that are wrong, and for as long as it may be kept and a plan serves it. */
  #check(text: string, ttlSeconds: number, values: readonly string[], now: number): void {
    const { signature, ...fields } = rrsigOf(text);
    const until = now + ttlSeconds + PLAN_KEPT_SECONDS + SKEW_SECONDS;
    if (fields.inception > now - SKEW_SECONDS || fields.expiration < until) throw new Error(`${text} at ${now}`);
    if (this.#verified.has(text)) return;
    this.#verified.add(text);
    const rrset = rrsetOfValues(parseName('shop.example.'), TYPE.DNSKEY, ttlSeconds, values);
    const key = values.map(dnskeyOf).find((each) => keyTag(each) === fields.keyTag && each.flags === 257);
    if (key === undefined) throw new Error(`${text} is of a key that is not there`);
    const algorithm = fields.algorithm as SigningAlgorithm;
    expect(isSignature(algorithm, key.publicKey, octetsToSign(fields, rrset), signature)).toBe(true);
  }
}

function keep<V>(kept: Kept<V>[], now: number, milliseconds: number, value: V): void {
  kept.push({ at: now, value });
  while ((kept[0]?.at ?? now) < now - milliseconds) kept.shift();
}

function dnskeyOf(value: string): Dnskey {
  return parseRdata(TYPE.DNSKEY, value, 'zone-file') as Dnskey;
}

function rrsigOf(text: string): Rrsig {
  return parseRdata(TYPE.RRSIG, text, 'zone-file') as Rrsig;
}

/** Numbers from 0 to 1, the same for the same seed. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Event {
  readonly day: number;
  run(world: StewardWorld, caches: Caches, zoneId: string): Promise<void> | void;
}

async function months(
  days: number,
  world: StewardWorld,
  events: Event[],
  each?: (world: StewardWorld) => Promise<void>,
) {
  const roll = dice(days);
  const caches = new Caches();
  const zoneId = world.zone('shop.example');
  await world.create(zoneId, 'one');
  await world.enable(zoneId);
  await world.start();
  caches.delegation = [tagOf(world, zoneId, 'one')];
  const left = [...events];
  while (world.now() < START + days * DAY) {
    await each?.(world);
    caches.look(world, zoneId);
    while (left[0] !== undefined && world.now() >= START + left[0].day * DAY)
      await left.shift()?.run(world, caches, zoneId);
    caches.look(world, zoneId);
    await world.pass(Math.floor(10_000 + roll() * roll() * 4 * HOUR));
  }
  return { zoneId, caches };
}

function tagOf(world: StewardWorld, zoneId: string, name: string): number {
  return Number(world.ds(zoneId, name).split(' ')[0]);
}

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
    await hours(23, 'enabled');
    await hours(2, 'a day later');
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
      ['a day later', 'one'],
      ['another key', 'one'],
      ['known everywhere', 'one two'],
      ['only that', 'two'],
      ['none any more', ''],
    ]);
  },
);

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
