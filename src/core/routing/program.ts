import type { Asker } from './asker.ts';

/**
 * A tree as words, which encode.ts writes and choose.ts walks: a query reads a few neighbouring lines of memory and follows no
 * object. Where a group or a leaf begins is its place among the words. A group is
 *
 *     its policy's code, and how many candidates it has
 *     its number in the program, for the health that was worked out
 *     each candidate's health check, and what it leads to
 *     what the policy picks by, as its file under policies/ says
 *
 * A candidate is healthy when its health check is and, where an alias evaluates its target's health, something in the target is.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 */
export const POLICY = {
  simple: 0,
  weighted: 1,
  latency: 2,
  failover: 3,
  geolocation: 4,
  geoproximity: 5,
  multivalue: 6,
  ipBased: 7,
} as const;

export const GROUP_WORDS = 2;
export const CANDIDATE_WORDS = 2;
export const CODE_BITS = 8;
const CODE_MASK = 2 ** CODE_BITS - 1;

/** What a candidate leads to: how far from its group that begins, its kind, and whether the candidate is healthy by it. */
export const TARGET = { group: 0, leaf: 1, emptyLeaf: 2, nothing: 3 } as const;
export const TARGET_KIND = 3;
export const EVALUATES = 4;
export const DISTANCE_SHIFT = 3;

/** In the place of a health check's index in the status table. */
export const NO_CHECK = -1;

/** The status table's octets; whoever is not known to be unhealthy is healthy. */
export const UNHEALTHY = 1;

export function policyAt(words: Int32Array, group: number): number {
  return (words[group] as number) & CODE_MASK;
}

export function countAt(words: Int32Array, group: number): number {
  return (words[group] as number) >>> CODE_BITS;
}

/** Where the words begin that the group's policy picks by. */
export function termsAt(words: Int32Array, group: number): number {
  return group + GROUP_WORDS + countAt(words, group) * CANDIDATE_WORDS;
}

export function targetAt(words: Int32Array, group: number, candidate: number): number {
  return words[group + GROUP_WORDS + candidate * CANDIDATE_WORDS + 1] as number;
}

export function isHealthy(words: Int32Array, group: number, candidate: number, asker: Asker): boolean {
  const check = words[group + GROUP_WORDS + candidate * CANDIDATE_WORDS] as number;
  if (check !== NO_CHECK && asker.statuses[check] === UNHEALTHY) return false;
  const target = targetAt(words, group, candidate);
  return (target & EVALUATES) === 0 || leadsToHealthy(words, group, target, asker);
}

/** Whether something in a group's candidate's target is healthy. */
export function leadsToHealthy(words: Int32Array, group: number, target: number, asker: Asker): boolean {
  const kind = target & TARGET_KIND;
  return kind === TARGET.group
    ? groupIsHealthy(words, group + (target >> DISTANCE_SHIFT), asker)
    : kind === TARGET.leaf;
}

/** Worked out once per query for each group, however many aliases lead to it. */
function groupIsHealthy(words: Int32Array, group: number, asker: Asker): boolean {
  const { seenHealthy } = asker;
  const number = words[group + 1] as number;
  const known = (seenHealthy[number] as number) - asker.walk;
  if (known === 0) return true;
  if (known === -WORKED_OUT_UNHEALTHY) return false;
  let healthy = false;
  const count = countAt(words, group);
  for (let index = 0; index < count && !healthy; index += 1) healthy = isHealthy(words, group, index, asker);
  seenHealthy[number] = healthy ? asker.walk : asker.walk - WORKED_OUT_UNHEALTHY;
  return healthy;
}

/** Walks are whole numbers, so a half less than one is no walk's. */
const WORKED_OUT_UNHEALTHY = 0.5;

/** Room for what is worked out about so many groups, none of it yet. */
export function nothingSeen(groups: number): Float64Array {
  return new Float64Array(groups).fill(-1);
}
