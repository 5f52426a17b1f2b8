import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HostedZone } from '../../src/core/control/tables.ts';
import { pullZone } from '../../src/transfer/in/pull-zone.ts';
import { tsigAlgorithm, tsigKey } from '../../src/transfer/tsig/tsig-key.ts';
import { lacks, WAYPOST } from '../clients/member.ts';
import { freePort } from '../free-port.ts';
import type { Peer } from '../peers/peer.ts';
import { PROGRAMS } from '../peers/programs.ts';
import { digSerial, digStatus, digZone, SIGNED } from './dig.ts';
import { eventually } from '../eventually.ts';
import { KEY_NAME, KEY_SECRET } from './key.ts';
import { KNOT_WAITS_MILLISECONDS, startTransferPeer } from './peers.ts';
import { startWaypost, type LogEntry, type Waypost } from './waypost.ts';
import { zoneText } from './zone-text.ts';

const absent = [PROGRAMS.Knot.path, '/usr/bin/dig'].map((path) => lacks(path)).includes(true);

/** Checked several times before it expires, also on a busy machine. */
const HASTY = { refresh: 1, retry: 1, expire: 8 };
/** More than are compared in memory (in/zone-receiver.ts): this one is staged. */
const MANY = 60_000;
const bigZone = (serial: number): string => {
  const many = Array.from({ length: MANY }, (_, n) => `n${n} A 192.0.${n >> 8}.${serial}`);
  return zoneText('big.example', serial, many, { refresh: 10, retry: 2, expire: 86_400 });
};

let waypost: Waypost;
let knot: Peer;
let deadPort: number;

const TSIG_KEY = tsigKey(
  KEY_NAME,
  tsigAlgorithm('hmac-sha256') ?? expect.fail('no algorithm'),
  Buffer.from(KEY_SECRET, 'base64'),
);
const primary = (port: number): object => ({ address: `127.0.0.1:${port}`, key: KEY_NAME });
const allow = [{ network: '127.0.0.1', key: KEY_NAME }];
const keys = {
  [KEY_NAME]: { algorithm: 'hmac-sha256', secret: KEY_SECRET },
  'unknown.example': { secret: KEY_SECRET },
};

function settings(): { keys: object; out: object[]; in: object[] } {
  return {
    keys,
    out: [{ zones: ['big.example'], allow }],
    in: [
      { zones: ['hasty.example'], primaries: [primary(deadPort), primary(knot.port)] },
      { zones: ['stranger.example'], primaries: [{ address: `127.0.0.1:${knot.port}`, key: 'unknown.example' }] },
    ],
  };
}

const serialOf = (origin: string): Promise<number | undefined> => digSerial(waypost.dnsPort, origin);
const statusOf = (origin: string): Promise<string> => digStatus(waypost.dnsPort, '+norec', origin, 'SOA');
const logged = (matches: (entry: LogEntry) => boolean): LogEntry | undefined => waypost.log().find(matches);

