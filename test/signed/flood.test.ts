import { describe, expect, test } from 'vitest';
import { ask } from '../../src/core/answer/answer-text.ts';
import { COUNTER } from '../../src/core/answer/counters.ts';
import { newRateTable } from '../../src/core/answer/rate-limit.ts';
import { PLAIN_ANSWERS } from '../../src/core/answer/settings.ts';
import { SigningBudget, type SigningRates, type SigningRatesOf } from '../../src/core/answer/signed/signing-budget.ts';
import { createZoneQueryTable } from '../../src/core/answer/zone-queries.ts';
import { ZoneQuerySums } from '../../src/core/answer/zone-query-sums.ts';
import type { Rrsig } from '../../src/core/dns/rdata/rrsig.ts';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { PERIOD_SECONDS } from '../../src/core/dnssec/periods.ts';
import { NOW_SECONDS, PLENTY, shortText, SignedWorld } from './ask-signed.ts';
import { ZONE } from './small-zone.ts';

describe('denials below one name begin with the same octets', () => {
  const octetsOf = ({ world }: SignedWorld, query: string): Uint8Array => ask(world, `${query} +now=${NOW_SECONDS}`);

  test.each([
    'x.example.com A +do',
    'a.much.longer.name.that.is.not.there.example.com AAAA +do',
    `${'l'.repeat(63)}.${'m'.repeat(63)}.${'n'.repeat(63)}.example.com TXT +do`,
    'X.eXample.COM MX +do',
    'x.example.com DS +do +co',
    'x.example.com ANY +do +tcp',
    'x.example.com NSEC +do',
    'x.example.com RRSIG +do',
    'x.www.example.com A +do',
    'x.example.com A +do +edns=512',
  ])('%s: as if it were the first', (query) => {
    const signer = { sign: () => new Uint8Array(64).fill(1) };
    const [fresh, asked] = [0, 1].map(() => new SignedWorld(ZONE, {}, { signer })) as [SignedWorld, SignedWorld];
    for (const before of ['b.example.com A +do', 'c.www.example.com A +do']) octetsOf(asked, before);
    expect(octetsOf(asked, query)).toEqual(octetsOf(fresh, query));
    const proven = new SignedWorld(ZONE);
    proven.prove('b.example.com A +do');
    const proof = query.includes(' NSEC ') || query.includes(' RRSIG ') ? 'answer' : 'no such name';
    expect(proven.prove(query)).toBe(proof);
  });

  test('until the zone is another', () => {
    const signed = new SignedWorld(ZONE);
    const changed = (): void => signed.world.versions.zoneChanged('Z1');
    expect(signed.prove('a.example.com A +do')).toBe('no such name');
    signed.sign('Z1', { seed: 2 });
    changed();
    expect(signed.prove('b.example.com A +do')).toBe('no such name');
    signed.zones.addValue('Z1', '*.example.com.', 'A', 60, '192.0.2.9');
    changed();
    expect(signed.prove('c.example.com A +do')).toBe('answer');
  });

  test('and with a signature that counts for a day more', () => {
    const signed = new SignedWorld(ZONE);
    for (let hour = 0; hour < 60; hour += 1) {
      const now = NOW_SECONDS + hour * 3600;
      for (const name of ['a', 'b']) {
        const query = `${name}${hour}.example.com A +do +now=${now}`;
        expect(signed.prove(query)).toBe('no such name');
        const ends = signed
          .ask(query)
          .authorities.flatMap(({ type, value }) => (type === TYPE.RRSIG ? [(value as Rrsig).expiration - now] : []));
        expect(ends).toHaveLength(2);
        expect(Math.min(...ends)).toBeGreaterThanOrEqual(24 * 3600);
      }
    }
  });
});

