import { describe, expect, test } from 'vitest';
import { parseNetwork, type Network } from '../dns/network.ts';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { ask, queryOf, textOf, worldOf } from './answer-text.ts';
import { COUNTER } from './counters.ts';
import { ANSWER_KIND, newRateTable, RateLimit, type RateLimitSettings, type RateVerdict } from './rate-limit.ts';
import { PLAIN_ANSWERS } from './settings.ts';
import type { World } from './world.ts';

const SETTINGS: RateLimitSettings = {
  perSecond: 10,
  slip: 2,
  ipv4PrefixBits: 24,
  ipv6PrefixBits: 56,
  allowed: [],
};

/** How many of `count` answers pass at a time, in seconds; `draw` is 0.9 unless said otherwise: no slips. */
function passed(
  limit: RateLimit,
  count: number,
  client = '192.0.2.1',
  now = 1,
  kind: number = ANSWER_KIND.answer,
): number {
  return verdicts(limit, count, client, now, kind).filter((verdict) => verdict === 'pass').length;
}

function verdicts(
  limit: RateLimit,
  count: number,
  client: string,
  now: number,
  kind: number = ANSWER_KIND.answer,
  draw: (index: number) => number = () => 0.9,
): RateVerdict[] {
  const query = queryOf(`. A +client=${client}`);
  return Array.from({ length: count }, (_, index) =>
    limit.judge({ ...query, nowMilliseconds: now * 1000, draw: draw(index) }, kind),
  );
}

const limitOf = (settings: Partial<RateLimitSettings> = {}): RateLimit =>
  new RateLimit({ ...SETTINGS, ...settings }, newRateTable(0x5eed));

describe('one network and kind', () => {
  test('gets a second at once, then its rate', () => {
    const limit = limitOf();
    expect(passed(limit, 100)).toBe(11);
    expect([1.1, 1.2, 1.3].map((now) => passed(limit, 100, '192.0.2.1', now))).toEqual([1, 1, 1]);
    expect(passed(limit, 100, '192.0.2.1', 2.3)).toBe(10);
    expect(passed(limit, 100, '192.0.2.1', 3600)).toBe(11);
  });

  test('is not held back below it', () => {
    const limit = limitOf();
    for (let step = 0; step < 1000; step += 1) expect(passed(limit, 1, '192.0.2.1', 1 + step / 10)).toBe(1);
  });

  test('begins anew when the clock goes back, and after ticks have wrapped', () => {
    const limit = limitOf();
    passed(limit, 100, '192.0.2.1', 1_700_000_000);
    expect(passed(limit, 100, '192.0.2.1', 1_600_000_000)).toBe(11);
    expect(passed(limit, 100, '192.0.2.1', 1_600_000_000 + 6000)).toBe(11);
  });

  const networks: [string, string, number][] = [
    ['192.0.2.1', '192.0.2.200', 0],
    ['192.0.2.1', '192.0.3.1', 11],
    ['2001:db8::1', '2001:db8:0:ff:ffff::1', 0],
    ['2001:db8::1', '2001:db8:0:100::1', 11],
    ['2001:db8::1', '192.0.2.1', 11],
  ];
  test.each(networks)('when %s has spent its rate, %s gets %i', (first, second, expected) => {
    const limit = limitOf();
    passed(limit, 100, first);
    expect(passed(limit, 100, second)).toBe(expected);
  });

  test('other prefixes make other networks', () => {
    const limit = limitOf({ ipv4PrefixBits: 32, ipv6PrefixBits: 33 });
    passed(limit, 100, '192.0.2.1');
    passed(limit, 100, '2001:db8::1');
    expect(passed(limit, 100, '192.0.2.2')).toBe(11);
    expect(passed(limit, 100, '2001:db8:7fff::')).toBe(0);
    expect(passed(limit, 100, '2001:db8:8000::')).toBe(11);
  });

  test('each kind has its own', () => {
    const limit = limitOf();
    for (const kind of Object.values(ANSWER_KIND)) expect(passed(limit, 100, '192.0.2.1', 1, kind)).toBe(11);
  });
});

test('one in two of the others slips, by the draw; with 0 none does', () => {
  const share = (settings: Partial<RateLimitSettings>): number => {
    const all = verdicts(limitOf(settings), 1011, '192.0.2.1', 1, ANSWER_KIND.answer, (index) => (index % 100) / 100);
    return all.filter((verdict) => verdict === 'slip').length;
  };
  expect(share({ slip: 2 })).toBe(500);
  expect(share({ slip: 10 })).toBe(100);
  expect(share({ slip: 1 })).toBe(1000);
  expect(share({ slip: 0 })).toBe(0);
});

