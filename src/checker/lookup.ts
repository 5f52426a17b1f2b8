import { readFileSync, statSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { openHostResolver, type Asked } from '../resolve/host-resolver.ts';

/**
 * The A lookups of checks by name, anew for each probe: by the resolvers that were set, else by the system's, in which case the
 * hosts file counts too. Not getaddrinfo(3), which would occupy one of four threads for each name that is slow.
 */
export interface Lookup {
  /** Never throws. */
  address(name: string, timeoutMilliseconds: number): Promise<Found>;
}

export type Found =
  | { readonly address: string }
  /** `own`: no resolver could be asked, which says nothing about the name. */
  | { readonly words: string; readonly own: boolean };

const HOSTS_FILE = '/etc/hosts';
/** How often the hosts file is looked at again. */
const RENEW_MILLISECONDS = 10_000;

export function openLookup(resolvers: readonly string[]): Lookup {
  const resolver = openHostResolver(resolvers);
  const system = resolvers.length === 0;
  let hosts = system ? readHosts() : NO_HOSTS;
  let renewedAt = performance.now();

  function renew(): void {
    const now = performance.now();
    if (!system || now - renewedAt < RENEW_MILLISECONDS) return;
    renewedAt = now;
    if (modifiedAt() !== hosts.modifiedAt) hosts = readHosts();
  }

  return {
    async address(name, timeoutMilliseconds) {
      renew();
      const key = name.toLowerCase();
      // RFC 6761 §6.3: names below localhost are this machine's, whatever a resolver would say.
      if (key === 'localhost' || key.endsWith('.localhost')) return { address: '127.0.0.1' };
      const known = hosts.addresses.get(key);
      if (known !== undefined) return { address: known };
      return found(await resolver.ask(name, 'A', timeoutMilliseconds));
    },
  };
}

function found(asked: Asked): Found {
  if (asked.kind === 'addresses') return { address: asked.addresses[0] as string };
  if (asked.reason === 'unreachable') return { words: 'No resolver could be asked.', own: true };
  return { words: `DNS resolution failed: ${REASONS[asked.reason] ?? asked.reason}.`, own: false };
}

const REASONS: Readonly<Partial<Record<Extract<Asked, { reason: string }>['reason'], string>>> = {
  NXDOMAIN: 'DNS response error code NXDOMAIN',
  NODATA: 'there is no A record',
  SERVFAIL: 'DNS response error code SERVFAIL',
  REFUSED: 'DNS response error code REFUSED',
  timeout: 'the resolver did not answer in time',
  'not a domain name': 'it is not a domain name',
};

interface Hosts {
  readonly modifiedAt: number;
  /** Lower-case name → its first IPv4 address. */
  readonly addresses: ReadonlyMap<string, string>;
}

const NO_HOSTS: Hosts = { modifiedAt: 0, addresses: new Map() };

function modifiedAt(): number {
  try {
    return statSync(HOSTS_FILE).mtimeMs;
  } catch {
    return 0;
  }
}

function readHosts(): Hosts {
  const addresses = new Map<string, string>();
  try {
    for (const line of readFileSync(HOSTS_FILE, 'utf8').split('\n')) {
      const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
      if (!isIPv4(address)) continue;
      for (const name of names) if (!addresses.has(name.toLowerCase())) addresses.set(name.toLowerCase(), address);
    }
  } catch {
    // Without a hosts file there is nothing in it.
  }
  return { modifiedAt: modifiedAt(), addresses };
}
