import { isRefusal, type Refusal } from '../core/control/operation.ts';
import { tables } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import type { Accepted } from '../log/submit.ts';

export interface Swept {
  view(): View;
  submit(operation: string, command: object): Promise<Accepted | Refusal>;
}

/** Rows looked at in one sweep; the next takes the others. */
const ROWS_MAX = 100;

/**
 * Takes away what imports left behind whose process ended: versions of zones that were staged and not switched to since `before`
 * (milliseconds since the epoch), and the nodes of those that no zone refers to any more, slice by slice.
 */
export async function sweepImports(swept: Swept, before: number): Promise<void> {
  for (const { key, value } of swept.view().range(tables.stagedImports, { limit: ROWS_MAX })) {
    if (value.at >= before) continue;
    await swept.submit('AbandonImport', { hostedZoneId: key[0], dataId: value.dataId });
  }
  while (swept.view().range(tables.discardedData, { limit: 1 }).length > 0) {
    if (isRefusal(await swept.submit('DiscardZoneData', {}))) return;
  }
}
