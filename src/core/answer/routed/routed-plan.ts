import type { Branch } from '../../routing/tree.ts';
import type { Plan } from '../plan.ts';
import type { Watched } from './outside-table.ts';

/** An answer that routing chooses: the tree, and a ready plan for each of its leaves and for none. */
export interface RoutedPlan {
  readonly tree: Branch;
  readonly leaves: readonly Plan[];
  /** When no record set is for the client. */
  readonly nodata: Plan;
  /** What all leaves' bodies begin with: the chain that led here. */
  readonly chainOctets: number;
  readonly chainAnswers: number;
  /** The hosts outside that it was compiled from; once one of them has changed, it is compiled anew. */
  readonly watched: readonly Watched[];
  /** Memory it takes, about. */
  readonly octets: number;
}
