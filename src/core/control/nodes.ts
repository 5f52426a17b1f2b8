import { parentKey } from '../dns/name-key.ts';
import { sameKey, type RecordSet } from '../zone/record-set.ts';
import type { NameKey, NameNode } from '../zone/zone-data.ts';
import { replaceReferences } from './references.ts';
import { tables } from './tables.ts';
import type { Draft } from './view.ts';

/**
 * The nodes of a zone, while a change puts record sets into them and takes record sets out. It keeps the tree whole: each node's
 * ancestors up to the apex exist, so that an empty non-terminal (RFC 4592 §2.2.2) is found by a point lookup like any other name.
 * What sets refer to is indexed (references.ts).
 *
 * Each node is read once and written once, with `save`, in the order of the keys: thousands of names in one change share their
 * ancestors, and the store its pages.
 */
export class ZoneTree {
  readonly #draft: Draft;
  readonly #dataId: string;
  readonly #apex: NameKey;
  /** Nodes as they are now; undefined when there is none. */
  readonly #nodes = new Map<NameKey, NameNode | undefined>();
  readonly #changed = new Set<NameKey>();

  constructor(draft: Draft, dataId: string, apex: NameKey) {
    this.#draft = draft;
    this.#dataId = dataId;
    this.#apex = apex;
  }

  at(name: NameKey): readonly RecordSet[] {
    return this.#read(name)?.recordSets ?? [];
  }

  find(name: NameKey, set: RecordSet): RecordSet | undefined {
    return this.at(name).find((each) => sameKey(each, set));
  }

  /** Gives the set that it takes the place of. */
  put(name: NameKey, set: RecordSet): RecordSet | undefined {
    const node = this.#ensure(name);
    const before = node.recordSets.find((each) => sameKey(each, set));
    const others = before === undefined ? node.recordSets : node.recordSets.filter((each) => each !== before);
    const recordSets = others.length === 0 ? [set] : [...others, set].sort(compareRecordSets);
    this.#write(name, { children: node.children, recordSets });
    replaceReferences(this.#draft, this.#dataId, name, before, set);
    return before;
  }

  /** Gives the set that was there. */
  remove(name: NameKey, set: RecordSet): RecordSet | undefined {
    const node = this.#read(name);
    const before = node?.recordSets.find((each) => sameKey(each, set));
    if (node === undefined || before === undefined) return undefined;
    this.#write(name, { ...node, recordSets: node.recordSets.filter((each) => each !== before) });
    replaceReferences(this.#draft, this.#dataId, name, before, undefined);
    this.#removeIfEmpty(name);
    return before;
  }

  save(): void {
    for (const name of [...this.#changed].sort(compareText)) {
      const node = this.#nodes.get(name);
      if (node === undefined) this.#draft.remove(tables.nodes, [this.#dataId, name]);
      else this.#draft.put(tables.nodes, [this.#dataId, name], node);
    }
    this.#changed.clear();
  }

  #read(name: NameKey): NameNode | undefined {
    const known = this.#nodes.get(name);
    if (known !== undefined || this.#nodes.has(name)) return known;
    const stored = this.#draft.get(tables.nodes, [this.#dataId, name]);
    this.#nodes.set(name, stored);
    return stored;
  }

  #write(name: NameKey, node: NameNode | undefined): void {
    this.#nodes.set(name, node);
    this.#changed.add(name);
  }

  #ensure(name: NameKey): NameNode {
    const existing = this.#read(name);
    if (existing !== undefined) return existing;
    const parent = name === this.#apex ? undefined : parentKey(name);
    if (parent !== undefined) {
      const above = this.#ensure(parent);
      this.#write(parent, { ...above, children: above.children + 1 });
    }
    return EMPTY;
  }

  #removeIfEmpty(name: NameKey): void {
    for (let at = name; ;) {
      const node = this.#read(at);
      if (node === undefined || node.children > 0 || node.recordSets.length > 0) return;
      this.#write(at, undefined);
      const parent = parentKey(at);
      if (at === this.#apex || parent === undefined) return;
      const above = this.#read(parent) ?? EMPTY;
      this.#write(parent, { ...above, children: Math.max(0, above.children - 1) });
      at = parent;
    }
  }
}

const EMPTY: NameNode = { children: 0, recordSets: [] };

/** Type, then set identifier: the order in which a name's record sets are listed. */
export function compareRecordSets(a: RecordSet, b: RecordSet): number {
  return compareText(a.type, b.type) || compareText(a.setIdentifier ?? '', b.setIdentifier ?? '');
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
