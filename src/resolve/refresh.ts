import type { Asked } from './host-resolver.ts';

/**
 * When a host is asked for again, and for how long its answer may be kept by others. An answer goes out with the TTL that its resolver
 * told at the last look, but with no more than Route 53 gives its own targets, so that what a resolver keeps outlives what the host's
 * own TTL allowed by a minute at most. While looks fail, the last good answer goes on with the TTL of stale data (RFC 8767 §4).
 */
const SERVED_SECONDS_MAX = 60;
const STALE_SECONDS = 30;
/** A host with a TTL of nothing is not asked for with every query. */
const REFRESH_SECONDS_MIN = 5;
/** Asked for more often than its TTL wants: a host that was moved in error comes back within the hour. */
const REFRESH_SECONDS_MAX = 3600;
/** A host that does not exist, or has no address of the type, may come to have one. */
const NONE_SECONDS = 60;
/** After a failure; twice as long after each that follows. */
const RETRY_SECONDS = 5;
const RETRY_SECONDS_MAX = 60;
/** The part of a time that is left to chance, so that hosts that came together do not stay together. */
const JITTER = 0.1;

/** Milliseconds until the next look; never later than the answer's TTL. `failures` counts this one, `draw` is from 0 up to 1. */
export function refreshAfter(asked: Asked, failures: number, draw: number): number {
  return secondsUntil(asked, failures) * 1000 * (1 - JITTER * draw);
}

function secondsUntil(asked: Asked, failures: number): number {
  switch (asked.kind) {
    case 'addresses':
      return Math.min(Math.max(asked.ttlSeconds, REFRESH_SECONDS_MIN), REFRESH_SECONDS_MAX);
    case 'none':
      return NONE_SECONDS;
    case 'failed':
      return Math.min(RETRY_SECONDS * 2 ** (failures - 1), RETRY_SECONDS_MAX);
  }
}

/** `stale`: the last look failed, or was before the restart. */
export function servedTtl(toldSeconds: number, stale: boolean): number {
  return Math.min(toldSeconds, stale ? STALE_SECONDS : SERVED_SECONDS_MAX);
}
