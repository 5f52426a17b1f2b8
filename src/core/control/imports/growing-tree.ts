import { parentKey } from '../../dns/name-key.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import type { NameKey, NameNode } from '../../zone/zone-data.ts';
import { replaceReferences } from '../references.ts';
import { tables } from '../tables.ts';
import type { Draft } from '../view.ts';

interface OpenNode {
  readonly key: NameKey;
  children: number;
  readonly recordSets: RecordSet[];
}

/**
 * Builds the nodes of a zone that nobody sees yet, from names that come in the order of their keys. A name's descendants follow it at
 * once, so that only the line from the apex down to the name is open: each node is written when the line leaves it, once, in the
 * order of the store's pages, and none has to be looked up but where a part of the zone goes on with what an earlier one began.
 *
 * What it leaves is what ZoneTree (control/nodes.ts), which takes names in any order, would leave.
 */
export class GrowingTree {
  readonly #draft: Draft;
  readonly #dataId: string;
  readonly #apex: NameKey;
  /** From the apex down. */
  readonly #open: OpenNode[] = [];

  constructor(draft: Draft, dataId: string, apex: NameKey) {
    this.#draft = draft;
    this.#dataId = dataId;
    this.#apex = apex;
  }

  /** `name` is the last one or comes after it. Its sets come in their order: by type, then by set identifier. */
  add(name: NameKey, set: RecordSet): void {
    if (this.#open.at(-1)?.key !== name) this.#move(name);
    (this.#open.at(-1) as OpenNode).recordSets.push(set);
    replaceReferences(this.#draft, this.#dataId, name, undefined, set);
  }

  /** Writes what is open; the next part of the zone finds it in the store. */
  save(): void {
    while (this.#open.length > 0) this.#close();
  }

  #move(name: NameKey): void {
    while (this.#open.length > 0 && !name.startsWith((this.#open.at(-1) as OpenNode).key)) this.#close();
    const missing: NameKey[] = [];
    const last = this.#open.at(-1)?.key;
    for (let at: NameKey | undefined = name; at !== undefined && at !== last; at = this.#parent(at)) missing.push(at);
    for (const key of missing.toReversed()) this.#begin(key, key === name);
  }

  #begin(key: NameKey, isNew: boolean): void {
    const above = this.#open.at(-1);
    // An ancestor of the first name of a part may be there; a name is not, since none at or behind it was added before.
    const stored: NameNode | undefined = isNew && above !== undefined ? undefined : this.#stored(key);
    if (stored === undefined && above !== undefined) above.children += 1;
    this.#open.push({ key, children: stored?.children ?? 0, recordSets: [...(stored?.recordSets ?? [])] });
  }

  #stored(key: NameKey): NameNode | undefined {
    return this.#draft.get(tables.nodes, [this.#dataId, key]);
  }

  #parent(key: NameKey): NameKey | undefined {
    return key === this.#apex ? undefined : parentKey(key);
  }

  #close(): void {
    const { key, children, recordSets } = this.#open.pop() as OpenNode;
    this.#draft.put(tables.nodes, [this.#dataId, key], { children, recordSets });
  }
}