describe.skipIf(absent)('secondary zones', () => {
  beforeAll(async () => {
    deadPort = await freePort();
    const port = await freePort();
    const zones = new Map([
      ['hasty.example', zoneText('hasty.example', 1, [], HASTY)],
      ['stranger.example', zoneText('stranger.example', 1, [])],
      ['late.example', zoneText('late.example', 1, [])],
      ['big.example', bigZone(1)],
    ]);
    waypost = await startWaypost(() => ({ keys }));
    knot = await startTransferPeer('Knot', { port, ourPort: waypost.dnsPort, secondary: [], primary: zones });
    waypost.configure(settings());
  });

  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => console.log(JSON.stringify(waypost.log().slice(-20), undefined, 1), knot.log().slice(-4000)));
  });

  afterAll(async () => {
    await Promise.all([waypost, knot].map((server) => server?.stop()));
  });

  test('SIGHUP reads new settings, and a primary that is dead is passed over', async () => {
    await eventually(
      'the zone is there',
      () => serialOf('hasty.example'),
      (serial) => serial === 1,
    );
  });

  test('a primary that does not know our key is named in the log, and the zone is not answered', async () => {
    const trouble = await eventually(
      'it is in the log',
      () => logged(({ zone, msg }) => zone === 'stranger.example.' && msg === 'no primary confirms a secondary zone'),
      (entry) => entry !== undefined,
    );
    expect(trouble?.why).toContain('the other side does not know the key (BADKEY)');
    expect(await statusOf('stranger.example')).toBe('SERVFAIL');
  });

  test('Knot, which waits for nobody, is read on while the log is busy', async () => {
    let parts = 0;
    const pulled = await pullZone({
      peer: { host: '127.0.0.1', port: knot.port, key: TSIG_KEY },
      zone: { id: 'Z', name: 'big.example.', recordSetCount: 0 } as HostedZone,
      serial: undefined,
      takesDifference: true,
      onUselessDifference: () => expect.fail('none is asked for'),
      view: () => expect.fail('a zone of this size is compared with nothing'),
      submit: async <Change>() => {
        parts += 1;
        await new Promise((resolve) => setTimeout(resolve, parts === 2 ? 3 * KNOT_WAITS_MILLISECONDS : 0));
        return { dataId: 'D' } as Change;
      },
      nowSeconds: () => Math.floor(Date.now() / 1000),
      newId: () => 1,
    });
    expect(pulled).toMatchObject({ kind: 'received', how: 'switched', by: 'AXFR' });
    expect(parts).toBeGreaterThan(5);
  });

  test('settings that are bad change nothing, and the log says where', async () => {
    waypost.configure({ ...settings(), in: [{ zones: ['late.example'], primaries: [{ address: 'nowhere' }] }] });
    const bad = await eventually(
      'it is in the log',
      () => logged(({ msg }) => msg === 'the new transfer settings cannot be used; the old ones stay'),
      (entry) => entry !== undefined,
    );
    expect(bad?.why).toContain("in[0].primaries[0].address: 'nowhere' is not an address");
    expect(await serialOf('hasty.example')).toBe(1);
    waypost.configure(settings());
  });

  test('a zone that nobody confirms for its expire time is SERVFAIL until somebody does', async () => {
    await knot.pause();
    await eventually(
      'it expires',
      () => statusOf('hasty.example'),
      (status) => status === 'SERVFAIL',
    );
    expect(await waypost.metric('waypost_secondary_zones_expired')).toBe(1);
    // It stays so over a restart.
    await waypost.crash();
    expect(await statusOf('hasty.example')).toBe('SERVFAIL');
    await knot.resume();
    await eventually(
      'it lives again',
      () => statusOf('hasty.example'),
      (status) => status === 'NOERROR',
    );
    expect(await serialOf('hasty.example')).toBe(1);
  });

  test('a big zone comes whole or not at all, also when the member is killed in the middle', async () => {
    const more = { ...settings(), in: [...settings().in, { zones: ['big.example'], primaries: [primary(knot.port)] }] };
    waypost.configure(more);
    const sequence = (): Promise<number> => waypost.metric('waypost_change_sequence');
    const before = await sequence();
    await eventually('some of it is staged', sequence, (seen) => seen >= before + 3);
    await waypost.kill();
    // It has the zone's other half only when we have looked.
    knot.freeze();
    await waypost.crash();
    expect(await statusOf('big.example')).toBe('SERVFAIL');
    knot.thaw();
    await eventually(
      'it is there',
      () => serialOf('big.example'),
      (serial) => serial === 1,
    );
    await eventually(
      'it is in the log',
      () => logged(({ zone, how }) => zone === 'big.example.' && how === 'switched'),
      (entry) => entry !== undefined,
    );
    expect((await digZone(waypost.dnsPort, 'big.example', ...SIGNED)).length).toBeGreaterThan(MANY);
  });

  test('while its next version is staged, the old one is served whole', async () => {
    const before = await digZone(waypost.dnsPort, 'big.example', ...SIGNED);
    knot.change('big.example', bigZone(2));
    const seen = new Set<string>();
    await eventually(
      'the next version is served',
      async () => {
        const zone = await digZone(waypost.dnsPort, 'big.example', ...SIGNED);
        seen.add(
          [...new Set(zone.filter((line) => /^n[0-9]+\./.test(line)).map((line) => line.split('.').at(-1)))].join(),
        );
        return serialOf('big.example');
      },
      (serial) => serial === 2,
    );
    // Each copy that was taken meanwhile is of one version.
    expect([...seen].filter((each) => each !== '1' && each !== '2')).toEqual([]);
    const after = await digZone(waypost.dnsPort, 'big.example', ...SIGNED);
    expect(after).toHaveLength(before.length);
    expect(after).toEqual(await digZone(knot.port, 'big.example', ...SIGNED));
  });

  test('promoted, it is an ordinary zone', async () => {
    const without = settings();
    const readings = (): number => waypost.log().filter(({ msg }) => msg === 'transfer settings read again').length;
    const before = readings();
    waypost.configure({ ...without, in: without.in.slice(1) });
    await eventually('the settings are read', readings, (seen) => seen > before);
    const environment = { ...process.env, WAYPOST_DATA: waypost.data };
    const promoted = spawnSync(WAYPOST, ['zone', 'promote', 'hasty.example'], { env: environment, encoding: 'utf8' });
    expect(promoted.stderr + promoted.stdout).toMatch(/^hasty\.example\. \(Z\w+\) is an ordinary hosted zone now\n$/);
    expect(await statusOf('hasty.example')).toBe('NOERROR');
    const again = spawnSync(WAYPOST, ['zone', 'promote', 'hasty.example'], { env: environment, encoding: 'utf8' });
    expect(again.stderr).toContain('is not a secondary zone');
  });
});
