import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import type { NameKey } from '../../zone/zone-data.ts';
import { replaceReferences } from '../references.ts';
import { tables } from '../tables.ts';

export type DiscardZoneDataCommand = Readonly<Record<never, never>>;

export interface ZoneDataDiscarded extends ChangeBase {
  readonly kind: 'ZoneDataDiscarded';
  readonly dataId: string;
  /** Nodes taken away at most. */
  readonly nodesMax: number;
}

/** Nodes in one change: few enough that commands behind it wait for some ten milliseconds at most. */
const NODES_AT_ONCE = 1000;

/** Takes away a slice of what no zone refers to any more; to be repeated until it is refused. */
export const discardZoneData: WriteOperation<DiscardZoneDataCommand, ZoneDataDiscarded> = {
  operation: 'DiscardZoneData',
  kind: 'ZoneDataDiscarded',
  decide(view, _command, given) {
    const next = view.range(tables.discardedData, { limit: 1 })[0];
    if (next === undefined) return refuse('InvalidInput', 'There is nothing to discard');
    return {
      kind: 'ZoneDataDiscarded',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      dataId: next.key[0] as string,
      nodesMax: NODES_AT_ONCE,
    };
  },
  lanes: (change) => ({ advances: [lane.zone(change.dataId)], reliesOn: [] }),
  apply(draft, { dataId, nodesMax }) {
    const rows = draft.range(tables.nodes, { prefix: [dataId], limit: nodesMax });
    for (const { key, value } of rows) {
      for (const set of value.recordSets) replaceReferences(draft, dataId, key[1] as NameKey, set, undefined);
      draft.remove(tables.nodes, key);
    }
    if (rows.length === nodesMax) return;
    draft.remove(tables.discardedData, [dataId]);
    draft.remove(tables.lanes, [lane.zone(dataId)]);
  },
  touches: () => [],
};
