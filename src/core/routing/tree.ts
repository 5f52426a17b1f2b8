import type { Policy } from './policy.ts';

/**
 * What a name says about a type, as a tree: a group's policy picks one of its candidates, and a candidate leads to values or, when
 * it is an alias, to another group. Built once for a zone's version (build-tree.ts) and written as a program (encode.ts), which is
 * walked for every query (choose.ts).
 */
export type Branch = Group | Leaf;

export interface Group {
  readonly kind: 'group';
  /** Normalised name and type of the record sets, for whoever explains a choice. */
  readonly name: string;
  readonly type: string;
  readonly policy: Policy;
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  readonly setIdentifier: string;
  /** Place of its health check in the status table, or `NO_CHECK`. */
  readonly check: number;
  readonly evaluatesTarget: boolean;
  readonly target: Branch;
}

/** Values to be answered; whoever builds the tree knows what the number stands for. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly index: number;
  /** A host outside that has no address, or of which nothing is known: it counts as unhealthy. */
  readonly empty: boolean;
}

/** The leaf of an alias whose target is gone, or is too far away. */
export const NOTHING = -1;
