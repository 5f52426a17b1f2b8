import { Resolver } from 'node:dns/promises';
import { readFileSync, statSync } from 'node:fs';
import { isIPv4 } from 'node:net';

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
/** How often the system's resolvers and hosts file are looked at again. */
const RENEW_MILLISECONDS = 10_000;
/** For the first try of each resolver; c-ares doubles it for the next. */
const TRY_MILLISECONDS = 1000;
const TRIES = 2;

export function openLookup(resolvers: readonly string[]): Lookup {
  const system = resolvers.length === 0;
  let resolver = newResolver(resolvers);
  let hosts = system ? readHosts() : NO_HOSTS;
  let renewedAt = performance.now();

  function renew(): void {
    const now = performance.now();
    if (!system || now - renewedAt < RENEW_MILLISECONDS) return;
    renewedAt = now;
    resolver = newResolver(resolvers);
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
      return resolve(resolver, name, timeoutMilliseconds);
    },
  };
}

function newResolver(resolvers: readonly string[]): Resolver {
  const resolver = new Resolver({ timeout: TRY_MILLISECONDS, tries: TRIES });
  if (resolvers.length > 0) resolver.setServers([...resolvers]);
  return resolver;
}

async function resolve(resolver: Resolver, name: string, timeoutMilliseconds: number): Promise<Found> {
  const { promise: late, resolve: tooLate } = Promise.withResolvers<'late'>();
  const timer = setTimeout(tooLate, timeoutMilliseconds, 'late');
  try {
    const addresses = await Promise.race([resolver.resolve4(name), late]);
    if (addresses === 'late') return failed('the resolver did not answer in time');
    const [address] = addresses;
    return address === undefined ? failed('there is no A record') : { address };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ECONNREFUSED') return { words: 'No resolver could be asked.', own: true };
    return failed(REASONS[code] ?? code);
  } finally {
    clearTimeout(timer);
  }
}

function failed(reason: string): Found {
  return { words: `DNS resolution failed: ${reason}.`, own: false };
}

/** c-ares' codes in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'DNS response error code NXDOMAIN',
  ENODATA: 'there is no A record',
  ESERVFAIL: 'DNS response error code SERVFAIL',
  EREFUSED: 'DNS response error code REFUSED',
  ETIMEOUT: 'the resolver did not answer in time',
  EBADNAME: 'it is not a domain name',
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