test('networks that are allowed have no limit', () => {
  const limit = limitOf({ allowed: [parseNetwork('192.0.2.128/25') as Network] });
  expect(passed(limit, 100, '192.0.2.129')).toBe(100);
  expect(passed(limit, 100, '192.0.2.1')).toBe(0);
});

test('workers with one table share the rates', () => {
  const table = newRateTable(7);
  expect(passed(new RateLimit(SETTINGS, table), 100)).toBe(11);
  expect(passed(new RateLimit(SETTINGS, table), 100)).toBe(0);
});

test('of thousands of networks below their rate hardly one is held back', () => {
  const limit = limitOf();
  let held = 0;
  for (let network = 0; network < 20_000; network += 1) {
    held += 5 - passed(limit, 5, `10.${network >> 8}.${network & 255}.1`);
  }
  // Three that share one word, now and then.
  expect(held).toBeLessThan(20);
});

const ZONE = `
$ZONE example.com.
@      900 SOA  ns1.example.com. host.example.com. 1 7200 900 1209600 60
www    60  A    192.0.2.1
*.wild 60  A    192.0.2.1
sub    60  NS   ns.example.net
`;

function limited(): World {
  const secret = Uint8Array.from({ length: 16 }, (_, index) => index);
  const settings = { ...PLAIN_ANSWERS, rateLimit: { ...SETTINGS, perSecond: 1 }, cookieSecrets: [secret] };
  return worldOf(zonesFromText(ZONE), 1 << 16, settings);
}

/** The first lines of the answers to a query that comes again and again. */
function flooded(world: World, query: string, count = 4): string[] {
  return Array.from({ length: count }, () => textOf(ask(world, query)).split('\n')[0] as string);
}

describe('an answer above the rate', () => {
  const rows: [string, string, string[]][] = [
    ['is not sent', 'www.example.com A +draw=0.9', ['NOERROR aa rd', 'NOERROR aa rd', 'silence', 'silence']],
    ['or is truncated', 'www.example.com A', ['NOERROR aa rd', 'NOERROR aa rd', 'NOERROR tc rd', 'NOERROR tc rd']],
    [
      'keeps EDNS',
      'www.example.com A +do',
      ['NOERROR aa rd edns=1232 do', 'NOERROR aa rd edns=1232 do', ...Array(2).fill('NOERROR tc rd edns=1232 do')],
    ],
    ['by TCP is sent', 'www.example.com A +tcp', Array(4).fill('NOERROR aa rd')],
    ['by TLS is sent', 'www.example.com A +tls', Array(4).fill('NOERROR aa rd')],
  ];
  test.each(rows)('%s', (_, query, expected) => expect(flooded(limited(), query)).toEqual(expected));

  test('gives a client that does cookies BADCOOKIE, and with that cookie everything (RFC 7873 §5.2.3)', () => {
    const world = limited();
    const client = '0001020304050607';
    const replies = flooded(world, `www.example.com A +cookie=${client}`);
    expect(replies.map((reply) => reply.split(' ')[0])).toEqual(['NOERROR', 'NOERROR', 'BADCOOKIE', 'BADCOOKIE']);
    const cookie = /cookie=([0-9a-f]{48})/.exec(replies[3] as string)?.[1] ?? '';
    const good = `NOERROR aa rd edns=1232 cookie=${cookie}`;
    expect(flooded(world, `www.example.com A +cookie=${cookie}`)).toEqual(Array(4).fill(good));
    expect(world.counters[COUNTER.rateSlipped]).toBe(2);
  });

  test('is counted', () => {
    const world = limited();
    flooded(world, 'www.example.com A +draw=0.9', 10);
    flooded(world, 'www.example.com A +draw=0.1', 10);
    expect(world.counters[COUNTER.rateDropped]).toBe(8);
    expect(world.counters[COUNTER.rateSlipped]).toBe(10);
  });

  test('takes nothing from other kinds', () => {
    const world = limited();
    const kinds = ['www A', 'x.wild A', 'www AAAA', 'no A', 'x.sub A', 'www AXFR'].map((each) =>
      each.replace(' ', '.example.com '),
    );
    for (const query of kinds) expect(flooded(world, `${query} +draw=0.9`)).toContain('silence');
    const fresh = limited();
    for (const query of kinds) expect(flooded(fresh, `${query} +draw=0.9`, 2)).not.toContain('silence');
    expect(flooded(fresh, 'other.wild.example.com A +draw=0.9', 1)).toEqual(['silence']);
  });
});
