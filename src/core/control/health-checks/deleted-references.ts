import { tables } from '../tables.ts';
import type { Draft } from '../view.ts';

/** How long a deleted check's caller reference stays taken. Route 53 says "a number of days". */
export const REFERENCE_KEPT_MILLISECONDS = 7 * 24 * 3600 * 1000;

/** Two for each check that is made or deleted: the table shrinks as fast as it can have grown. */
const FORGOTTEN_AT_ONCE = 2;

export function forgetOldReferences(draft: Draft, now: number): void {
  for (const row of draft.range(tables.deletedHealthChecks, { limit: FORGOTTEN_AT_ONCE })) {
    if ((row.key[0] as number) > now - REFERENCE_KEPT_MILLISECONDS) return;
    draft.remove(tables.deletedHealthChecks, row.key);
    draft.remove(tables.callerReferences, ['health-check', row.value]);
  }
}
