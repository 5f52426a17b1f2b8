import { isRefusal, refuse, type ReadOperation } from '../operation.ts';
import type { HealthCheck } from '../tables.ts';
import { getHealthCheck } from './get-health-check.ts';

/**
 * The check whose observations are asked for; a calculated one has none. What was observed is no state: it comes from the feed.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html and API_GetHealthCheckLastFailureReason.html
 */
export const observedHealthCheck: ReadOperation<{ readonly id: string }, HealthCheck> = {
  operation: 'GetHealthCheckStatus',
  read(view, command, given) {
    const check = getHealthCheck.read(view, command, given);
    if (isRefusal(check) || check.config.type !== 'CALCULATED') return check;
    return refuse('InvalidInput', `Health check ${check.id} is calculated: no checker observes it.`);
  },
};
