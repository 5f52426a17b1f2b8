/**
 * One checker's opinion of one endpoint. It changes only after `FailureThreshold` results in a row that say otherwise, in either
 * direction, so that one lost packet moves nothing.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
 */
export interface Verdict {
  readonly healthy: boolean;
  /** Results in a row that have said otherwise. */
  readonly against: number;
}

/** Before anything is known an endpoint counts as healthy. */
export const UNTRIED: Verdict = { healthy: true, against: 0 };

/** The verdict after one more result. The same object when nothing has changed. */
export function nextVerdict(verdict: Verdict, passed: boolean, failureThreshold: number): Verdict {
  if (passed === verdict.healthy) return verdict.against === 0 ? verdict : { healthy: verdict.healthy, against: 0 };
  const against = verdict.against + 1;
  return against >= failureThreshold ? { healthy: passed, against: 0 } : { healthy: verdict.healthy, against };
}
