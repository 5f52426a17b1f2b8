import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { Connection } from '../conformance/connection.ts';
import { writeQuery } from '../conformance/query.ts';
import { readReply, SILENCE } from '../conformance/reply.ts';
import { eventually } from '../eventually.ts';

export const NAME_SERVERS = { NSD: '/usr/sbin/nsd', Knot: '/usr/sbin/knotd' } as const;

/** An authoritative server on port 53 of addresses of its own. */
export interface NameServer {
  /** Puts other zones in the place of all it has, and waits until they are served. */
  serve(zones: readonly Zone[]): Promise<void>;
  stop(): Promise<void>;
}

/** The text is a master file. What is `signedOnline` has neither keys nor signatures yet: Knot makes them. */
export interface Zone {
  readonly origin: string;
  readonly text: string;
  readonly signedOnline?: boolean;
}

type Settings = (directory: string, addresses: readonly string[], zones: readonly Zone[]) => string;

const SETTINGS: Readonly<Record<keyof typeof NAME_SERVERS, Settings>> = {
  NSD: (directory, addresses, zones) => `
server:
${addresses.map((address) => `  ip-address: ${address}\n`).join('')}
  username: ""
  server-count: 1
  zonesdir: "${directory}"
  database: ""
  pidfile: "${directory}/nsd.pid"
  xfrdfile: "${directory}/xfrd.state"
  zonelistfile: "${directory}/zone.list"
  cookie-secret-file: "${directory}/cookies"
  rrl-ratelimit: 0
remote-control:
  control-enable: no
${zones.map(({ origin }) => `zone:\n  name: "${origin}"\n  zonefile: "${fileOf(origin)}"\n`).join('')}`,
  Knot: (directory, addresses, zones) => `
server:
  rundir: "${directory}"
  listen: [ ${addresses.map((address) => `${address}@53`).join(', ')} ]
  user: root
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: warning
database:
  storage: "${directory}"
policy:
  - id: online
    algorithm: ECDSAP256SHA256
mod-onlinesign:
  - id: online
    policy: online
template:
  - id: default
    storage: "${directory}"
    zonefile-sync: -1
    journal-content: none
zone:
${zones
  .map(({ origin, signedOnline }) =>
    [
      `  - domain: "${origin}"\n    file: "${fileOf(origin)}"\n`,
      signedOnline === true ? '    module: mod-onlinesign/online\n' : '',
    ].join(''),
  )
  .join('')}`,
};

const PARAMETERS = { NSD: ['-d', '-c'], Knot: ['-c'] } as const;

function fileOf(origin: string): string {
  return origin === '.' ? 'root' : `${origin}zone`;
}

export async function startNameServer(
  program: keyof typeof NAME_SERVERS,
  addresses: readonly string[],
  zones: readonly Zone[],
): Promise<NameServer> {
  const directory = mkdtempSync(join(tmpdir(), `waypost-${program}-`));
  const write = (served: readonly Zone[]): void => {
    for (const { origin, text } of served) writeFileSync(join(directory, fileOf(origin)), text);
    writeFileSync(join(directory, 'settings'), SETTINGS[program](directory, addresses, served));
  };
  write(zones);
  const child = spawn(NAME_SERVERS[program], [...PARAMETERS[program], join(directory, 'settings')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (some: Buffer) => (output += some.toString()));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true });
  };
  const served = async (): Promise<void> => {
    for (const { origin, text } of zones) await untilServed(addresses[0] as string, origin, serialOf(text));
  };
  try {
    await served();
  } catch (error) {
    await stop();
    throw new Error(`${program} does not serve:\n${output}`, { cause: error });
  }
  return {
    async serve(others) {
      write(others);
      // NSD forks; the process that was started is not the one that reloads.
      if (program === 'NSD') process.kill(Number(readFileSync(join(directory, 'nsd.pid'), 'utf8')), 'SIGHUP');
      else child.kill('SIGHUP');
      for (const { origin, text } of others) await untilServed(addresses[0] as string, origin, serialOf(text));
    },
    stop,
  };
}

function serialOf(masterFile: string): string {
  const serial = /\bSOA\s+\S+\s+\S+\s+\(?\s*(\d+)/.exec(masterFile)?.[1];
  if (serial === undefined) throw new Error(`a zone without SOA: ${masterFile.slice(0, 200)}`);
  return serial;
}

/** Until the SOA record of this serial is answered. */
async function untilServed(address: string, origin: string, serial: string): Promise<void> {
  const query = writeQuery({ name: origin, type: TYPE.SOA, flags: 0, edns: undefined, transport: 'udp' });
  const connection = await Connection.open(53, address);
  const look = async (): Promise<string> => {
    const reply = await connection.exchange(query, 'udp', 300);
    return reply === SILENCE ? SILENCE : readReply(reply).answer.join();
  };
  try {
    await eventually(`${origin} is served at ${address}`, look, (answer) => answer.includes(` ${serial} `));
  } finally {
    connection.close();
  }
}
