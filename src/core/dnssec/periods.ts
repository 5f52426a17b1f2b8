import type { SignedAhead, SignedPeriod } from './zone-signing.ts';

/**
 * How long signatures made online count. Time is cut into periods, for each name at a moment of its own, and whatever is asked for
 * is signed anew once in each: so signatures are renewed name by name, when somebody wants them, and long before they end.
 */
export const PERIOD_SECONDS = 12 * 3600;
/**
 * A validator's clock may be an hour slow, and ours an hour fast. And an answer has a period of its own, in which it is kept, and the
 * clock may be set back: a signature in it may be of a period that began later.
 */
const BACKDATED_SECONDS = PERIOD_SECONDS + 2 * 3600;
/**
 * What a signature counts beyond its period. A resolver that was given it at the end may keep it for a day and more, and when there is
 * no time to sign, what is left from the period before can be answered through the next.
 */
const LEFT_SECONDS = 36 * 3600;
/**
 * What is signed is served with no longer TTL, as with Route 53; the same to all, whether they ask for signatures or not.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec.html
 */
export const SIGNED_TTL_SECONDS_MAX = 7 * 86_400;

export interface Validity {
  /** Seconds since the epoch. */
  readonly inception: number;
  readonly expiration: number;
}

/** The number of the period that it is. `hash` is of the name, 32 bits; any will do, if it is always the same. */
export function periodAt(nowSeconds: number, hash: number): number {
  return Math.floor((nowSeconds + jitter(hash)) / PERIOD_SECONDS);
}

/** For all signatures that are made in a period. */
export function validityOf(period: number, hash: number): Validity {
  const start = period * PERIOD_SECONDS - jitter(hash);
  return { inception: start - BACKDATED_SECONDS, expiration: start + PERIOD_SECONDS + LEFT_SECONDS };
}

function jitter(hash: number): number {
  return (hash >>> 0) % PERIOD_SECONDS;
}

/** The signatures of the apex that count now; before all of them the first. */
export function signedPeriodAt({ periods }: SignedAhead, nowSeconds: number): SignedPeriod | undefined {
  return periods.findLast(({ from }) => from <= nowSeconds) ?? periods[0];
}
