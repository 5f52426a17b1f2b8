import type { NameKey, NameNode } from '../../zone/zone-data.ts';
import { tables } from '../tables.ts';
import type { View } from '../view.ts';

export interface NamedNode {
  readonly key: NameKey;
  readonly node: NameNode;
}

/** Nodes read at a time: enough to forget the cost of seeking, few enough that a reader in a thread with other work can pause. */
const NODES_AT_ONCE = 256;

/**
 * Every node of a zone in Route 53's order, the apex first, read as it is asked for: memory stays the same however large the zone. Over
 * `Store.view` it must not be kept across an `await`; over a `Snapshot` it may, for as long as the snapshot lives.
 */
export function* zoneNodes(view: View, dataId: string): Generator<NamedNode, void, void> {
  for (let after: NameKey | undefined; ;) {
    const range = { prefix: [dataId], limit: NODES_AT_ONCE };
    const rows = view.range(
      tables.nodes,
      after === undefined ? range : { ...range, from: [dataId, `${after}${NEXT}`] },
    );
    for (const row of rows) yield { key: row.key[1] as NameKey, node: row.value };
    after = rows.at(-1)?.key[1] as NameKey | undefined;
    if (after === undefined || rows.length < NODES_AT_ONCE) return;
  }
}

/** No name's key holds it, and none comes before it. */
const NEXT = '\0';
