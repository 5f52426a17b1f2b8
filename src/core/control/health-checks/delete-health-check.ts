import { lane } from '../lanes.ts';
import type { ChangeBase, WriteOperation } from '../operation.ts';
import { count } from '../records-kept.ts';
import { tables, type HealthCheck } from '../tables.ts';
import { forgetOldReferences } from './deleted-references.ts';
import { healthCheckTouched } from './health-check-touched.ts';
import { noSuchHealthCheck } from './no-such-health-check.ts';

export interface HealthCheckDeleted extends ChangeBase {
  readonly kind: 'HealthCheckDeleted';
  readonly check: HealthCheck;
}

/**
 * A check may be deleted while record sets name it; they count as healthy from then on.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHealthCheck.html
 */
export const deleteHealthCheck: WriteOperation<{ readonly id: string }, HealthCheckDeleted> = {
  operation: 'DeleteHealthCheck',
  kind: 'HealthCheckDeleted',
  decide(view, command, given) {
    const check = view.get(tables.healthChecks, [command.id]);
    if (check === undefined) return noSuchHealthCheck(command.id);
    return { kind: 'HealthCheckDeleted', id: given.newId('change'), at: given.now, by: given.principal, check };
  },
  lanes: ({ check }) => ({ advances: [lane.healthChecks, lane.healthCheck(check.id)], reliesOn: [] }),
  apply(draft, { check, at }) {
    draft.remove(tables.healthChecks, [check.id]);
    draft.remove(tables.tags, ['healthcheck', check.id]);
    draft.put(tables.deletedHealthChecks, [at, check.id], check.callerReference);
    count(draft, 'health-checks', -1);
    forgetOldReferences(draft, at);
  },
  touches: (_view, change) => [healthCheckTouched(change.check.id)],
};
