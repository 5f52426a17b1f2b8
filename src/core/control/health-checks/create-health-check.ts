import type { HealthCheckConfig } from '../../health/health-check-config.ts';
import { lane } from '../lanes.ts';
import { isRefusal, refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import { count } from '../records-kept.ts';
import { tables, type HealthCheck } from '../tables.ts';
import type { Draft, View } from '../view.ts';
import { checkMembers, type ConfigInput } from './config-members.ts';
import { checkReferences } from './config-references.ts';
import { forgetOldReferences } from './deleted-references.ts';
import { healthCheckTouched } from './health-check-touched.ts';

export interface CreateHealthCheckCommand {
  readonly callerReference: string;
  readonly config: ConfigInput;
}

export interface HealthCheckCreated extends ChangeBase {
  readonly kind: 'HealthCheckCreated';
  readonly check: HealthCheck;
}

const CALLER_REFERENCE_MAX = 64;
/**
 * Places in the status table, none of which is used twice: at Route 53's own limit of 1,000 new checks a day they last for 45 years,
 * and memory is taken only for those that were used.
 */
export const HEALTH_CHECKS_EVER_MAX = 2 ** 24;

/**
 * A caller reference that is taken is refused here even where Route 53 gives the check that is there: that is no change, and
 * `healthCheckAsCreated` finds it.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHealthCheck.html
 */
export const createHealthCheck: WriteOperation<CreateHealthCheckCommand, HealthCheckCreated> = {
  operation: 'CreateHealthCheck',
  kind: 'HealthCheckCreated',
  decide,
  lanes: ({ check }) => ({
    advances: [lane.healthChecks, lane.healthCheck(check.id)],
    reliesOn: (check.config.childHealthChecks ?? []).map(lane.healthCheck),
  }),
  apply,
  touches: (_view, change) => [healthCheckTouched(change.check.id)],
};

function decide(view: View, command: CreateHealthCheckCommand, given: Given): HealthCheckCreated | Refusal {
  const config = checkCommand(view, command, given);
  if (isRefusal(config)) return config;
  if (view.get(tables.callerReferences, ['health-check', command.callerReference]) !== undefined) {
    return refuse(
      'HealthCheckAlreadyExists',
      'The health check you are attempting to create already exists, or was deleted in the last days, with other settings: ' +
        `the caller reference ${command.callerReference} is taken.`,
    );
  }
  const index = view.get(tables.counters, ['health-checks-ever']) ?? 0;
  const quota = given.settings.quotas.healthChecksMax;
  if ((view.get(tables.counters, ['health-checks']) ?? 0) >= quota || index >= HEALTH_CHECKS_EVER_MAX) {
    return refuse(
      'TooManyHealthChecks',
      'Limits Exceeded: MAX_HEALTH_CHECKS_BY_OWNER - Cannot create more health checks.',
    );
  }
  return {
    kind: 'HealthCheckCreated',
    id: given.newId('change'),
    at: given.now,
    by: given.principal,
    check: {
      id: given.newId('health-check'),
      index,
      callerReference: command.callerReference,
      version: 1,
      config,
      createdAt: given.now,
    },
  };
}

function checkCommand(view: View, command: CreateHealthCheckCommand, given: Given): HealthCheckConfig | Refusal {
  const reference = command.callerReference.length;
  if (reference < 1 || reference > CALLER_REFERENCE_MAX) {
    return refuse('InvalidInput', `CallerReference must have from 1 to ${CALLER_REFERENCE_MAX} characters`);
  }
  const config = checkMembers(command.config);
  if (isRefusal(config)) return config;
  return checkReferences(view, command.config, given.settings.healthChecks) ?? config;
}

function apply(draft: Draft, { check, at }: HealthCheckCreated): void {
  draft.put(tables.healthChecks, [check.id], check);
  draft.put(tables.callerReferences, ['health-check', check.callerReference], check.id);
  count(draft, 'health-checks', 1);
  count(draft, 'health-checks-ever', 1);
  forgetOldReferences(draft, at);
}
