import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePort } from '../../test/free-port.ts';
import { until } from '../../test/until.ts';
import { createOutsideTable, OutsideTable } from '../core/answer/routed/outside-table.ts';
import { House } from '../core/control/house-in-memory.ts';
import { outsideTargetNumber } from '../core/control/outside-targets.ts';
import { ANSWERS_FILE } from './answers-file.ts';
import { openOutsideHosts, type OutsideHosts, type OutsideOptions } from './outside-hosts.ts';
import { startUpstream, type TestUpstream } from './upstream-for-tests.ts';

let directory: string;
let upstream: TestUpstream;
let house: House;
let zone: string;
let hosts: OutsideHosts;
let memory: SharedArrayBuffer;
let told: string[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-outside-'));
  upstream = await startUpstream(await freePort());
  house = new House();
  zone = house.zone('example.com').zone.id;
  told = [];
});

afterEach(async () => {
  vi.useRealTimers();
  await hosts.close();
  await upstream.close();
  rmSync(directory, { recursive: true });
});

function open(more: Partial<OutsideOptions> = {}): void {
  memory = createOutsideTable(1000, 100);
  hosts = openOutsideHosts({
    directory,
    memory,
    resolvers: [upstream.address],
    view: () => house.draft,
    onFailing: (count, { name, type }, reason) => told.push(`${count} failing: ${name} ${type} ${reason}`),
    onRecovered: (count, { name, type }) => told.push(`${count} recovered: ${name} ${type}`),
    onWarning: (message) => told.push(message),
    ...more,
  });
}

function alias(line: string): void {
  expect(house.batch(zone, line)).toBe('ok');
  hosts.committed();
}

/** What the edge reads: `TTL address address`, `TTL` for no address, `unknown`. */
function answer(name: string, type = 'A'): string {
  const number = outsideTargetNumber(house.draft, name, type);
  if (number === undefined) return 'no target';
  const found = new OutsideTable(memory).read(number).answer;
  return found === undefined ? 'unknown' : [found.ttlSeconds, ...found.values].join(' ');
}

const INTERVALS = ['setInterval', 'clearInterval', 'performance', 'Date'] as const;

/** By a clock that a test has taken over; sockets know nothing of it. */
function pass(seconds: number): void {
  vi.advanceTimersByTime(seconds * 1000);
}

const settled = (): Promise<void> => until(() => hosts.settled());

test('a new alias’s host is asked for at once, for its own type', async () => {
  upstream.says.set('host.example.net. A', '20 192.0.2.2,192.0.2.1').set('host.example.net. AAAA', '300 2001:db8::1');
  open();
  expect(hosts.settled()).toBe(true);
  alias('CREATE example.com A ALIAS:host.example.net@ZOUTSIDE');
  expect(hosts.settled()).toBe(false);
  expect(answer('host.example.net.')).toBe('unknown');
  await settled();
  expect(answer('host.example.net.')).toBe('20 192.0.2.1 192.0.2.2');
  alias('CREATE example.com AAAA ALIAS:host.example.net@ZOUTSIDE');
  await settled();
  expect(answer('host.example.net.', 'AAAA')).toBe('60 2001:db8::1');
  expect(upstream.asked).toEqual(['host.example.net. A', 'host.example.net. AAAA']);
  expect(hosts.counts()).toMatchObject({ fresh: 2, stale: 0, empty: 0, unresolved: 0 });
});

test.each([
  ['NXDOMAIN', '0', { empty: 1 }, []],
  ['NOERROR', '0', { empty: 1 }, []],
  ['SERVFAIL', 'unknown', { unresolved: 1 }, ['1 failing: host.example.net. A SERVFAIL']],
  ['REFUSED', 'unknown', { unresolved: 1 }, ['1 failing: host.example.net. A REFUSED']],
])('%s is %s', async (says, expected, counts, words) => {
  upstream.says.set('host.example.net. A', says);
  open();
  alias('CREATE example.com A ALIAS:host.example.net@ZOUTSIDE');
  await settled();
  expect(answer('host.example.net.')).toBe(expected);
  expect(hosts.counts()).toMatchObject(counts);
  // Troubles are told a moment later.
  await until(() => told.length >= words.length);
  expect(told).toEqual(words);
});

