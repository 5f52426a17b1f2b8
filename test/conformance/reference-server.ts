import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { ask, SILENCE, type Reply } from './ask.ts';

/** Another implementation that serves the zone, in a directory of its own. Knot cannot do without a control socket: it is in there. */
export interface ReferenceServer {
  readonly port: number;
  stop(): Promise<void>;
}

export const NSD = '/usr/sbin/nsd';
export const KNOT = '/usr/sbin/knotd';

export function startNsd(origin: string, zone: string, port: number): Promise<ReferenceServer> {
  return start(
    NSD,
    ['-d', '-c'],
    origin,
    zone,
    port,
    (directory) => `
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
  rrl-ratelimit: 0
  refuse-any: no
remote-control:
  control-enable: no
zone:
  name: "${origin}"
  zonefile: "zone"
`,
  );
}

export function startKnot(origin: string, zone: string, port: number): Promise<ReferenceServer> {
  return start(
    KNOT,
    ['-c'],
    origin,
    zone,
    port,
    (directory) => `
server:
  rundir: "${directory}"
  listen: 127.0.0.1@${port}
  user: root
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: "${directory}"
zone:
  - domain: "${origin}"
    storage: "${directory}"
    file: "zone"
    zonefile-sync: -1
    journal-content: none
`,
  );
}

const READY_MS_MAX = 15_000;

async function start(
  program: string,
  parameters: readonly string[],
  origin: string,
  zone: string,
  port: number,
  settings: (directory: string) => string,
): Promise<ReferenceServer> {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-reference-'));
  writeFileSync(join(directory, 'zone'), zone);
  writeFileSync(join(directory, 'settings'), settings(directory));
  const child = spawn(program, [...parameters, join(directory, 'settings')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const until = Date.now() + READY_MS_MAX;
  let reply: Reply | typeof SILENCE = SILENCE;
  while (Date.now() < until && child.exitCode === null && (reply === SILENCE || reply.rcode !== 'NOERROR')) {
    reply = await ask(
      port,
      { name: origin, type: TYPE.SOA, udpBytesMax: undefined, recursionDesired: false, dnssecOk: false },
      200,
    );
    if (reply === SILENCE || reply.rcode !== 'NOERROR') await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true });
  };
  if (reply !== SILENCE && reply.rcode === 'NOERROR') return { port, stop };
  await stop();
  throw new Error(`${program} does not serve the zone\n${output}`);
}
