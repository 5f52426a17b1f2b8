import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TYPE } from '../../src/core/dns/record-type.ts';
import { eventually } from '../eventually.ts';
import { Validator } from './validator.ts';

export type ResolverName = 'unbound' | 'pdns-recursor' | 'knot-resolver' | 'BIND';

interface Program {
  readonly path: string;
  readonly version: readonly string[];
  readonly parameters: (directory: string) => readonly string[];
  /** Files by name. */
  readonly files: (given: Given) => Readonly<Record<string, string>>;
}

interface Given {
  readonly directory: string;
  readonly address: string;
  /** The root's DS. */
  readonly anchor: string;
  readonly rootServer: string;
  /** EDNS buffer towards name servers. */
  readonly udpBytes: number;
}

const hints = ({ rootServer }: Given): string => `. 3600000 NS a.root.\na.root. 3600000 A ${rootServer}\n`;

/** Each knows the tree's root and no other; the name `test.` is nothing special to them. */
export const RESOLVERS: Readonly<Record<ResolverName, Program>> = {
  unbound: {
    path: '/usr/sbin/unbound',
    version: ['-V'],
    parameters: (directory) => ['-d', '-c', join(directory, 'settings')],
    files: (given) => ({
      hints: hints(given),
      settings: `
server:
  chroot: ""
  username: ""
  use-syslog: no
  directory: "${given.directory}"
  pidfile: "${given.directory}/pid"
  interface: ${given.address}
  access-control: 127.0.0.0/8 allow
  num-threads: 1
  do-ip6: no
  local-zone: "test." nodefault
  root-hints: "${given.directory}/hints"
  trust-anchor: ". IN DS ${given.anchor}"
  trust-anchor-signaling: no
  aggressive-nsec: yes
  edns-buffer-size: ${given.udpBytes}
  max-udp-size: 4096
  val-log-level: 2
  ede: yes
remote-control:
  control-enable: no
`,
    }),
  },
  'pdns-recursor': {
    path: '/usr/sbin/pdns_recursor',
    version: ['--version'],
    parameters: (directory) => [`--config-dir=${directory}`],
    files: (given) => ({
      hints: hints(given),
      'anchor.lua': `clearTA()\naddTA('.', '${given.anchor}')\n`,
      'recursor.conf': `
daemon=no
write-pid=no
socket-dir=${given.directory}
local-address=${given.address}
local-port=53
query-local-address=0.0.0.0
threads=1
dont-query=
hint-file=${given.directory}/hints
lua-config-file=${given.directory}/anchor.lua
security-poll-suffix=
dnssec=validate
dnssec-log-bogus=yes
edns-outgoing-bufsize=${given.udpBytes}
udp-truncation-threshold=4096
extended-resolution-errors=yes
loglevel=4
`,
    }),
  },
  'knot-resolver': {
    path: '/usr/sbin/kresd',
    version: ['-V'],
    parameters: (directory) => ['-n', '-c', join(directory, 'settings'), directory],
    files: (given) => ({
      hints: hints(given),
      settings: `
net.listen('${given.address}', 53, { kind = 'dns' })
net.ipv6 = false
net.bufsize(4096, ${given.udpBytes})
modules.load('hints')
hints.root_file('${given.directory}/hints')
modules.unload('ta_update')
modules.unload('ta_signal_query')
modules.unload('priming')
modules.unload('detect_time_skew')
trust_anchors.remove('.')
trust_anchors.add('. IN DS ${given.anchor}')
policy.add(policy.suffix(policy.PASS, { todname('test.') }))
cache.open(100 * MB, 'lmdb://${given.directory}')
log_target('stderr')
log_level('notice')
`,
    }),
  },
  BIND: {
    path: '/usr/sbin/named',
    version: ['-v'],
    parameters: (directory) => ['-g', '-n', '1', '-c', join(directory, 'settings')],
    files: (given) => {
      const [tag, algorithm, digestType, ...digest] = given.anchor.split(' ');
      return {
        hints: hints(given),
        settings: `
options {
  directory "${given.directory}";
  pid-file "${given.directory}/pid";
  session-keyfile none;
  listen-on { ${given.address}; };
  listen-on-v6 { none; };
  query-source address *;
  recursion yes;
  max-cache-size 256m;
  max-records-per-type 0;
  allow-recursion { any; };
  dnssec-validation yes;
  trust-anchor-telemetry no;
  empty-zones-enable no;
  edns-udp-size ${given.udpBytes};
  max-udp-size 4096;
};
controls { };
zone "." { type hint; file "hints"; };
trust-anchors { . static-ds ${tag} ${algorithm} ${digestType} "${digest.join('')}"; };
`,
      };
    },
  },
};

export const RESOLVER_NAMES = Object.keys(RESOLVERS) as ResolverName[];

/** A validating resolver of its own address, whose trust anchor is the tree's. */
export interface Resolver {
  readonly name: ResolverName;
  readonly address: string;
  readonly validator: Validator;
  log(): string;
  stop(): Promise<void>;
}

export interface ResolverOptions {
  readonly address: string;
  readonly anchor: string;
  readonly rootServer: string;
  readonly udpBytes?: number;
  readonly environment?: NodeJS.ProcessEnv;
}

/** What is asked before it listens is lost. */
const FIRST_LOOKS_MILLISECONDS = 300;

export async function startResolver(name: ResolverName, options: ResolverOptions): Promise<Resolver> {
  const { path, parameters, files } = RESOLVERS[name];
  const directory = mkdtempSync(join(tmpdir(), `waypost-${name}-`));
  for (const [file, text] of Object.entries(files({ udpBytes: 1232, ...options, directory })))
    writeFileSync(join(directory, file), text);
  const child = spawn(path, parameters(directory), {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (some: Buffer) => (output += some.toString()));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const validator = await Validator.open(name, options.address);
  const stop = async (): Promise<void> => {
    validator.close();
    child.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true });
  };
  try {
    await eventually(
      `${name} trusts the root`,
      () => validator.ask({ name: '.', type: TYPE.SOA }, FIRST_LOOKS_MILLISECONDS),
      ({ verdict }) => verdict === 'SECURE' || child.exitCode !== null,
    );
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
  } catch (error) {
    await stop();
    throw new Error(`${name}: ${(error as Error).message}\n${output}`, { cause: error });
  }
  return { name, address: options.address, validator, log: () => output, stop };
}
