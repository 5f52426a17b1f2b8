import { keyOfName, nameKey, parentKey } from '../dns/name-key.ts';
import { parseName } from '../dns/name.ts';
import { TYPE, typeCode, typeName } from '../dns/record-type.ts';
import { findZone, type Zone } from './find-zone.ts';
import type { RecordSet } from './record-set.ts';
import type { LookupStep, LookupTrace } from './lookup-trace.ts';
import type { NameKey, NameNode, ZoneData } from './zone-data.ts';

/** An RRset to be answered: a record set's values under the name it is answered for. */
export interface Rrset {
  readonly owner: NameKey;
  readonly type: number;
  readonly ttlSeconds: number;
  readonly values: readonly string[];
}

/**
 * What a zone says to a question (RFC 1034 §4.3.2). `chain` holds the CNAMEs that were followed before; each result tells about
 * the name at their end.
 */
export type Result =
  | { readonly kind: 'found'; readonly chain: readonly Rrset[]; readonly rrset: Rrset }
  /** A chain that leaves the zone (also into a child zone served here), loops or is too long: it is the whole answer. */
  | { readonly kind: 'chain'; readonly chain: readonly Rrset[] }
  | { readonly kind: 'nodata'; readonly chain: readonly Rrset[] }
  | { readonly kind: 'nxdomain'; readonly chain: readonly Rrset[] }
  | { readonly kind: 'referral'; readonly chain: readonly Rrset[]; readonly cut: NameKey; readonly ns: Rrset }
  /** Record sets of one type, or aliases of such, among which routing chooses for each client anew, or which lead outside. */
  | {
      readonly kind: 'routed';
      readonly chain: readonly Rrset[];
      readonly owner: NameKey;
      readonly group: RecordSetGroup;
    };

/** All record sets of a name and type. */
export interface RecordSetGroup {
  /** The name that they stand at: a wildcard's own, not the one it is answered for. */
  readonly name: NameKey;
  readonly sets: readonly RecordSet[];
}

/** CNAMEs followed for one query. Resolvers give up at about as many. */
const CHAIN_MAX = 12;
/** Aliases from one to the next. They cannot loop when they are made, but a later change can leave a long chain. */
const ALIASES_MAX = 16;

/** `known` is the name's node, where it has been read already. */
export function lookup(
  zones: ZoneData,
  zone: Zone,
  qname: NameKey,
  qtype: number,
  trace?: LookupTrace,
  known?: NameNode,
): Result {
  return lookUpFrom(zones, zone, qname, qtype, [], trace, known);
}

/** What follows a chain that ends with a CNAME: its target, as `lookup` finds it, or the chain's end. */
export function lookupBehind(
  zones: ZoneData,
  zone: Zone,
  chain: readonly Rrset[],
  qtype: number,
  trace?: LookupTrace,
): Result {
  const target = targetOf(chain);
  trace?.({ kind: 'cname', name: chain.at(-1)?.owner as NameKey, target });
  const why = chainEnd(zones, zone, chain, target, qtype);
  if (why === undefined) return lookUpFrom(zones, zone, target, qtype, chain, trace);
  trace?.({ kind: 'end', target, why });
  return { kind: 'chain', chain };
}

/** Why a chain is not followed to its next name; undefined when it is. */
function chainEnd(
  zones: ZoneData,
  zone: Zone,
  chain: readonly Rrset[],
  target: NameKey,
  qtype: number,
): 'elsewhere' | 'loop' | 'too long' | undefined {
  if (leaves(zones, zone, target, qtype)) return 'elsewhere';
  if (chain.some(({ owner }) => owner === target)) return 'loop';
  return chain.length >= CHAIN_MAX ? 'too long' : undefined;
}

/** The name that a result is about: the question's, or that at the end of its chain. */
export function endOf(qname: NameKey, chain: readonly Rrset[]): NameKey {
  return chain.length === 0 ? qname : targetOf(chain);
}

function targetOf(chain: readonly Rrset[]): NameKey {
  return keyOfName(parseName(chain.at(-1)?.values[0] as string, 'route53'));
}

function lookUpFrom(
  zones: ZoneData,
  zone: Zone,
  name: NameKey,
  qtype: number,
  chain: readonly Rrset[],
  trace: LookupTrace | undefined,
  known?: NameNode,
): Result {
  const exact = known ?? zones.node(zone.id, name);
  const cut = findCut(zones, zone, name, qtype, exact);
  if (cut !== undefined) {
    trace?.({ kind: 'cut', name, cut: cut.cut });
    return { kind: 'referral', chain, ...cut };
  }
  const found = findNode(zones, zone, name, exact);
  trace?.(nameStep(name, found));
  if (found === undefined) return { kind: 'nxdomain', chain };
  const selected = select(zones, zone, found, qtype, trace);
  if (selected === undefined) {
    trace?.({ kind: 'nothing', name, type: typeName(qtype) });
    return { kind: 'nodata', chain };
  }
  if (Array.isArray(selected))
    return { kind: 'routed', chain, owner: name, group: { name: found.key, sets: selected } };
  const rrset = toRrset(name, selected as RecordSet, zone.ttlSecondsMax);
  if (rrset.type !== TYPE.CNAME || qtype === TYPE.CNAME || qtype === TYPE.ANY) return { kind: 'found', chain, rrset };
  return lookupBehind(zones, zone, [...chain, rrset], qtype, trace);
}