describe('when there is no time to sign', () => {
  const none = { perSecond: 0, burst: 0 };
  const unbounded = PLENTY.all;
  const once = (count: number): SigningRatesOf => ({ all: { perSecond: 0, burst: count }, endless: unbounded });
  const world = (udp: SigningRatesOf, streams: SigningRatesOf = PLENTY, looks: SigningRates = unbounded) =>
    new SignedWorld(ZONE, {}, { signingBudget: new SigningBudget(udp, streams, looks) });

  test('UDP is told to come by TCP, which has time of its own', () => {
    const signed = world({ all: none, endless: none });
    expect(shortText(signed.ask('www.example.com A +do'))).toBe('NOERROR tc do');
    expect(signed.prove('www.example.com A +do +tcp')).toBe('answer');
    // Now it need not be signed any more.
    expect(signed.prove('www.example.com A +do')).toBe('answer');
    expect(shortText(signed.ask('www.example.com A')).split('\n')).toHaveLength(2);
  });

  test('by TCP another server must do', () => {
    const signed = world({ all: none, endless: none }, { all: none, endless: none });
    expect(shortText(signed.ask('www.example.com A +do +tcp'))).toBe('SERVFAIL do ede=14');
    expect(signed.world.counters[COUNTER.signingPutOff]).toBeGreaterThan(0);
  });

  test('what was signed in the period before answers on', () => {
    const signed = world(once(1));
    signed.prove('www.example.com A +do');
    const later = NOW_SECONDS + PERIOD_SECONDS;
    expect(signed.prove(`www.example.com A +do +now=${later}`)).toBe('answer');
    expect(shortText(signed.ask(`mail.example.com A +do +now=${later}`))).toBe('NOERROR tc do');
    expect(shortText(signed.ask(`www.example.com A +do +now=${later + PERIOD_SECONDS}`))).toBe('NOERROR tc do');
  });

  test('names without end have a time of their own, and leave it to the others', () => {
    const signed = world({ all: unbounded, endless: { perSecond: 0, burst: 4 } });
    const answers = Array.from({ length: 20 }, (_, n) => shortText(signed.ask(`n${n}.example.com A +do`)));
    // The SOA's signature is the first one's debt.
    expect(answers.filter((text) => text !== 'NOERROR tc do')).toHaveLength(3);
    expect(shortText(signed.ask('a.wild.example.com A +do'))).toBe('NOERROR tc do');
    expect(signed.prove('www.example.com A +do')).toBe('answer');
    expect(signed.prove('www.example.com MX +do')).toBe('nodata');
    expect(signed.prove('sub.example.com A +do')).toBe('insecure referral');
  });

  describe('and neither to look whether there is such a name', () => {
    const flooded = (...asked: string[]): SignedWorld => {
      const signed = world({ all: unbounded, endless: { perSecond: 0, burst: 1 } }, PLENTY, none);
      for (const query of [...asked, 'first.example.com A +do']) signed.ask(query);
      return signed;
    };

    test('a name that does not exist costs no read of the store', () => {
      const signed = flooded();
      const { zones } = signed;
      let reads = 0;
      for (const each of ['node', 'zonesAt', 'signing', 'hasZonesBelow'] as const) {
        const read = zones[each].bind(zones) as (...parameters: string[]) => never;
        zones[each] = (...parameters: string[]) => ((reads += 1), read(...parameters));
      }
      for (let n = 0; n < 100; n += 1) {
        expect(shortText(signed.ask(`n${n}.x${n % 7}.example.com A +do`))).toBe('NOERROR tc do');
      }
      expect(reads).toBe(0);
      expect(signed.prove('n1.x1.example.com A +do +tcp')).toBe('no such name');
      expect(reads).toBeGreaterThan(0);
    });

    test.each([
      ['that was asked for before', ['www.example.com A +do'], 'www.example.com A +do', 'answer'],
      ['of which something else was asked for', ['www.example.com A +do'], 'www.example.com MX +do', undefined],
      ['that was not', [], 'www.example.com A +do', undefined],
      ['of a wildcard', [], 'a.wild.example.com A +do', undefined],
      ['of a wildcard and nothing else', ['b.wild.example.com A +do'], 'a.wild.example.com A +do', undefined],
      ['below a cut', [], 'a.sub.example.com A +do', undefined],
      ['below a cut that is known', ['b.sub.example.com A +do'], 'a.sub.example.com A +do', 'insecure referral'],
    ])('a name %s, of a zone that has changed meanwhile', (_, before, query, proof) => {
      const signed = flooded(...before);
      const { versions } = signed.world;
      const prove = (): string => signed.prove(query);
      const isPutOff = (): void => expect(shortText(signed.ask(query))).toBe('NOERROR tc do');
      if (proof === undefined) isPutOff();
      else expect(prove()).toBe(proof);
      versions.zoneChanged('Z1');
      // What is known of enclosers is of a version, too: somebody asks first.
      shortText(signed.ask('another.example.com A +do'));
      if (proof === 'answer') expect(prove()).toBe(proof);
      else isPutOff();
      expect(signed.prove(`${query} +tcp`)).toMatch(/^(answer|nodata|insecure referral)$/);
      expect(shortText(signed.ask(query.replace(' +do', '')))).not.toContain('tc');
    });
  });

  test('names below a name of which nothing is known yet are looked for', () => {
    const signed = world({ all: unbounded, endless: none }, PLENTY, none);
    expect(signed.prove('www.example.com A +do')).toBe('answer');
  });

  test('time comes again, a little each millisecond', () => {
    const budget = new SigningBudget({ all: { perSecond: 1000, burst: 2 }, endless: unbounded });
    const sign = (now: number): boolean => {
      const allowed = budget.allows('udp', false, now);
      if (allowed) budget.spend('udp', false, 1);
      return allowed;
    };
    expect([5, 5, 5, 6, 6, 7, 100, 100, 100].map((now) => sign(now))).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
      true,
      true,
      false,
    ]);
    // A clock that is set back gives nothing, and from there on it goes on.
    expect([50, 51, 51].map((now) => sign(now))).toEqual([false, true, false]);
  });
});

