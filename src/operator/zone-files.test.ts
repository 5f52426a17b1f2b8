import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isRefusal, type ControlSettings } from '../core/control/operation.ts';
import { tables } from '../core/control/tables.ts';
import { nameKey } from '../core/dns/name-key.ts';
import type { Routing } from '../core/zone/routing.ts';
import { openLog, type Log } from '../log/log.ts';
import { createPropagation } from '../log/propagation.ts';
import { openDoor, type Door } from './door.ts';
import { exportZone } from './export-zone.ts';
import { importZone, type Imported, type ImportOptions } from './import-zone.ts';
import type { Progress } from './progress.ts';
import { reach, type Reached } from './reach.ts';

const settings: ControlSettings = {
  accountId: '000000000000',
  nameServerSets: [{ servers: [{ name: 'ns1.waypost.test', addresses: [] }] }],
  quotas: {
    hostedZonesMax: 100,
    recordSetsPerZoneMax: 200_000,
    delegationSetsMax: 9,
    zonesPerDelegationSetMax: 9,
    healthChecksMax: 9,
  },
  healthChecks: { addresses: { allow: [], deny: [] }, checkerRegions: [] },
  resolvesHosts: true,
};

interface Stretch {
  readonly what: string;
  readonly total: number | undefined;
  done: number;
}

/** What was said to be under way, and how far it was in the end. */
const stretches: Stretch[] = [];
const progress: Progress = {
  begin: (what, _unit, total) => void stretches.push({ what, total, done: 0 }),
  add(count) {
    const current = stretches.at(-1);
    if (current !== undefined) current.done += count;
  },
  end() {},
};
beforeEach(() => void stretches.splice(0));

let directory: string;
/** Each test has a zone of its own. */
let zoneName: string;
let tests = 0;
beforeEach(() => {
  zoneName = `zone${(tests += 1)}.test`;
});

/** A member's log and its door, without what serves. */
async function startMember(at: string = directory): Promise<{ log: Log; stop(): Promise<void> }> {
  const log = await openLog({
    directory: at,
    settings,
    propagation: createPropagation(),
    onCommitted() {},
    onFailure(failure) {
      throw new Error(failure);
    },
    onFatal(error) {
      throw error;
    },
  });
  const door: Door = await openDoor({
    directory: at,
    settings,
    log,
    point: () => ({ statuses: new Uint8Array(0), places: undefined, latencies: undefined, outside: undefined }),
    failed(error) {
      throw error;
    },
  });
  return {
    log,
    async stop() {
      await door.close();
      await log.close();
    },
  };
}

/** A bar that ends before its end is as bad as one that says so too soon. */
function expectAllWritten(): void {
  for (const { what, total, done } of stretches)
    if (what.startsWith('writing')) expect([what, done]).toEqual([what, total]);
}

type Given = Partial<Omit<ImportOptions, 'file'>>;

async function importText(reached: Reached, text: string, given: Given = {}): Promise<Imported> {
  const file = join(directory, 'in.zone');
  writeFileSync(file, text, 'latin1');
  const imported = await importZone(reached, {
    file,
    create: true,
    replace: false,
    takeApex: false,
    replaceAliases: false,
    includes: false,
    skipTypes: new Set(),
    dryRun: false,
    directory,
    progress,
    ...given,
  });
  expectAllWritten();
  return imported;
}

async function problemsOf(reached: Reached, text: string, given: Given = {}): Promise<string[]> {
  const failure: unknown = await importText(reached, text, given).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  return (failure as Error).message.replaceAll(`${directory}/`, '').split('\n');
}

async function exported(reached: Reached, zone = zoneName): Promise<string> {
  let text = '';
  const snapshot = reached.snapshot();
  await exportZone(snapshot, { zone, progress, write: async (piece) => void (text += piece) });
  snapshot.close();
  expectAllWritten();
  return text;
}

