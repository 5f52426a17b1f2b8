import type { Signing } from './zone-dnssec.ts';

/**
 * Until when caches may have answers of a zone from before it was signed. A validator behind such a cache finds them bogus once the parent has
 * a DS record, so that waits for the longest TTL that the zone had: as a key is not retired before (RFC 7583 §3.2.1: Iret is Dprp and TTLsig).
 */
const HOUR = 3_600_000;
/** Nobody waits less: who enabled signing in error has a day to see it. */
const WAIT_MILLISECONDS_MIN = 24 * HOUR;
/**
 * Caches keep nothing longer, whatever its TTL, unless they were told to: BIND's max-cache-ttl is a week; Unbound, PowerDNS Recursor and Knot
 * Resolver keep things for a day.
 */
const CACHED_SECONDS_MAX = 7 * 86_400;
/** What was on its way when signing began, and seconds that caches round up. */
const MARGIN_MILLISECONDS = HOUR;

type UnsignedTimes = Pick<Signing, 'since' | 'unsignedUntil'>;

/** When nobody has anything without signatures any more, at the earliest; exactly then, once `unsignedUntil` is known. Milliseconds since the epoch. */
export function forgottenEarliest({ since, unsignedUntil = since }: UnsignedTimes): number {
  return Math.max(since + WAIT_MILLISECONDS_MIN, unsignedUntil + MARGIN_MILLISECONDS);
}

/** The same, at the latest. */
export function forgottenLatest({ since, unsignedUntil = cachedUntil(since, Infinity) }: UnsignedTimes): number {
  return forgottenEarliest({ since, unsignedUntil });
}

/** Until when caches have what was answered until then. */
export function cachedUntil(answeredUntil: number, ttlSeconds: number): number {
  return answeredUntil + Math.min(ttlSeconds, CACHED_SECONDS_MAX) * 1000;
}
