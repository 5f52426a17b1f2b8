import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { Connection } from './connection.ts';
import { writeQuery } from './query.ts';
import { readReply, SILENCE } from './reply.ts';

/** Another implementation that serves the zones, in a directory of its own, where its control socket is too. */
export interface ReferenceServer {
  readonly port: number;
  stop(): Promise<void>;
}

export interface ServedZone {
  readonly origin: string;
  /** As a master file. */
  readonly text: string;
}

export type Reference = 'NSD' | 'Knot' | 'BIND';

interface Program {
  readonly path: string;
  readonly parameters: readonly string[];
  /** What makes it say its version. */
  readonly version: readonly string[];
  readonly settings: (directory: string, port: number) => string;
  readonly zone: (origin: string, file: string) => string;
}

/** What changes answers is set as we have it: no more than is asked for, 1232 octets by UDP, no cookies, no rate limit. */
export const PROGRAMS: Readonly<Record<Reference, Program>> = {
  NSD: {
    path: '/usr/sbin/nsd',
    parameters: ['-d', '-c'],
    version: ['-v'],
    settings: (directory, port) => `
server:
  ip-address: 127.0.0.1
  port: ${port}
  username: ""
  server-count: 1
  zonesdir: "${directory}"
  database: ""
  pidfile: "${directory}/nsd.pid"
  xfrdfile: "${directory}/xfrd.state"
  zonelistfile: "${directory}/zone.list"
  cookie-secret-file: "${directory}/cookies"
  answer-cookie: no
  minimal-responses: yes
  ipv4-edns-size: 1232
  hide-version: yes
  rrl-ratelimit: 0
  refuse-any: no
remote-control:
  control-enable: no
`,
    zone: (origin, file) => `zone:\n  name: "${origin}"\n  zonefile: "${file}"\n`,
  },
  Knot: {
    path: '/usr/sbin/knotd',
    parameters: ['-c'],
    version: ['-V'],
    settings: (directory, port) => `
server:
  rundir: "${directory}"
  listen: 127.0.0.1@${port}
  user: root
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
  udp-max-payload: 1232
database:
  storage: "${directory}"
template:
  - id: default
    storage: "${directory}"
    zonefile-sync: -1
    journal-content: none
    semantic-checks: off
zone:
`,
    zone: (origin, file) => `  - domain: "${origin}"\n    file: "${file}"\n`,
  },
  BIND: {
    path: '/usr/sbin/named',
    parameters: ['-f', '-n', '1', '-c'],
    version: ['-v'],
    settings: (directory, port) => `
options {
  directory "${directory}";
  pid-file "${directory}/named.pid";
  session-keyfile none;
  managed-keys-directory "${directory}";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  minimal-responses no-auth;
  minimal-any yes;
  rrset-order { order none; };
  edns-udp-size 1232;
  max-udp-size 1232;
  nocookie-udp-size 1232;
  answer-cookie no;
  empty-zones-enable no;
  notify no;
  check-integrity no;
  check-sibling no;
  check-names primary ignore;
  check-mx ignore;
  check-mx-cname ignore;
  check-srv-cname ignore;
  check-spf ignore;
  check-wildcard no;
  check-dup-records ignore;
  max-records-per-type 0;
  zero-no-soa-ttl no;
};
controls { };
logging { category default { default_stderr; }; };
`,
    zone: (origin, file) => `zone "${origin}" { type primary; file "${file}"; };\n`,
  },
};

const READY_MILLISECONDS_MAX = 20_000;
const STOPPED_MILLISECONDS_MAX = 5000;

export async function startReference(
  reference: Reference,
  zones: readonly ServedZone[],
  port: number,
): Promise<ReferenceServer> {
  const { path, parameters, settings, zone } = PROGRAMS[reference];
  const directory = mkdtempSync(join(tmpdir(), 'waypost-reference-'));
  let text = settings(directory, port);
  for (const [index, { origin, text: records }] of zones.entries()) {
    writeFileSync(join(directory, `zone${index}`), records);
    text += zone(origin, `zone${index}`);
  }
  writeFileSync(join(directory, 'settings'), text);
  const child = spawn(path, [...parameters, join(directory, 'settings')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (some: Buffer) => (output += some.toString()));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOPPED_MILLISECONDS_MAX);
    await ended;
    clearTimeout(timer);
    rmSync(directory, { recursive: true });
  };
  const unserved = await untilServed(port, zones, child);
  if (unserved === undefined) return { port, stop };
  await stop();
  throw new Error(`${path} does not serve ${unserved}\n${output}`);
}

/** Waits until every zone is answered for; the first that is not. */
async function untilServed(
  port: number,
  zones: readonly ServedZone[],
  child: ChildProcess,
): Promise<string | undefined> {
  const until = Date.now() + READY_MILLISECONDS_MAX;
  for (const { origin } of zones) {
    while (!(await serves(port, origin))) {
      if (Date.now() > until || child.exitCode !== null) return origin;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return undefined;
}

async function serves(port: number, origin: string): Promise<boolean> {
  const query = writeQuery({ name: origin, type: TYPE.SOA, flags: 0, edns: undefined, transport: 'udp' });
  const connection = await Connection.open(port);
  const reply = await connection.exchange(query, 'udp', 300);
  connection.close();
  if (reply === SILENCE) return false;
  const { rcode, aa } = readReply(reply);
  return rcode === 'NOERROR' && aa;
}