const head = (): string => `$ORIGIN ${zoneName}.\n@ 60 SOA ns.other.test. admin 1 2 3 4 5\n@ 60 NS ns.other.test.\n`;
/** What every zone begins with. */
const own = (): string => `$ORIGIN ${zoneName}.
@\t900\tIN\tSOA\tns1.waypost.test. hostmaster.${zoneName}. 1 7200 900 1209600 86400
@\t172800\tIN\tNS\tns1.waypost.test.
`;

describe.each(['while a member runs', 'while none runs'])('%s', (when) => {
  let stop: () => Promise<void>;
  let reached: Reached;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'waypost-operator-'));
    const member = when === 'while a member runs' ? await startMember() : undefined;
    reached = await reach(directory, settings);
    expect(reached.memberRuns).toBe(member !== undefined);
    stop = async () => {
      await reached.close();
      await member?.stop();
    };
  });
  afterAll(async () => {
    await stop();
    rmSync(directory, { recursive: true });
  });

  test('a file becomes a zone, which keeps its own NS and SOA', async () => {
    const imported = await importText(
      reached,
      `${head()}www 60 A 192.0.2.1\n 60 A 192.0.2.2\n*.a 5 TXT "\\195\\164;"\n`,
    );
    expect(imported.counts).toEqual({ created: 2, changed: 0, removed: 0, unchanged: 2, overruled: 2 });
    expect(imported.created).toBe(true);
    expect(await exported(reached)).toBe(
      `${own()}*.a\t5\tIN\tTXT\t"\\195\\164;"\nwww\t60\tIN\tA\t192.0.2.1\nwww\t60\tIN\tA\t192.0.2.2\n`,
    );
  });

  test('merging removes nothing, replacing does, and --take-apex takes NS and SOA', async () => {
    await importText(reached, `${head()}a 60 A 192.0.2.1\nb 60 A 192.0.2.2\n`);
    const merged = await importText(reached, `${head()}b 60 A 192.0.2.3\nc 60 A 192.0.2.4\n`);
    expect(merged.counts).toEqual({ created: 1, changed: 1, removed: 0, unchanged: 3, overruled: 2 });
    const given = { replace: true, takeApex: true };
    const replaced = await importText(reached, `${head()}c 60 A 192.0.2.4\n`, given);
    expect(replaced.counts).toEqual({ created: 0, changed: 2, removed: 2, unchanged: 1, overruled: 0 });
    const text = await exported(reached);
    expect(text).toBe(
      `$ORIGIN ${zoneName}.\n@\t60\tIN\tSOA\tns.other.test. admin.${zoneName}. 1 2 3 4 5\n@\t60\tIN\tNS\tns.other.test.\nc\t60\tIN\tA\t192.0.2.4\n`,
    );
    expect((await importText(reached, text, given)).counts.unchanged).toBe(3);
    expect(await exported(reached)).toBe(text);
  });

  test('a dry run tells each difference and changes nothing', async () => {
    await importText(reached, `${head()}a 60 A 192.0.2.1\nb 60 A 192.0.2.2\n`);
    const before = await exported(reached);
    const told: string[] = [];
    const onDifference: ImportOptions['onDifference'] = (_zone, key, { action, set }) => {
      told.push(`${action} ${key} ${set.type}`);
    };
    await importText(reached, `${head()}b 61 A 192.0.2.2\nc 60 A 192.0.2.4\n`, {
      dryRun: true,
      replace: true,
      onDifference,
    });
    expect(told).toEqual(
      ['a', 'b', 'c'].map((name, at) => `${at === 0 ? 'REMOVE' : 'PUT'} test.${zoneName.split('.')[0]}.${name}. A`),
    );
    expect(await exported(reached)).toBe(before);
  });

  test('what is wrong is told with its place, all of it, and nothing is done', async () => {
    const text = `${head()}a 60 A 192.0.2
b 60 CNAME a
b 60 A 192.0.2.1
c 60 TXT x
d.test. 60 A 192.0.2.1
e 60 RRSIG A 13 2 60 1 1 1 example.com. AAAA
f 60 BAD 1
$INCLUDE other
`;
    expect(await problemsOf(reached, text)).toEqual([
      'in.zone:4:8: Value is not a valid IPv4 address',
      `in.zone:8: d.test. is not in ${zoneName}.`,
      'in.zone:9: RRSIG records cannot be kept; --skip-types RRSIG leaves them out',
      'in.zone:10:6: BAD is not a record type',
      'in.zone:11:10: $INCLUDE opens other files only with --include',
    ]);
    expect(await problemsOf(reached, `${head()}b 60 CNAME a\nb 60 A 192.0.2.1\n`)).toEqual([
      `in.zone:4: RRSet of type CNAME with DNS name b.${zoneName}. is not permitted as it conflicts with other records with the same DNS name in zone ${zoneName}.`,
    ]);
    expect(await problemsOf(reached, `${head()}a 60 A x\n`.repeat(1) + 'a 60 A y\n'.repeat(40))).toHaveLength(21);
    expect(reached.snapshot().view.get(tables.zonesAtName, [nameKey(`${zoneName}.`)])).toBeUndefined();
  });

  test.each<[what: string, text: string, given: Given, message: RegExp]>([
    ['no zone and no --create', '', { create: false }, /there is no hosted zone zone[0-9]+\.test\.; --create makes it/],
    ['no records', '; nothing\n', {}, /has no records/],
    [
      'no SOA first',
      '$ORIGIN a.test.\nb 60 A 192.0.2.1\n',
      {},
      /in\.zone:2: The first record is no SOA record; name the zone with --zone/,
    ],
    ['no origin', '@ 60 SOA a b 1 2 3 4 5\n', {}, /does not say which zone it is; name it with --zone/],
    ['no such file', '', { file: '/nowhere/x' } as Given, /\/nowhere\/x cannot be read \(ENOENT\)/],
    ['a name that is none', '', { zone: 'a..b' }, /'a\.\.b' is not the name of a zone/],
    ['an id that is none', '', { zone: 'Z0' }, /there is no hosted zone Z0/],
    ['a top-level name', '@ 60 NS a.\n', { zone: 'com' }, /com is not a valid domain name for a hosted zone/],
  ])('refused in words: %s', async (_, text, given, message) => {
    const problems = await problemsOf(reached, text === '' ? head() : text, given);
    expect(problems.join('\n')).toMatch(message);
  });

  test('duplicates and differing TTLs are noted, left-out types are counted', async () => {
    const text = `${head()}a 60 A 192.0.2.1\na 61 A 192.0.2.2\na 60 A 192.0.2.1\na 60 NSEC b. A\n`;
    const { notes, skipped } = await importText(reached, text, { skipTypes: new Set(['NSEC']) });
    expect(notes.map((note) => note.slice(directory.length + 1))).toEqual([
      "in.zone:5: TTL 61 becomes 60, that of the record set's first record",
      'in.zone:6: The same record again is passed over',
    ]);
    expect([...skipped]).toEqual([['NSEC', 1]]);
  });

  test('files that are included are read where they are named, with --include', async () => {
    writeFileSync(join(directory, 'hosts'), 'h 60 A 192.0.2.1\nbad 60 A x\n');
    const text = `${head()}$INCLUDE hosts sub\nafter 60 A 192.0.2.2\n`;
    expect(await problemsOf(reached, text, { includes: true })).toEqual([
      'hosts:2:10: Value is not a valid IPv4 address',
    ]);
    writeFileSync(join(directory, 'hosts'), 'h 60 A 192.0.2.1\n');
    await importText(reached, text, { includes: true });
    expect(await exported(reached)).toBe(`${own()}after\t60\tIN\tA\t192.0.2.2\nh.sub\t60\tIN\tA\t192.0.2.1\n`);
    writeFileSync(join(directory, 'hosts'), '$INCLUDE hosts\n');
    expect((await problemsOf(reached, text, { includes: true })).join()).toContain('8 files deep and no deeper');
    rmSync(join(directory, 'hosts'));
    expect((await problemsOf(reached, text, { includes: true })).join()).toMatch(
      /in\.zone:4:10: hosts cannot be opened/,
    );
  });

  test('an alias is exported as what it answers, and kept when that is imported', async () => {
    const { zone } = await importText(reached, `${head()}a 60 A 192.0.2.1\n`);
    const alias = { hostedZoneId: zone.id, dnsName: `a.${zoneName}.`, evaluateTargetHealth: false };
    const changes = [{ action: 'CREATE', recordSet: { name: `b.${zoneName}.`, type: 'A', alias, policies: [] } }];
    const outcome = await reached.submit('ChangeResourceRecordSets', { hostedZoneId: zone.id, changes });
    expect(isRefusal(outcome)).toBe(false);
    const text = await exported(reached);
    expect(text).toBe(`${own()}a\t60\tIN\tA\t192.0.2.1\nb\t60\tIN\tA\t192.0.2.1 ; an alias of a.${zoneName}.\n`);
    const again = await importText(reached, text, { replace: true });
    expect(again.counts).toMatchObject({ created: 0, changed: 0, removed: 0 });
    expect((await problemsOf(reached, head(), { replace: true })).join()).toMatch(/target of the alias b\./);
    await importText(reached, text, { replace: true, replaceAliases: true });
    expect(await exported(reached)).toBe(`${own()}a\t60\tIN\tA\t192.0.2.1\nb\t60\tIN\tA\t192.0.2.1\n`);
  });

  test('an alias of a host outside is exported as a comment, and stays when that is imported', async () => {
    const { zone } = await importText(reached, head());
    const alias = { hostedZoneId: 'ZOUTSIDE', dnsName: 'host.example.net', evaluateTargetHealth: false };
    const changes = [{ action: 'CREATE', recordSet: { name: `b.${zoneName}.`, type: 'A', alias, policies: [] } }];
    expect(await reached.submit('ChangeResourceRecordSets', { hostedZoneId: zone.id, changes })).not.toSatisfy(
      isRefusal,
    );
    const text = await exported(reached);
    expect(text).toBe(`${own()}; b A an alias of host.example.net., whose addresses are not the zone's\n`);
    const again = await importText(reached, text, { replace: true });
    expect(again.counts).toMatchObject({ created: 0, changed: 0, removed: 0 });
    expect(await exported(reached)).toBe(text);
  });

  test('routed sets are exported as the answer that a copy has, and kept when that is imported', async () => {
    const { zone } = await importText(reached, head());
    const set = (name: string, type: string, setIdentifier: string, routing: Routing, values: string[]): object => {
      const policies = [routing.policy];
      return { name: `${name}.${zoneName}.`, type, setIdentifier, ttlSeconds: 60, values, policies, routing };
    };
    const weighted = (weight: number): Routing => ({ policy: 'weighted', weight });
    const multivalue: Routing = { policy: 'multivalue' };
    const countries = ['AT', '*'].map((country): Routing => ({ policy: 'geolocation', location: { country } }));
    const sets = [
      set('g', 'A', 'Austria', countries[0] as Routing, ['192.0.2.4']),
      set('g', 'A', 'all', countries[1] as Routing, ['192.0.2.5']),
      set('m', 'A', 'a', multivalue, ['192.0.2.2']),
      set('m', 'A', 'b', multivalue, ['192.0.2.3']),
      set('w', 'A', 'less', weighted(1), ['192.0.2.1']),
      set('w', 'A', 'more', weighted(9), ['192.0.2.2', '192.0.2.3']),
      set('w', 'TXT', 'only', weighted(0), ['"x"']),
    ];
    const changes = sets.map((recordSet) => ({ action: 'CREATE', recordSet }));
    const outcome = await reached.submit('ChangeResourceRecordSets', { hostedZoneId: zone.id, changes });
    expect(outcome).not.toSatisfy(isRefusal);
    const stored = (): unknown => reached.snapshot().view.range(tables.nodes, { prefix: [zone.id], limit: 100 });
    const before = stored();
    const lines = [
      'g\t60\tIN\tA\t192.0.2.5 ; the default answer of 2 geolocation record sets',
      'm\t60\tIN\tA\t192.0.2.2 ; the default answer of 2 multivalue record sets',
      'm\t60\tIN\tA\t192.0.2.3 ; the default answer of 2 multivalue record sets',
      'w\t60\tIN\tA\t192.0.2.2 ; the default answer of 2 weighted record sets',
      'w\t60\tIN\tA\t192.0.2.3 ; the default answer of 2 weighted record sets',
      'w\t60\tIN\tTXT\t"x" ; the default answer of 1 weighted record set',
    ];
    const text = await exported(reached);
    expect(text).toBe(`${own()}${lines.join('\n')}\n`);
    // Here they stay as they are, also when what the file does not have is removed;
    expect((await importText(reached, text, { replace: true })).counts).toMatchObject({ changed: 0, overruled: 6 });
    expect((await importText(reached, head(), { replace: true })).counts.removed).toBe(0);
    expect(stored()).toEqual(before);
    expect(await exported(reached)).toBe(text);
    // and where the zone has none, or is told to, the file is what is served.
    await importText(reached, text, { replace: true, replaceAliases: true });
    const plain = text.replaceAll(/ ;.*/g, '');
    expect(await exported(reached)).toBe(plain);
    expect((await importText(reached, plain, { replace: true })).counts).toMatchObject({ created: 0, changed: 0 });
  });

  test('a zone too big for one change is replaced as a whole, and nothing of the old one is left', async () => {
    const hosts = (count: number, ttl: number): string =>
      Array.from(
        { length: count },
        (_, n) => `h${(n * 7919) % count} ${ttl} TXT "${'x'.repeat(250)}" "${'y'.repeat(250)}"\n`,
      ).join('');
    const first = await importText(reached, head() + hosts(2500, 60));
    expect(first.counts.created).toBe(2500);
    const text = await exported(reached);
    expect(text.split('\n')).toHaveLength(2504);
    const second = await importText(reached, `${head()}kept 1 A 192.0.2.1\n${hosts(2400, 61)}`, { replace: true });
    expect(second.counts).toMatchObject({ created: 1, changed: 2400, removed: 100 });
    const { view } = reached.snapshot();
    const zone = view.get(tables.hostedZones, [second.zone.id]);
    expect(zone).toMatchObject({ recordSetCount: 2403, dataId: expect.stringMatching(/./) });
    expect(view.range(tables.nodes, { prefix: [second.zone.id], limit: 1 })).toEqual([]);
    expect(view.range(tables.nodes, { prefix: [zone?.dataId ?? ''], limit: 5000 })).toHaveLength(2402);
    expect(view.range(tables.discardedData, { limit: 1 })).toEqual([]);
    expect(view.range(tables.stagedImports, { limit: 1 })).toEqual([]);
    expect(readdirSync(directory).filter((name) => name.startsWith('import-'))).toEqual([]);
    const before = await exported(reached);
    expect((await importText(reached, before, { replace: true })).counts.unchanged).toBe(2403);
    expect(await exported(reached)).toBe(before);
  });

  test('an id names a zone, and of two zones with one name the id has to', async () => {
    const { zone } = await importText(reached, head());
    await reached.submit('CreateHostedZone', { name: zoneName, callerReference: 'again' });
    expect((await problemsOf(reached, head())).join()).toMatch(
      /there are 2 hosted zones named zone[0-9]+\.test\.; give the id/,
    );
    await importText(reached, `${head()}a 60 A 192.0.2.1\n`, { zone: zone.id });
    expect(await exported(reached, zone.id)).toBe(`${own()}a\t60\tIN\tA\t192.0.2.1\n`);
    await expect(exported(reached, 'nowhere.test')).rejects.toThrow('there is no hosted zone nowhere.test');
  });
});
