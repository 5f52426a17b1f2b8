import type { Refusal } from '../operation.ts';
import type { ChangeResourceRecordSetsCommand, RecordSetStep } from '../record-sets/change-batch.ts';
import { lane } from '../lanes.ts';
import { tables } from '../tables.ts';
import type { View } from '../view.ts';
import { noSuchHealthCheck } from './no-such-health-check.ts';

/** The first health check that a batch's record sets name and that is not there. A DELETE may name one that has gone. */
export function missingHealthCheck(view: View, { changes }: ChangeResourceRecordSetsCommand): Refusal | undefined {
  for (const { action, recordSet } of changes) {
    const id = action === 'DELETE' ? undefined : recordSet.healthCheckId;
    if (id !== undefined && view.get(tables.healthChecks, [id]) === undefined) return noSuchHealthCheck(id);
  }
  return undefined;
}

/** Lanes of the health checks that steps put into use. */
export function healthCheckLanes(steps: readonly RecordSetStep[]): string[] {
  const ids = steps.flatMap(({ action, set }) => (action === 'PUT' ? (set.healthCheckId ?? []) : []));
  return [...new Set(ids)].map(lane.healthCheck);
}