test('a name that does not exist is counted for its zone each time, signed, kept or put off', () => {
  const memory = createZoneQueryTable();
  const sums = new ZoneQuerySums([memory]);
  const endless = { perSecond: 0, burst: 4 };
  const signingBudget = new SigningBudget({ all: PLENTY.all, endless });
  const { world } = new SignedWorld(ZONE, {}, { zoneQueries: memory, signingBudget });
  const queries = Array.from({ length: 9 }, (_, n) => `n${n >> 1}.example.com A +do +now=${NOW_SECONDS}`);
  for (const [asked, query] of queries.entries()) {
    ask(world, query);
    // Another zone's name in between.
    ask(world, `www.elsewhere.org A +do +now=${NOW_SECONDS}`);
    expect([asked, Object.fromEntries(sums.take().queries)]).toEqual([asked, { Z1: 1 }]);
  }
});

test('a flood of names that do not exist puts out no other plan', () => {
  let made = 0;
  const signer = {
    // What these signatures are worth is of no matter here.
    sign: () => new Uint8Array(64).fill((made += 1)),
  };
  const signed = new SignedWorld(ZONE, {}, { signer, signingBudget: new SigningBudget(PLENTY), planBytesMax: 2 ** 18 });
  for (const name of ['www', 'first']) signed.ask(`${name}.example.com A +do`);
  const { counters, plans } = signed.world;
  const entries = plans.entries;
  for (let n = 0; n < 2000; n += 1) signed.ask(`n${n}.example.com A +do`);
  expect(signed.world.signed.endless.laps).toBeGreaterThan(2);
  expect(plans.entries).toBe(entries);
  const before = counters[COUNTER.signatures];
  signed.ask('www.example.com A +do');
  expect(counters[COUNTER.signatures]).toBe(before);
});

test.each([
  ['names that do not exist', (n: number) => `n${n}.example.com A +do`],
  ['names of a wildcard', (n: number) => `n${n}.wild.example.com A +do`],
])('a network whose rate is spent on %s keeps that of other answers', (_, flood) => {
  const rateLimit = { perSecond: 10, slip: 0, ipv4PrefixBits: 24, ipv6PrefixBits: 56, allowed: [] };
  const settings = { ...PLAIN_ANSWERS, rateLimit };
  const more = { signingBudget: new SigningBudget(PLENTY), settings, rateTable: newRateTable(1) };
  const { world } = new SignedWorld(ZONE, {}, more);
  const octets = (query: string): number => ask(world, `${query} +now=${NOW_SECONDS}`).length;
  for (let n = 0; n < 30; n += 1) octets(flood(n));
  expect(octets(flood(1))).toBe(0);
  expect(octets('www.example.com A +do')).toBeGreaterThan(0);
  expect(octets('www.example.com MX +do')).toBeGreaterThan(0);
});
