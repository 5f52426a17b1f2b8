import { describe, expect, test } from 'vitest';
import { ask } from '../../src/core/answer/answer-text.ts';
import { COUNTER } from '../../src/core/answer/counters.ts';
import { newRateTable } from '../../src/core/answer/rate-limit.ts';
import { PLAIN_ANSWERS } from '../../src/core/answer/settings.ts';
import { SigningBudget, type SigningRates, type SigningRatesOf } from '../../src/core/answer/signed/signing-budget.ts';
import type { Message } from '../../src/core/dns/message.ts';
import type { Rrsig } from '../../src/core/dns/rdata/rrsig.ts';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { PERIOD_SECONDS } from '../../src/core/dnssec/periods.ts';
import { NOW_SECONDS, PLENTY, shortText, SignedWorld } from './ask-signed.ts';
import { testSigner } from './keys.ts';

const ZONE = `
$ZONE example.com.
@      900 SOA   ns1.example.com. host.example.com. 1 7200 900 1209600 60
@      300 NS    ns1.example.com.
www    60  A     192.0.2.1
mail   60  A     192.0.2.25
c      60  CNAME www.example.com.
*.wild 60  A     192.0.2.7
sub    300 NS    ns.sub.example.com.
ns.sub 300 A     192.0.2.99
`;

/** How many signatures the queries take. */
function signaturesFor(signed: SignedWorld, ...queries: string[]): number {
  const { counters } = signed.world;
  const before = counters[COUNTER.signatures] as number;
  for (const query of queries) signed.prove(query);
  return (counters[COUNTER.signatures] as number) - before;
}

function signatureIn({ answers }: Message): Rrsig {
  return answers.find(({ type }) => type === TYPE.RRSIG)?.value as Rrsig;
}

describe('a signature is made when it is first asked for, and once', () => {
  test.each([
    [['www.example.com A +do', 'WWW.example.com A +do'], 1],
    [['c.example.com A +do'], 2],
    [['c.example.com A +do', 'www.example.com A +do', 'c.example.com CNAME +do'], 2],
    // The SOA's once, and an NSEC for each name, whatever types of it are denied.
    [['www.example.com MX +do', 'www.example.com TXT +do', 'mail.example.com TXT +do'], 3],
    [['x.example.com A +do', 'y.example.com A +do', 'x.example.com A +do'], 3],
    [['x.example.com A +do', 'x.example.com A +do +co'], 2],
    [['a.wild.example.com A +do', 'b.wild.example.com A +do', 'a.wild.example.com A +do'], 2],
    [['a.sub.example.com A +do', 'b.sub.example.com A +do', 'sub.example.com A +do'], 1],
    [['example.com DNSKEY +do'], 0],
    [['www.example.com A'], 0],
  ])('%j: %i', (queries, signatures) => {
    const signed = new SignedWorld(ZONE);
    const asked = queries.filter((query) => query.includes('+do'));
    for (const query of queries) if (!query.includes('+do')) signed.ask(query);
    expect(signaturesFor(signed, ...asked)).toBe(signatures);
  });
});

test('a change to the zone signs anew only what is other than it was', () => {
  const signed = new SignedWorld(ZONE);
  signaturesFor(signed, 'www.example.com A +do', 'mail.example.com A +do');
  signed.zones.addValue('Z1', 'www.example.com.', 'A', 60, '192.0.2.2');
  signed.world.versions.zoneChanged('Z1');
  expect(shortText(signed.ask('www.example.com A +do'))).toContain('192.0.2.2');
  expect(signaturesFor(signed, 'www.example.com A +do', 'mail.example.com A +do')).toBe(0);
  expect(signed.world.counters[COUNTER.signatures]).toBe(3);
});

test('another zone-signing key signs everything anew', () => {
  const signed = new SignedWorld(ZONE);
  signed.prove('www.example.com A +do');
  signed.sign('Z1', { seed: 2, algorithm: 13 });
  signed.world.versions.zoneChanged('Z1');
  expect(signed.prove('www.example.com A +do')).toBe('answer');
  expect(signed.prove('nothing.example.com A +do')).toBe('no such name');
});

