import { nameKey } from '../dns/name-key.ts';
import type { AliasTarget, RecordSet } from '../zone/record-set.ts';
import { tables, type OutsideTarget } from './tables.ts';
import type { Draft, Key, View } from './view.ts';

/**
 * Hosts outside that aliases lead to, each once for its type however many aliases name it. Here is which there are; what they resolve
 * to is not state, but observed, and kept elsewhere under the number that each gets here.
 */

/** At once: each is asked for about once a minute, and takes a kilobyte of memory that all threads share. */
export const OUTSIDE_TARGETS_MAX = 10_000;
/** Numbers are never given again, because a compiled answer may hold one for longer than its target is used. */
export const OUTSIDE_TARGETS_EVER_MAX = 2 ** 22;

/** From now on the alias at this key of `outsideUses` needs its target. */
export function useOutsideTarget(draft: Draft, key: Key, alias: AliasTarget): void {
  draft.put(tables.outsideUses, key, true);
  const target = [key[0] as string, key[1] as string];
  if (draft.get(tables.outsideTargetNumbers, target) !== undefined) return;
  const number = (draft.get(tables.counters, [EVER]) ?? 0) + 1;
  draft.put(tables.counters, [EVER], number);
  draft.put(tables.counters, [NOW], outsideTargetCount(draft) + 1);
  draft.put(tables.outsideTargetNumbers, target, number);
  draft.put(tables.outsideTargets, [number], { name: alias.name, type: target[1] as OutsideTarget['type'] });
}

/** The alias is gone, and its target, too, if no other needs it. */
export function leaveOutsideTarget(draft: Draft, key: Key): void {
  draft.remove(tables.outsideUses, key);
  const target = [key[0] as string, key[1] as string];
  if (draft.range(tables.outsideUses, { prefix: target, limit: 1 }).length > 0) return;
  const number = draft.get(tables.outsideTargetNumbers, target);
  if (number === undefined) return;
  draft.remove(tables.outsideTargetNumbers, target);
  draft.remove(tables.outsideTargets, [number]);
  draft.remove(tables.copiedHosts, target);
  draft.put(tables.counters, [NOW], Math.max(outsideTargetCount(draft) - 1, 0));
}

export function outsideTargetCount(view: View): number {
  return view.get(tables.counters, [NOW]) ?? 0;
}

export function outsideTargetNumber(view: View, name: string, type: string): number | undefined {
  return view.get(tables.outsideTargetNumbers, [nameKey(name), type]);
}

/** Whether there may be as many targets more as these sets bring. */
export function roomForOutside(view: View, sets: Iterable<RecordSet>): boolean {
  const fresh = new Set<string>();
  for (const { type, alias } of sets) {
    if (alias?.outside !== true || outsideTargetNumber(view, alias.name, type) !== undefined) continue;
    fresh.add(`${alias.name} ${type}`);
  }
  if (fresh.size === 0) return true;
  const ever = view.get(tables.counters, [EVER]) ?? 0;
  return outsideTargetCount(view) + fresh.size <= OUTSIDE_TARGETS_MAX && ever + fresh.size < OUTSIDE_TARGETS_EVER_MAX;
}

const NOW = 'outside-targets';
const EVER = 'outside-targets-ever';
