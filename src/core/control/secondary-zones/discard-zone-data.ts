import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import type { Table } from '../view.ts';

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
    for (const table of [tables.nodes, tables.aliases] as readonly Table<unknown>[]) {
      const rows = draft.range(table, { prefix: [dataId], limit: nodesMax });
      for (const row of rows) draft.remove(table, row.key);
      if (rows.length === nodesMax) return;
    }
    draft.remove(tables.discardedData, [dataId]);
    draft.remove(tables.lanes, [lane.zone(dataId)]);
  },
  touches: () => [],
};
