import { Resolver } from 'node:dns/promises';

/**
 * Asks resolvers for the addresses of hosts that are not ours, by c-ares: UDP, TCP where an answer is too long, one resolver after the
 * other. It keeps nothing: the TTL that it gives is what the resolver told, the least of the chain that led there.
 */
export interface HostResolver {
  /** Never throws. */
  ask(name: string, type: AddressType, timeoutMilliseconds: number): Promise<Asked>;
  /** Whoever waits is told that it failed. */
  close(): void;
}

export type AddressType = 'A' | 'AAAA';

export type Asked =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[]; readonly ttlSeconds: number }
  /** The host's own authority says so. */
  | { readonly kind: 'none'; readonly reason: 'NXDOMAIN' | 'NODATA' }
  /** `unreachable`: no resolver could be asked, which says nothing about the host. */
  | { readonly kind: 'failed'; readonly reason: Failure };

export type Failure = 'SERVFAIL' | 'REFUSED' | 'timeout' | 'unreachable' | 'not a domain name' | 'another error';

/** How often the system's resolvers are looked at again. */
const RENEW_MILLISECONDS = 10_000;
/** For the first try of each resolver; c-ares doubles it for the next. */
const TRY_MILLISECONDS = 1000;
const TRIES = 2;

/** `resolvers` are addresses with or without a port; none for the system's. */
export function openHostResolver(resolvers: readonly string[]): HostResolver {
  const system = resolvers.length === 0;
  let resolver = newResolver(resolvers);
  let renewedAt = performance.now();

  function current(): Resolver {
    if (system && performance.now() - renewedAt >= RENEW_MILLISECONDS) {
      renewedAt = performance.now();
      resolver = newResolver(resolvers);
    }
    return resolver;
  }

  return {
    ask: (name, type, timeoutMilliseconds) => ask(current(), name, type, timeoutMilliseconds),
    close: () => resolver.cancel(),
  };
}

function newResolver(resolvers: readonly string[]): Resolver {
  const resolver = new Resolver({ timeout: TRY_MILLISECONDS, tries: TRIES });
  if (resolvers.length > 0) resolver.setServers([...resolvers]);
  return resolver;
}

async function ask(resolver: Resolver, name: string, type: AddressType, timeoutMilliseconds: number): Promise<Asked> {
  const { promise: late, resolve: tooLate } = Promise.withResolvers<'late'>();
  const timer = setTimeout(tooLate, timeoutMilliseconds, 'late');
  try {
    const asked = type === 'A' ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true });
    const records = await Promise.race([asked, late]);
    if (records === 'late') return { kind: 'failed', reason: 'timeout' };
    if (records.length === 0) return { kind: 'none', reason: 'NODATA' };
    const addresses = [...new Set(records.map(({ address }) => address))];
    return { kind: 'addresses', addresses, ttlSeconds: Math.min(...records.map(({ ttl }) => ttl)) };
  } catch (error) {
    return ANSWERS[(error as NodeJS.ErrnoException).code ?? ''] ?? { kind: 'failed', reason: 'another error' };
  } finally {
    clearTimeout(timer);
  }
}

/** By c-ares' codes. */
const ANSWERS: Readonly<Record<string, Asked>> = {
  ENOTFOUND: { kind: 'none', reason: 'NXDOMAIN' },
  ENODATA: { kind: 'none', reason: 'NODATA' },
  ESERVFAIL: { kind: 'failed', reason: 'SERVFAIL' },
  EREFUSED: { kind: 'failed', reason: 'REFUSED' },
  ETIMEOUT: { kind: 'failed', reason: 'timeout' },
  ECANCELLED: { kind: 'failed', reason: 'timeout' },
  ECONNREFUSED: { kind: 'failed', reason: 'unreachable' },
  EBADNAME: { kind: 'failed', reason: 'not a domain name' },
};
