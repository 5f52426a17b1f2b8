import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeResourceRecordSetsCommand, ListHostedZonesByNameCommand } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startReference } from '../conformance/references.ts';
import { PEERS, PROGRAMS } from '../peers/programs.ts';
import { lacks, newDataDirectory, run, startMember, type Member, WAYPOST } from './member.ts';
import { freePort } from '../free-port.ts';

/** `waypost zone import` and `export` beside a member that serves, and what other servers make of the files. */
const DIG = '/usr/bin/dig';
/** Gives a command a terminal. */
const SCRIPT = '/usr/bin/script';
const CHECKERS = {
  BIND: { path: '/usr/bin/named-checkzone', parameters: ['-i', 'none'] },
  NSD: { path: '/usr/sbin/nsd-checkzone', parameters: [] },
  Knot: { path: '/usr/bin/kzonecheck', parameters: ['-o'] },
} as const;
const noDig = lacks(DIG);

const directory = mkdtempSync(join(tmpdir(), 'waypost-zone-files-'));
const data = newDataDirectory();
let member: Member;
beforeAll(async () => {
  member = await startMember(data);
});
afterAll(async () => {
  await member.stop();
  rmSync(data, { recursive: true });
  rmSync(directory, { recursive: true });
});

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const environment = { ...process.env, WAYPOST_DATA: data };

function zone(...parameters: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(WAYPOST, ['zone', ...parameters], {
    env: environment,
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 2 ** 26,
  });
  // What takes longer than five seconds says how far it is.
  return { status, stdout, stderr: stderr.replaceAll(/^(reading|comparing|writing)\b.*\n/gm, '') };
}

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text, 'latin1');
  return path;
}

function imported(name: string, text: string, ...flags: readonly string[]): string {
  const { status, stdout, stderr } = zone('import', file(name, text), ...flags);
  expect(`${status} ${stderr}`).toBe('0 ');
  return stdout;
}

function exported(origin: string): string {
  const { status, stdout, stderr } = zone('export', origin);
  expect(`${status} ${stderr}`).toBe('0 ');
  return stdout;
}

/** All that is answered to each of the questions, sorted: order within an RRset means nothing. */
function answers(port: number, questions: readonly string[]): string[] {
  const text = run(DIG, [
    '@127.0.0.1',
    '-p',
    `${port}`,
    ...'+norec +noall +answer +authority +tcp +nocookie'.split(' '),
    ...questions.flatMap((question) => ['-q', ...question.split(' ')]),
  ]);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
  return lines.map((line) => line.replaceAll(/\s+/g, ' ')).sort();
}

const MANY_TYPES = `$TTL 300
@ 3600 SOA ns1 host\\.master 7 7200 900 1209600 60
@ NS ns1
@ NS ns2.example.net.
ns1 A 192.0.2.53
@ MX 10 mail
mail A 192.0.2.1
mail AAAA 2001:db8::1
txt TXT "a \\"quoted\\" text; no comment" "and \\228\\000 octets" ""
srv SRV 1 2 5060 mail
@ CAA 0 issue "ca.example.net"
naptr NAPTR 1 2 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .
tlsa TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
sshfp SSHFP 4 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
https HTTPS 1 . alpn=h2,h3 port=8443
*.wild A 192.0.2.2
alias CNAME mail
a.deep.empty.non.terminal A 192.0.2.3
child NS ns.child
child DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
ns.child A 192.0.2.4
at\\@sign A 192.0.2.5
a\\.dot A 192.0.2.6
$GENERATE 1-20 host-\${0,3,d} A 192.0.2.$
`;
const QUESTIONS = [
  ...['SOA', 'NS', 'MX', 'CAA'].map((type) => `types.test ${type}`),
  ...['A', 'AAAA'].map((type) => `mail.types.test ${type}`),
  ...['txt TXT', 'srv SRV', 'naptr NAPTR', 'tlsa TLSA', 'sshfp SSHFP', 'https HTTPS'].map((each) =>
    each.replace(' ', '.types.test '),
  ),
  ...[
    'x.wild',
    '\\*.wild',
    'alias',
    'deep.empty.non.terminal',
    'child',
    'at\\@sign',
    'a\\.dot',
    'host-007',
    'nowhere',
  ].map((name) => `${name}.types.test A`),
];