test('silence is unknown', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', ...INTERVALS] });
  upstream.says.set('host.example.net. A', 'silence');
  open();
  alias('CREATE example.com A ALIAS:host.example.net@ZOUTSIDE');
  pass(8);
  await settled();
  expect(answer('host.example.net.')).toBe('unknown');
  expect(hosts.counts()).toMatchObject({ unresolved: 1 });
  pass(1);
  expect(told).toEqual(['1 failing: host.example.net. A timeout']);
});

test('an answer follows its host before the TTL has passed, and the last good one stands while looks fail', async () => {
  vi.useFakeTimers({ toFake: [...INTERVALS] });
  upstream.says.set('host.example.net. A', '5 192.0.2.1');
  open();
  alias('CREATE example.com A ALIAS:host.example.net@ZOUTSIDE');
  await settled();
  upstream.says.set('host.example.net. A', '5 192.0.2.7');
  pass(4);
  expect(upstream.asked).toHaveLength(1);
  pass(1);
  await until(() => answer('host.example.net.') === '5 192.0.2.7');
  upstream.says.set('host.example.net. A', 'SERVFAIL');
  pass(5);
  await until(() => hosts.counts().stale === 1);
  expect(answer('host.example.net.')).toBe('5 192.0.2.7');
  pass(1);
  expect(told).toEqual(['1 failing: host.example.net. A SERVFAIL']);
  upstream.says.set('host.example.net. A', '60 192.0.2.8');
  pass(5);
  await until(() => answer('host.example.net.') === '60 192.0.2.8');
  pass(1);
  expect(told.at(-1)).toBe('1 recovered: host.example.net. A');
  expect(hosts.counts().looks.get('SERVFAIL')).toBe(1);
});

test('a member that starts while its resolver is silent answers by what it knew', async () => {
  upstream.says.set('host.example.net. A', '300 192.0.2.1');
  open();
  alias('CREATE example.com A ALIAS:host.example.net@ZOUTSIDE');
  alias('CREATE example.com AAAA ALIAS:host.example.net@ZOUTSIDE');
  await settled();
  await hosts.close();
  upstream.says.set('host.example.net. A', 'silence');
  open();
  expect(hosts.settled()).toBe(true);
  expect(answer('host.example.net.')).toBe('30 192.0.2.1');
  expect(answer('host.example.net.', 'AAAA')).toBe('0');
  expect(hosts.counts()).toMatchObject({ stale: 2 });
});

test('without resolvers nobody is asked, and what was known stands', async () => {
  upstream.says.set('host.example.net. A', '300 192.0.2.1');
  open();
  alias('CREATE example.com A ALIAS:host.example.net@ZOUTSIDE');
  await settled();
  await hosts.close();
  open({ resolvers: undefined });
  expect(answer('host.example.net.')).toBe('30 192.0.2.1');
  expect(hosts.settled()).toBe(true);
  expect(upstream.asked).toHaveLength(1);
});

test('a file that is not ours is told, and left', async () => {
  writeFileSync(join(directory, ANSWERS_FILE), '{"answers":[{"name":1}]}');
  open();
  expect(told).toEqual(['the last answers of outside hosts cannot be read']);
  await hosts.close();
  expect(readFileSync(join(directory, ANSWERS_FILE), 'utf8')).toBe('{"answers":[{"name":1}]}');
});

test('more new hosts than are asked for at once are asked for all the same', async () => {
  open();
  for (let n = 0; n < 90; n += 1) {
    upstream.says.set(`h${n}.example.net. A`, `300 192.0.2.${n}`);
    expect(house.batch(zone, `CREATE h${n}.example.com A ALIAS:h${n}.example.net@ZOUTSIDE`)).toBe('ok');
  }
  hosts.committed();
  await settled();
  expect(hosts.counts()).toMatchObject({ fresh: 90 });
  expect(answer('h89.example.net.')).toBe('60 192.0.2.89');
  expect(upstream.asked).toHaveLength(90);
});
