import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { digSerial } from './dig.ts';
import { KEY_NAME, KEY_SECRET } from './key.ts';

/** Another name server that is primary for some zones and secondary for others, in a directory of its own. */
export interface Peer {
  readonly name: PeerName;
  readonly port: number;
  /** Puts another version of a zone that the peer is primary for in its place, and has the peer read it. */
  change(origin: string, text: string): void;
  /** Stopped for a while, not for good. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  log(): string;
  stop(): Promise<void>;
}

export type PeerName = 'NSD' | 'Knot' | 'BIND';

export interface PeerOptions {
  readonly port: number;
  /** Where our name server is. */
  readonly ourPort: number;
  /** Zones that it copies from us. */
  readonly secondary: readonly string[];
  /** Zones that we copy from it, with their text. */
  readonly primary: ReadonlyMap<string, string>;
}

interface Program {
  readonly path: string;
  readonly parameters: readonly string[];
  readonly settings: (directory: string, options: PeerOptions) => string;
}

export const PROGRAMS: Readonly<Record<PeerName, Program>> = {
  NSD: {
    path: '/usr/sbin/nsd',
    parameters: ['-d', '-V', '2', '-c'],
    settings: (directory, { port, ourPort, secondary, primary }) => `
server:
  ip-address: 127.0.0.1
  port: ${port}
  username: ""
  server-count: 1
  zonesdir: "${directory}"
  database: ""
  pidfile: "${directory}/nsd.pid"
  xfrdfile: "${directory}/xfrd.state"
  xfrdir: "${directory}"
  zonelistfile: "${directory}/zone.list"
  cookie-secret-file: "${directory}/cookies"
  rrl-ratelimit: 0
  xfrd-reload-timeout: 0
remote-control:
  control-enable: no
key:
  name: "${KEY_NAME}"
  algorithm: hmac-sha256
  secret: "${KEY_SECRET}"
${secondary
  .map(
    (origin) => `zone:
  name: "${origin}"
  zonefile: "${fileOf(origin)}"
  request-xfr: 127.0.0.1@${ourPort} ${KEY_NAME}
  allow-notify: 127.0.0.1 ${KEY_NAME}
  provide-xfr: 127.0.0.1 ${KEY_NAME}
  min-retry-time: 1
  min-refresh-time: 1
`,
  )
  .join('')}${[...primary.keys()]
      .map(
        (origin) => `zone:
  name: "${origin}"
  zonefile: "${fileOf(origin)}"
  provide-xfr: 127.0.0.1 ${KEY_NAME}
  notify: 127.0.0.1@${ourPort} ${KEY_NAME}
  store-ixfr: yes
  create-ixfr: yes
`,
      )
      .join('')}`,
  },
  Knot: {
    path: '/usr/sbin/knotd',
    parameters: ['-c'],
    settings: (directory, { port, ourPort, secondary, primary }) => `
server:
  rundir: "${directory}"
  listen: 127.0.0.1@${port}
  user: root
  udp-workers: 1
  tcp-workers: 1
  background-workers: 2
log:
  - target: stderr
    any: info
database:
  storage: "${directory}"
key:
  - id: ${KEY_NAME}
    algorithm: hmac-sha256
    secret: ${KEY_SECRET}
remote:
  - id: waypost
    address: 127.0.0.1@${ourPort}
    key: ${KEY_NAME}
acl:
  - id: notify_from_waypost
    address: 127.0.0.1
    key: ${KEY_NAME}
    action: notify
  - id: transfer_to_waypost
    address: 127.0.0.1
    key: ${KEY_NAME}
    action: transfer
template:
  - id: default
    storage: "${directory}"
    semantic-checks: off
zone:
${secondary
  .map(
    (origin) => `  - domain: "${origin}"
    file: "${fileOf(origin)}"
    master: waypost
    acl: [ notify_from_waypost, transfer_to_waypost ]
    zonefile-sync: -1
    zonefile-load: none
    journal-content: all
`,
  )
  .join('')}${[...primary.keys()]
      .map(
        (origin) => `  - domain: "${origin}"
    file: "${fileOf(origin)}"
    notify: waypost
    acl: transfer_to_waypost
    zonefile-sync: -1
    zonefile-load: difference
    journal-content: changes
`,
      )
      .join('')}`,
  },
  BIND: {
    path: '/usr/sbin/named',
    parameters: ['-g', '-n', '1', '-c'],
    settings: (directory, { port, ourPort, secondary, primary }) => `
options {
  directory "${directory}";
  pid-file "${directory}/named.pid";
  session-keyfile none;
  managed-keys-directory "${directory}";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  empty-zones-enable no;
  notify explicit;
  notify-delay 0;
  check-names primary ignore;
  check-names secondary ignore;
  min-retry-time 1;
  min-refresh-time 1;
};
controls { };
key "${KEY_NAME}" { algorithm hmac-sha256; secret "${KEY_SECRET}"; };
${secondary
  .map(
    (origin) => `zone "${origin}" {
  type secondary;
  file "${fileOf(origin)}";
  primaries { 127.0.0.1 port ${ourPort} key "${KEY_NAME}"; };
  allow-notify { key "${KEY_NAME}"; };
  allow-transfer { any; };
};
`,
  )
  .join('')}${[...primary.keys()]
      .map(
        (origin) => `zone "${origin}" {
  type primary;
  file "${fileOf(origin)}";
  allow-transfer { key "${KEY_NAME}"; };
  also-notify { 127.0.0.1 port ${ourPort} key "${KEY_NAME}"; };
  ixfr-from-differences yes;
};
`,
      )
      .join('')}`,
  },
};

function fileOf(origin: string): string {
  return `${origin.replaceAll('.', '_')}.zone`;
}

export async function startPeer(name: PeerName, options: PeerOptions): Promise<Peer> {
  const { path, parameters, settings } = PROGRAMS[name];
  const directory = mkdtempSync(join(tmpdir(), `waypost-transfer-${name}-`));
  for (const [origin, text] of options.primary) writeFileSync(join(directory, fileOf(origin)), text);
  writeFileSync(join(directory, 'settings'), settings(directory, options));
  let output = '';
  let child: ChildProcess;
  let ended: Promise<unknown>;
  const start = async (): Promise<void> => {
    child = spawn(path, [...parameters, join(directory, 'settings')], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => (output += text.toString()));
    ended = new Promise((resolve) => child.on('exit', resolve));
    const [first] = options.primary.keys();
    if (first === undefined) return;
    try {
      await eventually(
        `${name} serves`,
        () => digSerial(options.port, first),
        (serial) => serial !== undefined,
      );
    } catch (error) {
      child.kill('SIGTERM');
      await ended;
      throw new Error(`${(error as Error).message}\n${output}`);
    }
  };
  const pause = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  await start();
  return {
    name,
    port: options.port,
    change(origin, text) {
      writeFileSync(join(directory, fileOf(origin)), text);
      if (name === 'NSD') process.kill(Number(readFileSync(join(directory, 'nsd.pid'), 'utf8')), 'SIGHUP');
      else child.kill('SIGHUP');
    },
    pause,
    resume: start,
    log: () => output,
    async stop() {
      await pause();
      rmSync(directory, { recursive: true });
    },
  };
}