describe('a zone of many types', () => {
  let text: string;
  beforeAll(() => {
    const told = imported('types.test', MANY_TYPES, '--zone', 'types.test', '--create', '--take-apex');
    expect(told).toMatch(/^types\.test\. \(Z\w+, just made\): record sets created 39, changed 2, removed 0;/);
    text = exported('types.test');
  });

  test('is imported and exported again without a difference', () => {
    expect(imported('again', text, '--replace', '--take-apex')).toContain(
      'created 0, changed 0, removed 0; unchanged 41',
    );
    expect(exported('types.test')).toBe(text);
    const other = text
      .replace('$ORIGIN types.test.', '$ORIGIN other.test.')
      .replaceAll(/types\.test\.$/gm, 'other.test.');
    imported('other', other, '--zone', 'other.test', '--create', '--take-apex', '--replace');
    expect(exported('other.test').split('\n').length).toBe(text.split('\n').length);
  });

  test.for(Object.keys(CHECKERS) as (keyof typeof CHECKERS)[])(
    "%s's checker takes what is exported",
    (name, { skip }) => {
      const { path, parameters } = CHECKERS[name];
      if (lacks(path)) skip();
      const exportedFile = file('exported', text);
      run(path, [...parameters, ...(name === 'Knot' ? ['types.test.'] : ['types.test']), exportedFile]);
    },
  );

  test.for(PEERS)('%s serves what is exported with the same answers', async (name, { skip }) => {
    if (noDig || lacks(PROGRAMS[name].path)) skip();
    const server = await startReference(name, [{ origin: 'types.test.', text }], await freePort());
    const theirs = answers(server.port, QUESTIONS);
    await server.stop();
    expect(theirs.length).toBeGreaterThan(QUESTIONS.length);
    expect(answers(member.dnsPort, QUESTIONS)).toEqual(theirs);
  });

  test('routed sets are exported as one answer, and stay when that is imported', async () => {
    const client = member.client();
    const { HostedZones } = await client.send(new ListHostedZonesByNameCommand({ DNSName: 'types.test' }));
    const Changes = [1, 9].map((Weight) => ({
      Action: 'CREATE' as const,
      ResourceRecordSet: {
        Name: 'routed.types.test',
        Type: 'A' as const,
        TTL: 60,
        SetIdentifier: `weight ${Weight}`,
        Weight,
        ResourceRecords: [{ Value: `192.0.2.${Weight}` }],
      },
    }));
    const HostedZoneId = HostedZones?.[0]?.Id;
    await client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }));
    client.destroy();
    const routed = exported('types.test');
    expect(routed).toContain('routed\t60\tIN\tA\t192.0.2.9 ; the default answer of 2 weighted record sets\n');
    expect(imported('routed', routed, '--replace', '--take-apex')).toContain('changed 0, removed 0; unchanged 43');
    expect(exported('types.test')).toBe(routed);
  });
});