function nameStep(name: NameKey, found: Found | undefined): LookupStep {
  if (found === undefined) return { kind: 'missing', name };
  const types = [...new Set(found.node.recordSets.map((set) => set.type))];
  return found.key === name ? { kind: 'name', name, types } : { kind: 'wildcard', name, wildcard: found.key, types };
}

/**
 * Whether another zone answers for a chain's next name. The zone's own apex is always its own: who is asked for DS there depends on
 * zones above, which come and go without a word to this one.
 */
function leaves(zones: ZoneData, zone: Zone, name: NameKey, qtype: number): boolean {
  if (name === zone.apex) return false;
  return !name.startsWith(zone.apex) || findZone(zones, name, qtype)?.apex !== zone.apex;
}

interface Cut {
  readonly cut: NameKey;
  readonly ns: Rrset;
}

/**
 * The highest zone cut between the apex and the name, if there is one (RFC 1034 §4.2.1). DS at a cut is ours to answer. (A
 * referral carries DS only from a signed zone, with its signature, RFC 4035 §3.1.4.)
 */
function findCut(
  zones: ZoneData,
  zone: Zone,
  name: NameKey,
  qtype: number,
  exact: NameNode | undefined,
): Cut | undefined {
  let cut: Cut | undefined;
  for (let at: NameKey | undefined = name; at !== undefined && at !== zone.apex; at = parentKey(at)) {
    const node = at === name ? exact : zones.node(zone.id, at);
    const ns = node === undefined ? undefined : setsOf(node, 'NS')[0];
    if (node === undefined || ns === undefined || (at === name && qtype === TYPE.DS)) continue;
    cut = { cut: at, ns: toRrset(at, ns, zone.ttlSecondsMax) };
  }
  return cut;
}

export interface Found {
  readonly key: NameKey;
  readonly node: NameNode;
}

/** The node of the name itself or, failing that, of the wildcard that covers it (RFC 4592 §3.3.1). */
export function findNode(
  zones: ZoneData,
  zone: Zone,
  name: NameKey,
  exact: NameNode | undefined = zones.node(zone.id, name),
): Found | undefined {
  if (exact !== undefined) return { key: name, node: exact };
  for (let at = parentKey(name); at !== undefined; at = parentKey(at)) {
    if (at !== zone.apex && zones.node(zone.id, at) === undefined) continue;
    const key = `${at}\\052.`;
    const node = zones.node(zone.id, key);
    return node === undefined ? undefined : { key, node };
  }
  return undefined;
}

/**
 * The record set that answers a type at a node, or all of them when routing has to choose. A CNAME answers every type; ANY is
 * answered with one of the types, the first that has something to say (RFC 8482 §4.1).
 */
function select(
  zones: ZoneData,
  zone: Zone,
  { key, node }: Found,
  qtype: number,
  trace: LookupTrace | undefined,
): RecordSet | RecordSet[] | undefined {
  const types = qtype === TYPE.ANY ? new Set(node.recordSets.map((set) => set.type)) : [typeName(qtype), 'CNAME'];
  for (const type of types) {
    const sets = setsOf(node, type);
    const aliases: LookupStep[] = [];
    const fixed = fixedSet(zones, zone, sets, trace && ((step) => aliases.push(step)), key);
    // Where routing chooses on the way, the aliases are candidates that it tells of.
    if (fixed !== 'routed') aliases.forEach((step) => trace?.(step));
    if (fixed === 'routed') return sets;
    if (fixed !== undefined) return fixed;
    if (sets.length > 0 && qtype !== TYPE.ANY) return undefined;
  }
  return undefined;
}

/** The one set of the group that all clients get, with an alias followed to its target; undefined when that has no values. */
function fixedSet(
  zones: ZoneData,
  zone: Pick<Zone, 'id'>,
  group: readonly RecordSet[],
  trace?: LookupTrace,
  name: NameKey = '',
): RecordSet | 'routed' | undefined {
  let [set] = group;
  let at = name;
  for (let step = 0; set !== undefined && step <= ALIASES_MAX; step += 1) {
    // A host outside is not the zone's to answer for: what it has now is looked up when the answer is compiled, and may change.
    if (set.routing !== undefined || set.alias?.outside === true) return 'routed';
    if (set.alias === undefined) return set;
    const to = nameKey(set.alias.name);
    trace?.({ kind: 'alias', name: at, target: to, type: set.type });
    at = to;
    const target = zones.node(zone.id, to);
    [set] = target === undefined ? [] : setsOf(target, set.type);
  }
  return undefined;
}

/** What of a zone its records need. */
type RecordsZone = Pick<Zone, 'id' | 'ttlSecondsMax'>;

/** An RRset at a name, for the additional section and for SOA. What routing would have to choose is left out: it can be asked for. */
export function rrsetOf(zones: ZoneData, zone: RecordsZone, name: NameKey, type: string): Rrset | undefined {
  const node = zones.node(zone.id, name);
  const set = node === undefined ? undefined : fixedSet(zones, zone, setsOf(node, type));
  return set === undefined || set === 'routed' ? undefined : toRrset(name, set, zone.ttlSecondsMax);
}

function setsOf(node: NameNode, type: string): RecordSet[] {
  return node.recordSets.filter((set) => set.type === type);
}

export function toRrset(owner: NameKey, set: RecordSet, ttlSecondsMax = Infinity): Rrset {
  const ttlSeconds = Math.min(set.ttlSeconds ?? 0, ttlSecondsMax);
  return { owner, type: typeCode(set.type) as number, ttlSeconds, values: set.values ?? [] };
}
