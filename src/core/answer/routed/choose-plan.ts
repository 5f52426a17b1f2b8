import { choose, CHOSEN_MAX } from '../../routing/choose.ts';
import { EMPTY_PLAN, ROTATION_COUNTS, type Plan } from '../plan.ts';
import type { QueryAsker } from './query-asker.ts';
import type { RoutedPlan } from './routed-plan.ts';

/** The plan for who asks: a leaf's own, one of several leaves put together, or that for none. Allocates nothing. */
export function choosePlan(routed: RoutedPlan, asker: QueryAsker): Plan {
  const count = choose(routed.tree, asker, chosen);
  if (count === 0) return routed.nodata;
  const first = routed.leaves[chosen[0] as number] as Plan;
  return count === 1 ? first : together(routed, first, count);
}

const chosen = new Int32Array(CHOSEN_MAX);

/** As many octets as eight sets of what Route 53 lets a set hold can take, short of a message's end. */
const TOGETHER_OCTETS_MAX = 60_000;
const body = new Uint8Array(TOGETHER_OCTETS_MAX);
/** Filled for each answer of several sets; a thread answers one query at a time. */
const merged: Plan = { ...EMPTY_PLAN, body };

/** The chain once, then each leaf's own records. What does not fit is left out: a multivalue answer is a selection anyway. */
function together(routed: RoutedPlan, first: Plan, count: number): Plan {
  const { chainOctets, chainAnswers } = routed;
  body.set(first.body.subarray(0, chainOctets));
  let end = chainOctets;
  let answers = chainAnswers;
  for (let at = 0; at < count; at += 1) {
    const leaf = routed.leaves[chosen[at] as number] as Plan;
    const own = leaf.requiredLength - chainOctets;
    if (end + own > TOGETHER_OCTETS_MAX) break;
    for (let octet = 0; octet < own; octet += 1) body[end + octet] = leaf.body[chainOctets + octet] as number;
    end += own;
    answers += leaf.answers - chainAnswers;
  }
  merged.flags = first.flags;
  merged.answers = answers;
  merged.bodyLength = end;
  merged.requiredLength = end;
  merged.rotatedFrom = chainOctets;
  merged.rotation = ROTATION_COUNTS | (answers - chainAnswers);
  merged.shared = first.shared;
  return merged;
}
