import type { FailoverRole } from '../../zone/routing.ts';
import type { Asker } from '../asker.ts';
import { NONE, type Policy } from '../policy.ts';
import { isHealthy, POLICY, termsAt } from '../program.ts';

/**
 * The primary while it is healthy, else the secondary while that is, else the primary all the same.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-failover.html
 *
 * Words: which candidate is the primary and which the secondary, or `NONE`.
 */
export function failover(roles: readonly FailoverRole[]): Policy {
  return {
    name: 'failover',
    code: POLICY.failover,
    words: [roles.indexOf('PRIMARY'), roles.indexOf('SECONDARY')],
    thought: (index) => (roles[index] as FailoverRole).toLowerCase(),
  };
}

export function pickFailover(words: Int32Array, group: number, asker: Asker): number {
  const terms = termsAt(words, group);
  const primary = words[terms] as number;
  const secondary = words[terms + 1] as number;
  if (primary !== NONE && isHealthy(words, group, primary, asker)) return primary;
  if (secondary !== NONE && isHealthy(words, group, secondary, asker)) return secondary;
  return primary !== NONE ? primary : secondary;
}
