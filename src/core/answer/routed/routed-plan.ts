import { encode, layOut, type Encoded } from '../../routing/encode.ts';
import type { Group } from '../../routing/tree.ts';
import { Memory } from '../memory.ts';
import { FIELDS, readFields, writeFields } from '../plan-fields.ts';
import type { Plan } from '../plan.ts';
import type { Collections } from './collections.ts';
import type { OutsideTable, Watched } from './outside-table.ts';

/**
 * An answer that routing chooses, in one piece of memory: so that it lies in the plan cache beside its key, and choosing reads a
 * few neighbouring lines. Words:
 *
 *     where the leaf for nobody begins: the answer when no record set is for the client
 *     octets of the chain that all leaves' bodies begin with, and its answers
 *     how many words are watched, and how many collections there are
 *     each watched word of the table of outside hosts, and the value that it must have
 *     each collection's number
 *     the program (core/routing/program.ts)
 *     each leaf: a plan's fields and its body
 *
 * The words are counted from the plan's own beginning, wherever that is; a program says distances.
 */
export interface RoutedParts {
  readonly tree: Group;
  readonly leaves: readonly Plan[];
  /** When no record set is for the client. */
  readonly nodata: Plan;
  /** What all leaves' bodies begin with: the chain that led here. */
  readonly chain: Plan;
  /** The hosts outside that it is compiled from; once one of them has changed, it is compiled anew. */
  readonly watched: readonly Watched[];
  /** The numbers of what `collection` was asked for. */
  readonly collections: readonly number[];
}

/** Flags of a routed plan in the plan cache. No answer has them: the bit has no use yet (RFC 6895 §2.1). */
export const ROUTED = 0x0040;
/** Flags of the leaf of a host outside of which nothing is known: there is no answer. */
export const UNRESOLVED = 0x0040;

const NOBODY_AT = 0;
const CHAIN_AT = 1;
const COUNTS_AT = 2;
const HEADER_WORDS = 3;
const WATCHED_WORDS = 2;
/** Two numbers in one word. */
const HIGH_SHIFT = 16;
const LOW_MASK = 2 ** HIGH_SHIFT - 1;
const LEAF_HEADER_WORDS = Math.ceil(FIELDS / 2);

/** Written into memory of its own. */
export function writeRouted(parts: RoutedParts): { readonly memory: Memory; readonly encoded: Encoded } {
  const { tree, watched, collections, chain } = parts;
  const layout = layOut(tree, HEADER_WORDS + watched.length * WATCHED_WORDS + collections.length);
  const leaves = [...parts.leaves, parts.nodata];
  const places: number[] = [];
  let end = layout.end;
  for (const leaf of leaves) {
    places.push(end);
    end += LEAF_HEADER_WORDS + Math.ceil(leaf.bodyLength / Int32Array.BYTES_PER_ELEMENT);
  }
  const memory = new Memory(end * Int32Array.BYTES_PER_ELEMENT);
  const { words } = memory;
  words[NOBODY_AT] = places.at(-1) as number;
  words[CHAIN_AT] = chain.bodyLength | (chain.answers << HIGH_SHIFT);
  words[COUNTS_AT] = watched.length | (collections.length << HIGH_SHIFT);
  words.set([...watched.flatMap(({ word, value }) => [word, value]), ...collections], HEADER_WORDS);
  const encoded = encode(layout, (index) => places[index] as number, words);
  leaves.forEach((leaf, index) => {
    const place = places[index] as number;
    writeFields(leaf, memory.halves, place * 2);
    memory.bytes.set(leaf.body.subarray(0, leaf.bodyLength), bodyOf(place));
  });
  return { memory, encoded };
}

/** Whether what it was compiled from is still so; for every query, so it allocates nothing. */
export function stillHolds(
  { words }: Memory,
  plan: number,
  outside: OutsideTable | undefined,
  known: Collections,
): boolean {
  const counts = words[plan + COUNTS_AT] as number;
  if (counts === 0) return true;
  let at = plan + HEADER_WORDS;
  for (let left = counts & LOW_MASK; left > 0; left -= 1) {
    if (outside?.holds(words[at] as number, words[at + 1] as number) === false) return false;
    at += WATCHED_WORDS;
  }
  for (let left = counts >>> HIGH_SHIFT; left > 0; left -= 1) {
    if (known.get(words[at] as number) === undefined) return false;
    at += 1;
  }
  return true;
}

/** Where the program's root is. */
export function rootOf({ words }: Memory, plan: number): number {
  const counts = words[plan + COUNTS_AT] as number;
  return plan + HEADER_WORDS + (counts & LOW_MASK) * WATCHED_WORDS + (counts >>> HIGH_SHIFT);
}

export function leafForNobody({ words }: Memory, plan: number): number {
  return plan + (words[plan + NOBODY_AT] as number);
}

export function chainOctetsOf({ words }: Memory, plan: number): number {
  return (words[plan + CHAIN_AT] as number) & LOW_MASK;
}

export function chainAnswersOf({ words }: Memory, plan: number): number {
  return (words[plan + CHAIN_AT] as number) >>> HIGH_SHIFT;
}

/** Fills `plan` from a leaf; where its body begins in the memory's octets. */
export function readLeaf({ bytes, halves }: Memory, leaf: number, plan: Plan): number {
  readFields(halves, leaf * 2, plan);
  plan.body = bytes;
  return bodyOf(leaf);
}

function bodyOf(leaf: number): number {
  return (leaf + LEAF_HEADER_WORDS) * Int32Array.BYTES_PER_ELEMENT;
}
