import { SIGNED_TTL_SECONDS_MAX } from './periods.ts';
import type { SigningKey } from './zone-signing.ts';

/** A zone-signing key with what the DNSKEY set says of it. */
export interface ZoneKey extends SigningKey {
  /** As a DNSKEY record has it. Base64. */
  readonly publicKey: string;
}

/**
 * The zone-signing keys of a zone. A new one takes over by pre-publication (RFC 6781 §4.1.1.1, RFC 7583 §3.2.1): it is published, it
 * signs once every resolver that knows the old DNSKEY set has forgotten it, and the old one is withdrawn once all of its signatures
 * are forgotten. Each step waits for `stepAt`, and may be taken later, but never earlier; so the order holds however long somebody
 * stops in between.
 */
export interface ZoneKeys {
  readonly signer: ZoneKey;
  /** Published, and to sign next. */
  readonly next?: ZoneKey;
  /** Published, because its signatures are still known. Never together with `next`. */
  readonly former?: ZoneKey;
  /** When the next step is due. Milliseconds since the epoch. */
  readonly stepAt: number;
}

export type Step = 'publish' | 'sign' | 'withdraw';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How long resolvers keep a DNSKEY set. */
export const DNSKEY_TTL_SECONDS = 3600;
/** Resolvers' and members' clocks, and what is still on its way to somebody. */
export const MARGIN_MILLISECONDS = 2 * HOUR;
/** For so long a key signs alone: with the week before, while the former one is still published, it is Route 53's 7 to 30 days. */
const ALONE_MILLISECONDS_MIN = 7 * DAY;
const ALONE_MILLISECONDS_SPREAD = 15 * DAY;

export function stepOf(keys: ZoneKeys): Step {
  if (keys.next !== undefined) return 'sign';
  return keys.former === undefined ? 'publish' : 'withdraw';
}

/** `jitter` is from 0 to 1, and another for each zone and key: so zones that came together do not stay together. */
export function firstKey(signer: ZoneKey, now: number, jitter: number): ZoneKeys {
  return { signer, stepAt: now + ALONE_MILLISECONDS_MIN + Math.floor(jitter * ALONE_MILLISECONDS_SPREAD) };
}

export function published(keys: ZoneKeys, next: ZoneKey, now: number): ZoneKeys {
  return { signer: keys.signer, next, stepAt: now + DNSKEY_TTL_SECONDS * 1000 + MARGIN_MILLISECONDS };
}

/** Resolvers keep what the former key signed for no longer than its TTL, nor than its signature counts (RFC 4035 §5.3.3). */
export function signingWithNext(keys: ZoneKeys, now: number): ZoneKeys {
  const { signer, next } = keys;
  if (next === undefined) return keys;
  return { signer: next, former: signer, stepAt: now + SIGNED_TTL_SECONDS_MAX * 1000 + MARGIN_MILLISECONDS };
}

export function withdrawn(keys: ZoneKeys, now: number, jitter: number): ZoneKeys {
  return firstKey(keys.signer, now, jitter);
}

/** All that the DNSKEY set has of them, the oldest first. */
export function publishedKeys({ signer, next, former }: ZoneKeys): readonly ZoneKey[] {
  return [former, signer, next].filter((key) => key !== undefined);
}