describe('a zone-signing key takes over', () => {
  /** Tags of the keys that signed the answers' RRsets. */
  const signers = (signed: SignedWorld, ...queries: string[]): number[] =>
    queries.map((query) => {
      expect(signed.prove(query)).not.toBe('');
      return signatureIn(signed.ask(query)).keyTag;
    });
  const rolledTo = (signed: SignedWorld, seed: number, former?: number): number => {
    signed.sign('Z1', { seed, ...(former === undefined ? {} : { former }) });
    signed.world.versions.zoneChanged('Z1');
    return signed.zones.signing('Z1')?.signer.tag as number;
  };

  test('what the former one has signed in this period counts on, and new signatures are by the new one', () => {
    const signed = new SignedWorld(ZONE);
    const former = rolledTo(signed, 1);
    signed.prove('www.example.com A +do');
    const made = signed.world.counters[COUNTER.signatures] as number;
    const next = rolledTo(signed, 2, 1);
    expect(signers(signed, 'www.example.com A +do', 'mail.example.com A +do')).toEqual([former, next]);
    expect(signed.world.counters[COUNTER.signatures]).toBe(made + 1);
    signed.zones.addValue('Z1', 'www.example.com.', 'A', 60, '192.0.2.2');
    signed.world.versions.zoneChanged('Z1');
    expect(signers(signed, 'www.example.com A +do', 'mail.example.com A +do')).toEqual([next, next]);
  });

  test('with the next period everything is signed by the new one', () => {
    const signed = new SignedWorld(ZONE);
    const former = rolledTo(signed, 1);
    signed.prove('www.example.com A +do');
    const next = rolledTo(signed, 2, 1);
    const hours = Array.from({ length: 13 }, (_, hour) => hour);
    const tags = hours.flatMap((hour) => signers(signed, `www.example.com A +do +now=${NOW_SECONDS + hour * 3600}`));
    expect(tags[0]).toBe(former);
    expect(tags.at(-1)).toBe(next);
    expect(tags).toEqual(tags.toSorted((a, b) => tags.indexOf(a) - tags.indexOf(b)));
  });

  test('once the former one is withdrawn nothing of its signatures is answered, whatever the clock says', () => {
    const signed = new SignedWorld(ZONE);
    const former = rolledTo(signed, 1);
    const queries = ['www.example.com A +do', 'mail.example.com A +do', 'c.example.com CNAME +do'];
    expect(signers(signed, ...queries)).toEqual([former, former, former]);
    rolledTo(signed, 2, 1);
    signed.prove(queries[0] as string);
    const next = rolledTo(signed, 2);
    expect(signers(signed, ...queries)).toEqual([next, next, next]);
    const last = rolledTo(signed, 3, 2);
    expect(signers(signed, ...queries)).toEqual([next, next, next]);
    expect(rolledTo(signed, 3)).toBe(last);
    expect(signers(signed, ...queries)).toEqual([last, last, last]);
  });

  test('denials of names that exist are kept as well, and those of others are signed anew', () => {
    const signed = new SignedWorld(ZONE);
    signaturesFor(signed, 'www.example.com MX +do', 'x.example.com A +do');
    rolledTo(signed, 2, 1);
    expect(signaturesFor(signed, 'www.example.com MX +do')).toBe(0);
    expect(signaturesFor(signed, 'x.example.com A +do')).toBe(1);
  });
});

test('once the zone is signed no more, nothing of its signatures is answered', () => {
  const signed = new SignedWorld(ZONE);
  signed.prove('www.example.com A +do');
  signed.zones.setSigning('Z1', undefined);
  signed.world.versions.zoneChanged('Z1');
  for (const name of ['www', 'x']) {
    const [withDo, without] = ['+do', '+edns=1232'].map((option) =>
      shortText(signed.ask(`${name}.example.com A ${option}`)).replace(' do', ''),
    );
    expect(withDo).toBe(without);
  }
});

test('news that were missed forget everything', () => {
  const signed = new SignedWorld(ZONE);
  signed.prove('www.example.com A +do');
  signed.sign('Z1', { seed: 3 });
  signed.world.versions.everythingChanged();
  expect(signed.prove('www.example.com A +do')).toBe('answer');
});

