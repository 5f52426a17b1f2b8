import type { HealthCheckConfig, InsufficientDataHealthStatus } from './health-check-config.ts';

/** From what was found to a check's status, which is what record sets and calculated checks go by. */

/** A disabled check is not looked at and counts as well; Inverted turns round whatever comes out. */
export function statusOf(config: HealthCheckConfig, well: boolean): boolean {
  return (config.disabled || well) !== config.inverted;
}

/**
 * A calculated check: enough of its children are healthy. A threshold of 0 is always met, one above the number of children never.
 * A child that was deleted counts as healthy, as it does for record sets that still name it.
 */
export function enoughHealthy(healthThreshold: number, children: Iterable<boolean | undefined>): boolean {
  let healthy = 0;
  for (const child of children) if (child !== false) healthy += 1;
  return healthy >= healthThreshold;
}

/** What the metric that a CLOUDWATCH_METRIC check follows says now. */
export type MetricState = 'ok' | 'alarm' | 'insufficient-data';

/** `last` is how the check was found before; a new one counts as healthy. */
export function wellByMetric(state: MetricState, without: InsufficientDataHealthStatus, last: boolean): boolean {
  if (state !== 'insufficient-data') return state === 'ok';
  return without === 'LastKnownStatus' ? last : without === 'Healthy';
}
