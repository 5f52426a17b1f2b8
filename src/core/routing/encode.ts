import { CANDIDATE_WORDS, CODE_BITS, DISTANCE_SHIFT, EVALUATES, GROUP_WORDS, TARGET } from './program.ts';
import { NOTHING, type Branch, type Candidate, type Group } from './tree.ts';

/** A program among words, and where each of its groups begins. */
export interface Encoded {
  readonly words: Int32Array;
  readonly groups: ReadonlyMap<number, Group>;
}

/** Where the groups of a tree will begin, the root first, when the first of them begins at `from`; and where they end. */
export interface Layout {
  readonly places: ReadonlyMap<Group, number>;
  readonly end: number;
}

export function layOut(root: Group, from: number): Layout {
  const places = new Map<Group, number>();
  let end = from;
  const visit = (branch: Branch): void => {
    if (branch.kind === 'leaf' || places.has(branch)) return;
    places.set(branch, end);
    end += GROUP_WORDS + branch.candidates.length * CANDIDATE_WORDS + branch.policy.words.length;
    for (const { target } of branch.candidates) visit(target);
  };
  visit(root);
  return { places, end };
}

/** Writes the groups to their places; `leafAt` says where the values of a leaf's number begin. */
export function encode({ places }: Layout, leafAt: (index: number) => number, words: Int32Array): Encoded {
  let number = 0;
  for (const [group, place] of places) {
    const { policy, candidates } = group;
    words[place] = policy.code | (candidates.length << CODE_BITS);
    words[place + 1] = number;
    number += 1;
    let at = place + GROUP_WORDS;
    for (const candidate of candidates) {
      words[at] = candidate.check;
      words[at + 1] = targetOf(candidate, place, places, leafAt);
      at += CANDIDATE_WORDS;
    }
    words.set(policy.words, at);
  }
  return { words, groups: new Map([...places].map(([group, place]) => [place, group])) };
}

function targetOf(
  { target, evaluatesTarget }: Candidate,
  group: number,
  places: ReadonlyMap<Group, number>,
  leafAt: (index: number) => number,
): number {
  const evaluates = evaluatesTarget ? EVALUATES : 0;
  if (target.kind === 'group') {
    return (((places.get(target) as number) - group) << DISTANCE_SHIFT) | evaluates | TARGET.group;
  }
  if (target.index === NOTHING) return evaluates | TARGET.nothing;
  const kind = target.empty ? TARGET.emptyLeaf : TARGET.leaf;
  return ((leafAt(target.index) - group) << DISTANCE_SHIFT) | evaluates | kind;
}
