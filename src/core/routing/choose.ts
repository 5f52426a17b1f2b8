import type { Asker } from './asker.ts';
import { NONE, SEVERAL_MAX } from './policy.ts';
import type { Trace } from './trace.ts';
import { isHealthy, NOTHING, type Branch, type Candidate, type Group, type Leaf } from './tree.ts';

/** Room for the leaves of one answer. */
export const CHOSEN_MAX = SEVERAL_MAX;

/**
 * Walks a tree from group to group until it reaches values, and writes their leaves' numbers into `chosen`; gives how many they
 * are, 0 when nothing is for this client. Each group picks by what is healthy below it, and where nothing is it picks as if all
 * were: its parent had the chance to go elsewhere. Allocates nothing.
 */
export function choose(branch: Branch, asker: Asker, chosen: Int32Array): number {
  let at = branch;
  while (at.kind === 'group') {
    const { policy, candidates } = at;
    if (asker.trace !== undefined) tell(at, asker, asker.trace);
    if (policy.several) return leavesOf(at, policy.pick(candidates, asker, chosen), asker, chosen);
    const picked = policy.pick(candidates, asker);
    const candidate = picked === NONE ? undefined : (candidates[picked] as Candidate);
    asker.trace?.pick(candidate, candidate !== undefined && isHealthy(candidate, asker));
    if (candidate === undefined) return 0;
    at = candidate.target;
  }
  if (at.index === NOTHING) return 0;
  chosen[0] = at.index;
  return 1;
}

/** What the policy thinks of each candidate. The pick depends on nothing else, so telling it first changes nothing. */
function tell(group: Group, asker: Asker, trace: Trace): void {
  trace.enter(group);
  group.candidates.forEach((candidate, index) => {
    trace.consider(candidate, group.policy.thought(index, asker));
  });
}

/** Turns places of candidates into numbers of leaves. Sets that answer together are never aliases, so each leads to values. */
function leavesOf(group: Group, count: number, asker: Asker, chosen: Int32Array): number {
  for (let at = 0; at < count; at += 1) {
    const candidate = group.candidates[chosen[at] as number] as Candidate;
    asker.trace?.pick(candidate, isHealthy(candidate, asker));
    chosen[at] = (candidate.target as Leaf).index;
  }
  return count;
}