test('what is wrong is told with its line and column, and nothing is done', () => {
  const head = '@ SOA ns host 1 2 3 4 5\n@ NS ns\n';
  file('more', 'm A 192.0.2.9\n');
  const bad = file('bad.test', `$TTL 60\n${head}a A 192.0.2\nb BAD 1\n$INCLUDE more\n$UNKNOWN\n$GENERATE 1-3 a$\n`);
  const { status, stdout, stderr } = zone('import', bad, '--zone', 'bad.test', '--create');
  expect(stdout).toBe('');
  expect(status).toBe(1);
  const told = stderr.replaceAll(`${directory}/`, '').trim().split('\n');
  expect(told.map((line) => line.replace(/^\s+/, '')).filter((line) => line.startsWith('bad.test:'))).toEqual([
    'bad.test:4:5: Value is not a valid IPv4 address',
    'bad.test:5:3: BAD is not a record type',
    'bad.test:6:10: $INCLUDE opens other files only with --include',
    expect.stringMatching(/^bad\.test:7:1: .*\$UNKNOWN/),
    expect.stringMatching(/^bad\.test:8:\d+: \$GENERATE takes a range, an owner, a type and data/),
  ]);
  expect(zone('export', 'bad.test').stderr).toContain('there is no hosted zone bad.test');
  const good = `$TTL 60\n${head}$ORIGIN sub.good.test.\n$INCLUDE more\n$TTL 5\n$GENERATE 1-2 g$ A 192.0.2.$\n`;
  imported('good', good, '--zone', 'good.test', '--create', '--include');
  expect(exported('good.test')).toMatch(
    /\ng1\.sub\t5\tIN\tA\t192\.0\.2\.1\ng2\.sub\t5\t.*\nm\.sub\t60\tIN\tA\t192\.0\.2\.9\n$/,
  );
});

/** Far more than one change of the log holds. */
const MANY = 15_000;
const bigZone = (version: number): string => {
  const lines = Array.from({ length: MANY }, (_, n) => `n${n} ${version} TXT "${'x'.repeat(60)}"\n`);
  return `$TTL 60\n@ SOA ns host ${version} 2 3 4 5\n@ NS ns\n${lines.join('')}`;
};
const FLAGS = ['--zone', 'big.test', '--create', '--replace', '--take-apex'];

/** The versions that the zone's records are of, and how many there are. */
function versions(): string {
  const ttls = exported('big.test').match(/(?<=^n\d+\t)\d+/gm) ?? [];
  return `${ttls.length} of version ${[...new Set(ttls)].join()}`;
}

test('a big import shows how far it is on a terminal, and is answered at once', ({ skip }) => {
  if (lacks(SCRIPT)) skip();
  const path = file('big.1', bigZone(1));
  const command = [WAYPOST, 'zone', 'import', path, ...FLAGS].join(' ');
  const shown = run(SCRIPT, ['-qec', command, '/dev/null'], environment);
  expect(shown).toMatch(/reading \S+: \[#+ *\] \d+ %, [\d.]+ MiB/);
  expect(shown).toMatch(new RegExp(`big\\.test\\. .* record sets created ${MANY}, changed 2, removed 0`));
  expect(versions()).toBe(`${MANY} of version 1`);
  if (!noDig) expect(answers(member.dnsPort, [`n${MANY - 1}.big.test TXT`])).toHaveLength(1);
});

const sequence = (): Promise<number> => member.metric('waypost_change_sequence');

test.for([1, 3])(
  'killed with part %d of a big import on the disk, the member has the old zone or the new one whole',
  async (parts) => {
    const path = file('big.2', bigZone(2));
    const before = await sequence();
    const child = spawn(WAYPOST, ['zone', 'import', path, ...FLAGS], { env: environment, stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    while ((await sequence()) < before + parts) expect(child.exitCode).toBeNull();
    await member.kill();
    await ended;
    const left = versions();
    expect(left).toMatch(new RegExp(`^${MANY} of version [12]$`));
    member = await startMember(data);
    expect(versions()).toBe(left);
  },
);

test('the import that comes after that is whole', () => {
  imported('big.2', bigZone(2), ...FLAGS);
  expect(versions()).toBe(`${MANY} of version 2`);
  const text = exported('big.test');
  expect(readFileSync(file('copy', text), 'latin1')).toBe(text);
  expect(imported('copy', text, ...FLAGS)).toContain(`unchanged ${MANY + 2}`);
});
