/** The other name servers that we are held against, and what every test has them do: serve on loopback, without limits, unasked. */
export type PeerName = 'NSD' | 'Knot' | 'BIND';

/** What one test has a peer do beside that, in the peer's own words. */
export interface PeerSettings {
  /** In the section of the server as a whole. */
  readonly server?: string;
  /** Sections that come before the zones. */
  readonly sections?: string;
  /** In the section of a zone. */
  readonly zone?: (zone: PeerZone) => string;
}

export interface PeerZone {
  readonly origin: string;
  /** As a master file, of a zone that it is primary for; absent, it is the zone's secondary. */
  readonly text?: string;
}

export interface Program {
  readonly path: string;
  /** Before the file of its settings: it stays in the foreground, with one thread where that is said here. */
  readonly parameters: readonly string[];
  /** What makes it say its version. */
  readonly version: readonly string[];
  readonly settings: (directory: string, port: number, zones: readonly PeerZone[], more: PeerSettings) => string;
}

/** Beside the zones' files lie its settings, its state and its control socket. */
export function fileOf(origin: string): string {
  return `${origin.replaceAll('.', '_')}.zone`;
}

export const PROGRAMS: Readonly<Record<PeerName, Program>> = {
  NSD: {
    path: '/usr/sbin/nsd',
    parameters: ['-d', '-V', '2', '-c'],
    version: ['-v'],
    settings: (directory, port, zones, { server = '', sections = '', zone }) => `
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
  ${server}
remote-control:
  control-enable: no
${sections}
${zones
  .map((each) => `zone:\n  name: "${each.origin}"\n  zonefile: "${fileOf(each.origin)}"\n  ${zone?.(each) ?? ''}\n`)
  .join('')}`,
  },
  Knot: {
    path: '/usr/sbin/knotd',
    parameters: ['-c'],
    version: ['-V'],
    settings: (directory, port, zones, { server = '', sections = '', zone }) => `
server:
  rundir: "${directory}"
  listen: 127.0.0.1@${port}
  user: root
  udp-workers: 1
  tcp-workers: 1
  background-workers: 2
  ${server}
log:
  - target: stderr
    any: info
database:
  storage: "${directory}"
${sections}
template:
  - id: default
    storage: "${directory}"
    zonefile-sync: -1
    semantic-checks: off
zone:
${zones.map((each) => `  - domain: "${each.origin}"\n    file: "${fileOf(each.origin)}"\n    ${zone?.(each) ?? ''}\n`).join('')}`,
  },
  BIND: {
    path: '/usr/sbin/named',
    parameters: ['-g', '-n', '1', '-c'],
    version: ['-v'],
    settings: (directory, port, zones, { server = '', sections = '', zone }) => `
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
  check-names primary ignore;
  check-names secondary ignore;
  ${server}
};
controls { };
${sections}
${zones
  .map(
    (each) => `zone "${each.origin}" {
  type ${each.text === undefined ? 'secondary' : 'primary'};
  file "${fileOf(each.origin)}";
  ${zone?.(each) ?? ''}
};
`,
  )
  .join('')}`,
  },
};

export const PEERS = Object.keys(PROGRAMS) as readonly PeerName[];
