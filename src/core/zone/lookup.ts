import { keyOfName, nameKey, parentKey } from '../dns/name-key.ts';
import { parseName } from '../dns/name.ts';
import { TYPE, typeCode, typeName } from '../dns/record-type.ts';
import { findZone, type Zone } from './find-zone.ts';
import type { RecordSet } from './record-set.ts';
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
  | { readonly kind: 'referral'; readonly chain: readonly Rrset[]; readonly cut: NameKey; readonly ns: Rrset };

/** CNAMEs followed for one query. Resolvers give up at about as many. */
const CHAIN_MAX = 12;
/** Aliases from one to the next. They cannot loop when they are made, but a later change can leave a long chain. */
const ALIASES_MAX = 16;

export function lookup(zones: ZoneData, zone: Zone, qname: NameKey, qtype: number): Result {
  const chain: Rrset[] = [];
  const seen = new Set<NameKey>();
  for (let name = qname; ;) {
    seen.add(name);
    const cut = findCut(zones, zone, name, qtype);
    if (cut !== undefined) return { kind: 'referral', chain, ...cut };
    const found = findNode(zones, zone, name);
    if (found === undefined) return { kind: 'nxdomain', chain };
    const rrset = rrsetAt(zones, zone, found, name, qtype);
    if (rrset === undefined) return { kind: 'nodata', chain };
    if (rrset.type !== TYPE.CNAME || qtype === TYPE.CNAME || qtype === TYPE.ANY) return { kind: 'found', chain, rrset };
    chain.push(rrset);
    name = keyOfName(parseName(rrset.values[0] as string, 'route53'));
    if (leaves(zones, zone, name, qtype) || seen.has(name) || chain.length === CHAIN_MAX)
      return { kind: 'chain', chain };
  }
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
function findCut(zones: ZoneData, zone: Zone, name: NameKey, qtype: number): Cut | undefined {
  let cut: Cut | undefined;
  for (let at: NameKey | undefined = name; at !== undefined && at !== zone.apex; at = parentKey(at)) {
    const node = zones.node(zone.id, at);
    const ns = node === undefined ? undefined : setOf(node, 'NS');
    if (node === undefined || ns === undefined || (at === name && qtype === TYPE.DS)) continue;
    cut = { cut: at, ns: toRrset(at, ns) };
  }
  return cut;
}

/** The node of the name itself or, failing that, of the wildcard that covers it (RFC 4592 §3.3.1). */
function findNode(zones: ZoneData, zone: Zone, name: NameKey): NameNode | undefined {
  const exact = zones.node(zone.id, name);
  if (exact !== undefined) return exact;
  for (let at = parentKey(name); at !== undefined; at = parentKey(at)) {
    if (at === zone.apex || zones.node(zone.id, at) !== undefined) return zones.node(zone.id, `${at}\\052.`);
  }
  return undefined;
}

function rrsetAt(zones: ZoneData, zone: Zone, node: NameNode, owner: NameKey, qtype: number): Rrset | undefined {
  if (qtype === TYPE.ANY) return anyRrsetAt(zones, zone, node, owner);
  const set = setOf(node, typeName(qtype));
  if (set !== undefined) return resolved(zones, zone, set, owner);
  const cname = setOf(node, 'CNAME');
  return cname === undefined ? undefined : resolved(zones, zone, cname, owner);
}

/** RFC 8482 §4.1: ANY is answered with one of the RRsets, the first that has values now. */
function anyRrsetAt(zones: ZoneData, zone: Zone, node: NameNode, owner: NameKey): Rrset | undefined {
  for (const set of node.recordSets) {
    const rrset = resolved(zones, zone, set, owner);
    if (rrset !== undefined) return rrset;
  }
  return undefined;
}

/** A set's values, or those of the set its alias leads to, under `owner`. */
function resolved(zones: ZoneData, zone: Zone, set: RecordSet, owner: NameKey): Rrset | undefined {
  let at: RecordSet | undefined = set;
  for (let step = 0; at?.alias !== undefined; step += 1) {
    if (step === ALIASES_MAX) return undefined;
    const target = zones.node(zone.id, nameKey(at.alias.name));
    at = target === undefined ? undefined : setOf(target, set.type);
  }
  return at === undefined ? undefined : toRrset(owner, at);
}

/** An RRset at a name, for the additional section and for SOA. */
export function rrsetOf(zones: ZoneData, zone: Zone, name: NameKey, type: string): Rrset | undefined {
  const node = zones.node(zone.id, name);
  const set = node === undefined ? undefined : setOf(node, type);
  return set === undefined ? undefined : resolved(zones, zone, set, name);
}

function setOf(node: NameNode, type: string): RecordSet | undefined {
  return node.recordSets.find((set) => set.type === type);
}

function toRrset(owner: NameKey, set: RecordSet): Rrset {
  return { owner, type: typeCode(set.type) as number, ttlSeconds: set.ttlSeconds ?? 0, values: set.values ?? [] };
}
