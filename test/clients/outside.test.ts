import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startPeer, type Peer } from '../peers/peer.ts';
import { PROGRAMS } from '../peers/programs.ts';
import { lacks, newDataDirectory, run, startMember, type Member } from './member.ts';
import { freePort } from '../free-port.ts';

/** An apex that is an alias of another server's host, by the AWS CLI and dig, while that host moves and BIND, which knows it, dies. */
const AWS = '/usr/bin/aws';
const DIG = '/usr/bin/dig';
const skip = lacks(AWS) || lacks(DIG) || lacks(PROGRAMS.BIND.path);
const data = newDataDirectory();
let upstream: Peer;
let member: Member;

const zoneOf = (serial: number, address: string): string => `$TTL 300
@ SOA ns.host.test. admin.host.test. ${serial} 3600 600 86400 60
@ NS ns.host.test.
ns A 127.0.0.1
cdn CNAME edge.host.test.
edge 6 A ${address}
edge 6 A 192.0.2.99
edge AAAA 2001:db8::80
`;

beforeAll(async () => {
  if (skip) return;
  upstream = await startPeer('BIND', await freePort(), [{ origin: 'host.test', text: zoneOf(1, '192.0.2.1') }]);
});
afterEach(() => member.stop());
afterAll(async () => {
  if (skip) return;
  await upstream.stop();
  rmSync(data, { recursive: true });
});

async function start(settings: Readonly<Record<string, string>>): Promise<void> {
  member = await startMember(data, { settings: { WAYPOST_LOG_LEVEL: 'error', ...settings } });
}

function route53(...parameters: string[]): Record<string, Record<string, string>> {
  const output = run(
    AWS,
    ['--endpoint-url', member.url, '--output', 'json', 'route53', ...parameters],
    member.environment,
  );
  return (output.trim() === '' ? {} : JSON.parse(output)) as Record<string, Record<string, string>>;
}

const dig = (...question: string[]): string =>
  run(DIG, ['+noall', '+answer', '+tries=1', '@127.0.0.1', '-p', `${member.dnsPort}`, ...question])
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/).slice(-1)[0] ?? '')
    .sort()
    .join(' ');

function apex(type: string): object {
  const AliasTarget = { HostedZoneId: 'ZOUTSIDE', DNSName: 'cdn.host.test', EvaluateTargetHealth: false };
  return { Action: 'CREATE', ResourceRecordSet: { Name: 'example.com', Type: type, AliasTarget } };
}

function change(zone: string): string {
  const batch = JSON.stringify({ Changes: [apex('A'), apex('AAAA')] });
  const made = route53('change-resource-record-sets', '--hosted-zone-id', zone, '--change-batch', batch);
  return made['ChangeInfo']?.['Id'] ?? '';
}

/** What somebody who copies the zone is sent: its addresses, or with a serial of theirs what has changed. */
function copied(serial?: number): { readonly serial: number; readonly addresses: readonly string[] } {
  const type = serial === undefined ? 'AXFR' : `IXFR=${serial}`;
  const lines = run(DIG, [
    '+noall',
    '+answer',
    '+onesoa',
    '@127.0.0.1',
    '-p',
    `${member.dnsPort}`,
    'example.com',
    type,
  ]);
  const records = lines.split('\n').map((line) => line.split(/\s+/));
  const addresses = records.filter(([, , , each]) => each === 'A' || each === 'AAAA').map((record) => record[4] ?? '');
  return { serial: Number(records.find(([, , , each]) => each === 'SOA')?.[6]), addresses: addresses.sort() };
}

/** A file of settings that lets this host copy every zone. */
const TRANSFERS = join(data, 'transfers.json');
writeFileSync(TRANSFERS, JSON.stringify({ out: [{ zones: '*', allow: [{ network: '127.0.0.1' }] }] }));
const settings = () => ({ WAYPOST_RESOLVERS: `127.0.0.1:${upstream.port}`, WAYPOST_TRANSFERS: TRANSFERS });

let zone: string;
let firstCopy: ReturnType<typeof copied>;

test.skipIf(skip)('without a resolver the alias is refused, and the setting named', async () => {
  await start({});
  zone = route53('create-hosted-zone', '--name', 'example.com', '--caller-reference', '1')['HostedZone']?.['Id'] ?? '';
  expect(() => change(zone)).toThrow(
    /InvalidChangeBatch.*cdn\.host\.test\., type A in zone ZOUTSIDE.*WAYPOST_RESOLVERS/,
  );
});

test.skipIf(skip)('the apex follows its host, and keeps the last good answer', async () => {
  await start(settings());
  const id = change(zone);
  route53('wait', 'resource-record-sets-changed', '--id', id);
  expect(dig('example.com', 'A')).toBe('192.0.2.1 192.0.2.99');
  expect(dig('example.com', 'AAAA')).toBe('2001:db8::80');
  // The apex keeps what else it has.
  expect(dig('example.com', 'NS')).toMatch(/ns1/);
  const answer = run(DIG, ['+noall', '+answer', '@127.0.0.1', '-p', `${member.dnsPort}`, 'example.com', 'AAAA']);
  expect(answer).toMatch(/^example\.com\.\s+60\s+IN\s+AAAA/);
  const tested = run(
    AWS,
    ['--endpoint-url', member.url, '--output', 'text', 'route53', 'test-dns-answer', '--hosted-zone-id', zone].concat([
      '--record-name',
      'example.com',
      '--record-type',
      'A',
      '--query',
      'RecordData',
    ]),
    member.environment,
  );
  expect(tested).toMatch(/192\.0\.2\.1/);

  const all = ['192.0.2.1', '192.0.2.99', '2001:db8::80'];
  await expect.poll(() => copied().addresses, { timeout: 60_000, interval: 200 }).toEqual(all);
  firstCopy = copied();

  upstream.change('host.test', zoneOf(2, '192.0.2.2'));
  await expect.poll(() => dig('example.com', 'A'), { timeout: 60_000, interval: 200 }).toBe('192.0.2.2 192.0.2.99');

  await upstream.pause();
  const metrics = async (): Promise<string> => (await fetch(`${member.url}/metrics`)).text();
  await expect.poll(metrics, { timeout: 60_000, interval: 200 }).toMatch(/^waypost_outside_hosts_stale 1$/m);
  expect(dig('example.com', 'A')).toBe('192.0.2.2 192.0.2.99');
});

test.skipIf(skip)('after a restart without its resolver the member answers at once', async () => {
  await start(settings());
  expect(dig('example.com', 'A')).toBe('192.0.2.2 192.0.2.99');
  expect(dig('example.com', 'AAAA')).toBe('2001:db8::80');
  // Copies are told once a minute at most, or after a restart at once.
  await expect.poll(() => copied().addresses, { timeout: 60_000, interval: 200 }).toContain('192.0.2.2');
  expect(copied().serial).toBeGreaterThan(firstCopy.serial);
  expect(copied(firstCopy.serial).addresses).toEqual(['192.0.2.1', '192.0.2.2']);
  await upstream.resume();
  upstream.change('host.test', zoneOf(3, '192.0.2.3'));
  await expect.poll(() => dig('example.com', 'A'), { timeout: 60_000, interval: 200 }).toBe('192.0.2.3 192.0.2.99');
});
