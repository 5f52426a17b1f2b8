import type { FailoverRole } from '../../zone/routing.ts';
import { NONE, type Policy } from '../policy.ts';
import { isHealthy, type Candidate } from '../tree.ts';

/**
 * The primary while it is healthy, else the secondary while that is, else the primary all the same.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-failover.html
 */
export function failover(roles: readonly FailoverRole[]): Policy {
  const primary = roles.indexOf('PRIMARY');
  const secondary = roles.indexOf('SECONDARY');
  return {
    name: 'failover',
    several: false,
    thought: (index) => (roles[index] as FailoverRole).toLowerCase(),
    pick(candidates, asker) {
      if (primary !== NONE && isHealthy(candidates[primary] as Candidate, asker)) return primary;
      if (secondary !== NONE && isHealthy(candidates[secondary] as Candidate, asker)) return secondary;
      return primary !== NONE ? primary : secondary;
    },
  };
}
