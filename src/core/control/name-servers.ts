import { nameKey, parentKey } from '../dns/name-key.ts';
import type { NameServerSet } from './operation.ts';
import { tables } from './tables.ts';
import type { View } from './view.ts';

/** Tells name-server sets apart: their names, sorted. */
export function nameServerSetKey(names: readonly string[]): string {
  return [...names].sort().join(',');
}

export function namesOf(set: NameServerSet): string[] {
  return set.servers.map((server) => server.name);
}

/**
 * Whether a zone of this name, of an ancestor or of a descendant already uses the set. Two such zones on one server could not be
 * told apart by a resolver that follows the delegation, which is why Route 53 keeps their sets disjoint.
 */
export function setClashes(view: View, setKey: string, zoneName: string): boolean {
  const apex = nameKey(zoneName);
  for (let at: string | undefined = apex; at !== undefined; at = parentKey(at)) {
    if (view.get(tables.zonesBySet, [setKey, at]) !== undefined) return true;
  }
  return view.range(tables.zonesBySet, { prefix: [setKey], textPrefix: apex, limit: 1 }).length > 0;
}

/** The first set that clashes with no zone; when every set does, the first one, shared. */
export function chooseSet(
  view: View,
  sets: readonly NameServerSet[],
  zoneName: string,
): { names: string[]; shared: boolean } {
  for (const set of sets) {
    const names = namesOf(set);
    if (!setClashes(view, nameServerSetKey(names), zoneName)) return { names, shared: false };
  }
  return { names: sets[0] === undefined ? [] : namesOf(sets[0]), shared: true };
}
