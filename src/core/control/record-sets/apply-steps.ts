import { nameKey } from '../../dns/name-key.ts';
import { putRecordSet, removeRecordSet } from '../nodes.ts';
import { dataIdOf, type HostedZone, type RecordDifference } from '../tables.ts';
import type { Draft } from '../view.ts';
import type { RecordSetStep } from './change-batch.ts';

/** Takes the steps in order; what they changed, and by how many record sets the zone grew. */
export function applySteps(
  draft: Draft,
  zone: HostedZone,
  steps: readonly RecordSetStep[],
): { readonly differences: readonly RecordDifference[]; readonly added: number } {
  const apex = nameKey(zone.name);
  const dataId = dataIdOf(zone);
  const differences: RecordDifference[] = [];
  let added = 0;
  for (const { action, name, set } of steps) {
    if (action === 'PUT') {
      const before = putRecordSet(draft, dataId, apex, nameKey(name), set);
      if (before === undefined) added += 1;
      differences.push({ name, after: set, ...(before === undefined ? {} : { before }) });
    } else {
      removeRecordSet(draft, dataId, apex, nameKey(name), set);
      added -= 1;
      differences.push({ name, before: set });
    }
  }
  return { differences, added };
}
