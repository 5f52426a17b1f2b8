import { nameKey } from '../dns/name-key.ts';
import type { Zone } from './find-zone.ts';
import { toRrset, type Rrset } from './lookup.ts';
import type { RecordSet } from './record-set.ts';
import type { NameKey, NameNode, ZoneData } from './zone-data.ts';

/**
 * What a copy of a zone is told of names whose answer here depends on who asks, on health or on dice: one fixed answer for each. An
 * alias is what it leads to now. A routing policy answers as for a client of whom nothing is known, with everything healthy: the
 * default location, the primary, the greatest weight, all of several values; where a policy has no default, the first of its sets.
 * An alias of a host outside is the addresses that were written down for copies, with a serial of their own (core/control/copied-hosts.ts).
 */

/** Where a zone's nodes are. */
type Place = Pick<Zone, 'id'>;

/** Names that aliases lead to from one answer. Answers to queries follow no more than this many in a row. */
const FOLLOWED_MAX = 16;
/** Route 53 answers with no more of several values. */
const SEVERAL_MAX = 8;

/** What the addresses of a host outside have in a copy: what Route 53's own aliases of load balancers have, for every look may find another. */
export const COPIED_TTL_SECONDS = 60;

/** Every RRset at a node, as a copy has it. */
export function defaultAnswers(zones: ZoneData, zone: Place, node: NameNode, owner: NameKey): Rrset[] {
  const rrsets: Rrset[] = [];
  // A name's sets are sorted by type.
  for (let at = 0; at < node.recordSets.length;) {
    const { type } = node.recordSets[at] as RecordSet;
    let end = at + 1;
    while (node.recordSets[end]?.type === type) end += 1;
    const set = resolved(zones, zone, node.recordSets.slice(at, end), new Set());
    if (set !== undefined) rrsets.push(toRrset(owner, set));
    at = end;
  }
  return rrsets;
}

/** The RRset of a type at a name, as a copy has it. */
export function defaultAnswer(zones: ZoneData, zone: Place, name: NameKey, type: string): Rrset | undefined {
  const group = zones.node(zone.id, name)?.recordSets.filter((set) => set.type === type) ?? [];
  const set = resolved(zones, zone, group, new Set());
  return set === undefined ? undefined : toRrset(name, set);
}

/**
 * A set with values that stands for a group of one type; undefined when none of its aliases leads to one. No name is followed twice:
 * from where it leads nowhere, it does so again.
 */
function resolved(
  zones: ZoneData,
  zone: Place,
  group: readonly RecordSet[],
  followed: Set<string>,
): RecordSet | undefined {
  if (group[0]?.routing?.policy === 'multivalue') return together(group);
  for (const set of [...group].sort((a, b) => rank(b) - rank(a))) {
    if (set.alias === undefined) return set;
    const { name } = set.alias;
    if (set.alias.outside === true) {
      const values = zones.copiedHost(name, set.type);
      if (values.length === 0) continue;
      return { type: set.type, ttlSeconds: COPIED_TTL_SECONDS, values };
    }
    if (followed.has(name) || followed.size === FOLLOWED_MAX) continue;
    followed.add(name);
    const target = zones.node(zone.id, nameKey(name))?.recordSets.filter((each) => each.type === set.type);
    const found = resolved(zones, zone, target ?? [], followed);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Each set of a multivalue group holds one value; they have no aliases. */
function together(group: readonly RecordSet[]): RecordSet | undefined {
  const [first] = group;
  if (first === undefined) return undefined;
  const values = [...new Set(group.flatMap((set) => set.values ?? []))].slice(0, SEVERAL_MAX);
  return { type: first.type, ttlSeconds: Math.min(...group.map((set) => set.ttlSeconds ?? 0)), values };
}

/** How much a set is its group's default; of equals the first stands. */
function rank({ routing }: RecordSet): number {
  switch (routing?.policy) {
    case 'weighted':
      return routing.weight;
    case 'failover':
      return routing.role === 'PRIMARY' ? 1 : 0;
    case 'geolocation':
      return routing.location.country === '*' ? 1 : 0;
    case 'ip-based':
      return routing.location === '*' ? 1 : 0;
    default:
      return 0;
  }
}
