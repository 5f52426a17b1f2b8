import { startPeer, type Peer } from '../peers/peer.ts';
import type { PeerName, PeerSettings } from '../peers/programs.ts';
import { KEY_NAME, KEY_SECRET } from './key.ts';

export interface TransferOptions {
  readonly port: number;
  /** Where our name server is. */
  readonly ourPort: number;
  /** Zones that it copies from us. */
  readonly secondary: readonly string[];
  /** Zones that we copy from it, with their text. */
  readonly primary: ReadonlyMap<string, string>;
}

/** Of a connection on which one message does not go for this long (tcp-io-timeout), which is longer than a busy machine holds a client up. */
export const KNOT_WAITS_MILLISECONDS = 2000;

/** What each needs to copy zones from us and to let us copy its own. */
const TRANSFERS: Readonly<Record<PeerName, (ourPort: number) => PeerSettings>> = {
  NSD: (ourPort) => ({
    server: 'xfrd-reload-timeout: 0',
    sections: `
key:
  name: "${KEY_NAME}"
  algorithm: hmac-sha256
  secret: "${KEY_SECRET}"
`,
    zone: ({ text }) =>
      text === undefined
        ? `request-xfr: 127.0.0.1@${ourPort} ${KEY_NAME}
  allow-notify: 127.0.0.1 ${KEY_NAME}
  provide-xfr: 127.0.0.1 ${KEY_NAME}
  min-retry-time: 1
  min-refresh-time: 1`
        : `provide-xfr: 127.0.0.1 ${KEY_NAME}
  notify: 127.0.0.1@${ourPort} ${KEY_NAME}
  store-ixfr: yes
  create-ixfr: yes`,
  }),
  Knot: (ourPort) => ({
    server: `tcp-io-timeout: ${KNOT_WAITS_MILLISECONDS}`,
    sections: `
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
`,
    zone: ({ text }) =>
      text === undefined
        ? `master: waypost
    acl: [ notify_from_waypost, transfer_to_waypost ]
    zonefile-load: none
    journal-content: all`
        : `notify: waypost
    acl: transfer_to_waypost
    zonefile-load: difference
    journal-content: changes`,
  }),
  BIND: (ourPort) => ({
    server: `notify explicit;
  notify-delay 0;
  min-retry-time 1;
  min-refresh-time 1;`,
    sections: `key "${KEY_NAME}" { algorithm hmac-sha256; secret "${KEY_SECRET}"; };`,
    zone: ({ text }) =>
      text === undefined
        ? `primaries { 127.0.0.1 port ${ourPort} key "${KEY_NAME}"; };
  allow-notify { key "${KEY_NAME}"; };
  allow-transfer { any; };`
        : `allow-transfer { key "${KEY_NAME}"; };
  also-notify { 127.0.0.1 port ${ourPort} key "${KEY_NAME}"; };
  ixfr-from-differences yes;`,
  }),
};

export function startTransferPeer(name: PeerName, options: TransferOptions): Promise<Peer> {
  const zones = [
    ...options.secondary.map((origin) => ({ origin })),
    ...[...options.primary].map(([origin, text]) => ({ origin, text })),
  ];
  return startPeer(name, options.port, zones, TRANSFERS[name](options.ourPort));
}
