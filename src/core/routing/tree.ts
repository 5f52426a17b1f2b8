import type { Asker } from './asker.ts';
import type { Policy } from './policy.ts';

/**
 * What a name says about a type, as a tree: a group's policy picks one of its candidates, and a candidate leads to values or, when
 * it is an alias, to another group. Built once for a zone's version (build-tree.ts), walked for every query (choose.ts).
 *
 * A candidate is healthy when its health check is and, where an alias evaluates its target's health, something in the target is.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 */
export type Branch = Group | Leaf;

export interface Group {
  readonly kind: 'group';
  /** Normalised name and type of the record sets, for whoever explains a choice. */
  readonly name: string;
  readonly type: string;
  readonly policy: Policy;
  readonly candidates: readonly Candidate[];
  /** The walk that last asked for this group's health, and what it learnt. */
  seenBy: number;
  seenHealthy: boolean;
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

export const NO_CHECK = -1;

/** The leaf of an alias whose target is gone, or is too far away. */
export const NOTHING = -1;

/** The status table's octets; whoever is not known to be unhealthy is healthy. */
export const UNHEALTHY = 1;

export function isHealthy(candidate: Candidate, asker: Asker): boolean {
  if (candidate.check !== NO_CHECK && asker.statuses[candidate.check] === UNHEALTHY) return false;
  return !candidate.evaluatesTarget || hasHealthy(candidate.target, asker);
}

/** Whether something in the branch is healthy; worked out once per query for each group, however many aliases lead to it. */
export function hasHealthy(branch: Branch, asker: Asker): boolean {
  if (branch.kind === 'leaf') return branch.index !== NOTHING && !branch.empty;
  if (branch.seenBy === asker.walk) return branch.seenHealthy;
  let healthy = false;
  for (let index = 0; index < branch.candidates.length && !healthy; index += 1) {
    healthy = isHealthy(branch.candidates[index] as Candidate, asker);
  }
  branch.seenBy = asker.walk;
  branch.seenHealthy = healthy;
  return healthy;
}
