import { nameKey } from '../../dns/name-key.ts';
import { ZoneTree } from '../nodes.ts';
import { dataIdOf, type HostedZone, type RecordDifference } from '../tables.ts';
import type { Draft } from '../view.ts';
import type { RecordSetStep } from './change-batch.ts';

/** Takes the steps in order; what they changed, and by how many record sets the zone grew. */
export function applySteps(
  draft: Draft,
  zone: HostedZone,
  steps: readonly RecordSetStep[],
): { readonly differences: readonly RecordDifference[]; readonly added: number } {
  const tree = new ZoneTree(draft, dataIdOf(zone), nameKey(zone.name));
  const differences: RecordDifference[] = [];
  let added = 0;
  for (const { action, name, set } of steps) {
    if (action === 'PUT') {
      const before = tree.put(nameKey(name), set);
      if (before === undefined) added += 1;
      differences.push({ name, after: set, ...(before === undefined ? {} : { before }) });
    } else {
      const before = tree.remove(nameKey(name), set);
      if (before === undefined) continue;
      added -= 1;
      differences.push({ name, before });
    }
  }
  tree.save();
  return { differences, added };
}