test('signatures are renewed in every period, and count well beyond it', () => {
  const signed = new SignedWorld(ZONE);
  const expirations = new Set<number>();
  for (let hour = 0; hour < 48; hour += 1) {
    const now = NOW_SECONDS + hour * 3600;
    const { expiration } = signatureIn(signed.ask(`www.example.com A +do +now=${now}`));
    expect(expiration - now).toBeGreaterThan(24 * 3600);
    expirations.add(expiration);
    expect(signed.prove(`www.example.com A +do +now=${now}`)).toBe('answer');
  }
  expect(expirations.size).toBeGreaterThanOrEqual(4);
  expect(expirations.size).toBeLessThanOrEqual(6);
  expect(signed.world.counters[COUNTER.signatures]).toBe(expirations.size);
});

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

test('a zone that nobody changes is answered with signatures of the apex that were made since', () => {
  const signed = new SignedWorld(ZONE);
  signed.prove('example.com DNSKEY +do');
  // All signatures that there were at first have expired by then.
  const later = NOW_SECONDS + 60 * 86_400;
  signed.sign('Z1', { from: later - 86_400 });
  expect(signed.prove(`example.com DNSKEY +do +now=${later}`)).toBe('answer');
});

test('the apex is signed by the signatures that have begun', () => {
  const signed = new SignedWorld(ZONE);
  const days = [0, 3, 8, 15].map((day) => NOW_SECONDS + day * 86_400);
  const used = days.map((now) => {
    expect(signed.prove(`example.com DNSKEY +do +now=${now}`)).toBe('answer');
    return signatureIn(signed.ask(`example.com DNSKEY +do +now=${now}`)).inception;
  });
  expect(used[0]).toBe(used[1]);
  expect(used[2]).toBeGreaterThan(used[1] as number);
  expect(used[3]).toBe(used[2]);
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

test('plans without signatures have all room until something is signed, and then signatures have their part of it', () => {
  const bytesMax = 2 ** 18;
  const signed = new SignedWorld(ZONE, { unsigned: ['example.com.'] }, { planBytesMax: bytesMax });
  const { world } = signed;
  const octets = () => [world.plans.bytes.length, world.signed.endless.bytes.length];
  const answers = ['www.example.com A', 'nothing.example.com A +do'].map((query) => signed.dig(query));
  const [alone = 0] = octets();
  signed.sign('Z1');
  world.versions.zoneChanged('Z1');
  expect(signed.dig('www.example.com A')).toBe(answers[0]);
  expect(octets()[0]).toBe(alone);
  expect(signed.prove('www.example.com A +do')).toBe('answer');
  const [plans = 0, endless = 0] = octets();
  expect(plans / alone).toBeCloseTo(13 / 16, 2);
  expect(endless / alone).toBeCloseTo(2 / 16, 2);
  expect(signed.dig('www.example.com A')).toBe(answers[0]);
  signed.zones.setSigning('Z1', undefined);
  world.versions.everythingChanged();
  expect(world.plans.entries).toBe(0);
  expect(signed.dig('nothing.example.com A +do')).toBe(answers[1]);
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

test('whoever asks for signatures and whoever does not are answered from their own plans, in any order', () => {
  const signed = new SignedWorld(
    `${ZONE}\n$ZONE plain.net.\n@ 60 SOA ns.plain.net. h.plain.net. 1 2 3 4 5\nwww 60 A 192.0.2.9`,
    {
      unsigned: ['plain.net.'],
    },
  );
  const queries = ['www.example.com A', 'www.plain.net A', 'x.example.com A', 'x.plain.net A', 'a.sub.example.com A'];
  const expected = new Map<string, string>();
  for (let round = 0; round < 60; round += 1) {
    const query = `${queries[round % 5]}${(round * 7) % 3 === 0 ? '' : ' +do'}`;
    const text = shortText(signed.ask(query));
    expect(text).toBe(expected.get(query) ?? text);
    expected.set(query, text);
    expect(text.includes('RRSIG')).toBe(query.includes('example.com') && query.includes('+do'));
  }
  expect(signed.world.counters[COUNTER.planMisses]).toBeLessThanOrEqual(expected.size);
});

test('the signer is asked with what the zone says of its key', () => {
  const keys: unknown[] = [];
  const signer = {
    sign: (...[key, octets]: Parameters<typeof testSigner.sign>) => (keys.push(key), testSigner.sign(key, octets)),
  };
  const signed = new SignedWorld(ZONE, {}, { signer });
  signed.prove('www.example.com A +do');
  expect(keys).toEqual([signed.zones.signing('Z1')?.signer]);
});
