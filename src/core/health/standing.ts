/**
 * Where a check stands, before Inverted and Disabled. With a fail-back delay (an extension of ours) an endpoint that has come back
 * counts as unhealthy until it has been well for that long without a break; going down is never delayed.
 */
export interface Standing {
  readonly healthy: boolean;
  /** Since when an unhealthy one has been found well without a break. */
  readonly wellSince: number | undefined;
}

export const NEW_STANDING: Standing = { healthy: true, wellSince: undefined };

/** The standing once it is found that the endpoint is `well`. The same object when nothing has changed. */
export function nextStanding(
  standing: Standing,
  well: boolean,
  now: number,
  failBackDelayMilliseconds: number,
): Standing {
  if (!well) {
    return standing.healthy || standing.wellSince !== undefined ? { healthy: false, wellSince: undefined } : standing;
  }
  if (standing.healthy) return standing;
  const wellSince = standing.wellSince ?? now;
  if (now - wellSince >= failBackDelayMilliseconds) return NEW_STANDING;
  return standing.wellSince === undefined ? { healthy: false, wellSince } : standing;
}
