import { choose, CHOSEN_MAX } from '../../routing/choose.ts';
import type { Memory } from '../memory.ts';
import { EMPTY_PLAN, ROTATION_COUNTS, type Plan } from '../plan.ts';
import type { QueryAsker } from './query-asker.ts';
import { chainAnswersOf, chainOctetsOf, leafForNobody, readLeaf, rootOf } from './routed-plan.ts';

/**
 * Fills `plan` for who asks: with one leaf, several of them put together, or that for nobody; where its body begins. `routed` is the
 * word that the routed plan begins at. Allocates nothing.
 */
export function choosePlan(memory: Memory, routed: number, asker: QueryAsker, plan: Plan): number {
  const count = choose(memory.words, rootOf(memory, routed), asker, chosen);
  if (count > 1) return together(memory, routed, count, plan);
  return readLeaf(memory, count === 0 ? leafForNobody(memory, routed) : (chosen[0] as number), plan);
}

const chosen = new Int32Array(CHOSEN_MAX);

/** As many octets as eight sets of what Route 53 lets a set hold can take, short of a message's end. */
const TOGETHER_OCTETS_MAX = 60_000;
const body = new Uint8Array(TOGETHER_OCTETS_MAX);
/** Filled for each leaf of an answer of several; a thread answers one query at a time. */
const leaf: Plan = { ...EMPTY_PLAN };

/** The chain once, then each leaf's own records. What does not fit is left out: a multivalue answer is a selection anyway. */
function together(memory: Memory, routed: number, count: number, plan: Plan): number {
  const chainOctets = chainOctetsOf(memory, routed);
  const chainAnswers = chainAnswersOf(memory, routed);
  const { bytes } = memory;
  let end = chainOctets;
  let answers = chainAnswers;
  for (let at = 0; at < count; at += 1) {
    const from = readLeaf(memory, chosen[at] as number, leaf);
    if (at === 0) {
      plan.flags = leaf.flags;
      for (let octet = 0; octet < chainOctets; octet += 1) body[octet] = bytes[from + octet] as number;
    }
    const own = leaf.requiredLength - chainOctets;
    if (end + own > TOGETHER_OCTETS_MAX) break;
    for (let octet = 0; octet < own; octet += 1) body[end + octet] = bytes[from + chainOctets + octet] as number;
    end += own;
    answers += leaf.answers - chainAnswers;
  }
  plan.answers = answers;
  plan.authorities = 0;
  plan.additionals = 0;
  plan.body = body;
  plan.bodyLength = end;
  plan.requiredLength = end;
  plan.requiredAdditionals = 0;
  plan.rotatedFrom = chainOctets;
  plan.rotatedTo = end;
  plan.rotation = ROTATION_COUNTS | (answers - chainAnswers);
  return 0;
}
