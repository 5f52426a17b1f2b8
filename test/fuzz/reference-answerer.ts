/**
 * A second, slow answerer, written from the RFCs alone: it shares no line with core/zone or core/answer and keeps no nodes, no keys
 * and no cache, only lists of records that are walked for every question. Where the two disagree, one of them is wrong.
 *
 * RFC 1034 §4.3.2 (the algorithm), RFC 4592 (wildcards), RFC 2308 (negative answers), RFC 4035 §3.1.4.1 (DS at a cut), RFC 8482
 * (ANY), RFC 9471 (glue), RFC 9460 §4.1 (what comes with service bindings).
 */

/** Labels from left to right, lower-case, each character an octet; the root is the empty list. */
export type Labels = readonly string[];

export interface ReferenceRecord {
  readonly owner: Labels;
  readonly type: string;
  readonly ttlSeconds: number;
  /** Zone-file text, lower-case. */
  readonly value: string;
  /** The name in the value that leads to other records: of NS, MX, SRV, CNAME, HTTPS, SVCB. */
  readonly target?: Labels;
  /** An alias has neither value nor TTL: those of the set of its type at this name are taken. */
  readonly alias?: Labels;
}

export interface ReferenceZone {
  readonly apex: Labels;
  /** The first zone of a name is the one that answers. */
  readonly records: readonly ReferenceRecord[];
}

export interface ReferenceAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'REFUSED';
  readonly aa: boolean;
  /** `owner ttl type value`, lower-case. */
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  /** Without these a referral leads nowhere. */
  readonly glue: readonly string[];
  /** Addresses that only help, and go first when room is short. */
  readonly helpful: readonly string[];
}

const REFUSED: ReferenceAnswer = { rcode: 'REFUSED', aa: false, answer: [], authority: [], glue: [], helpful: [] };
/** We follow that many, in a chain of CNAMEs and from alias to alias. */
const CNAMES_MAX = 12;
const ALIASES_MAX = 16;
/** Names whose addresses come along although nobody needs them. */
const HELPFUL_NAMES_MAX = 32;

/** Every answer that would be right: one, but for ANY, where each RRset of the name will do (RFC 8482 §4.1). */
export function referenceAnswers(zones: readonly ReferenceZone[], qname: Labels, qtype: string): ReferenceAnswer[] {
  const zone = zoneFor(zones, qname, qtype);
  if (zone === undefined) return [REFUSED];
  const answer: string[] = [];
  const visited: Labels[] = [];
  for (let name = qname; ;) {
    visited.push(name);
    const cut = cutAbove(zone, name, qtype);
    if (cut !== undefined) return [referral(zone, answer, cut)];
    const sets = setsAt(zone, name);
    if (sets === undefined) return [{ ...negative(zone, answer), rcode: 'NXDOMAIN' }];
    // A set may be there and have no value: an alias that leads nowhere. A CNAME beside it cannot be.
    const asked = qtype === 'ANY' ? [...sets.values()] : [sets.get(qtype) ?? []];
    const found = asked.filter((set) => set.length > 0);
    if (found.length > 0) return found.map((set) => positive(zone, answer, set, name));
    const cname = sets.get('CNAME')?.[0];
    if (sets.has(qtype) || qtype === 'ANY' || cname?.target === undefined) return [negative(zone, answer)];
    answer.push(line(cname, name));
    name = cname.target;
    // The zone's apex is its own, also for DS; else the chain is followed only as far as this zone answers.
    const next = same(name, zone.apex) ? zone : zoneFor(zones, name, qtype);
    if (
      next === undefined ||
      !same(next.apex, zone.apex) ||
      visited.some((each) => same(each, name)) ||
      answer.length === CNAMES_MAX
    ) {
      return [{ ...REFUSED, rcode: 'NOERROR', aa: true, answer }];
    }
  }
}

/** The zone with the longest apex; for DS at that apex the one above it, which has the parent's side of the cut. */
function zoneFor(zones: readonly ReferenceZone[], name: Labels, qtype: string): ReferenceZone | undefined {
  const enclosing = zones.filter((zone) => isWithin(name, zone.apex));
  const longest = longestOf(enclosing);
  if (longest === undefined || qtype !== 'DS' || !same(longest.apex, name)) return longest;
  return longestOf(enclosing.filter((zone) => zone.apex.length < name.length)) ?? longest;
}

function longestOf(zones: readonly ReferenceZone[]): ReferenceZone | undefined {
  const length = Math.max(...zones.map((zone) => zone.apex.length));
  return zones.find((zone) => zone.apex.length === length);
}

/** The cut nearest to the apex, of those at or above the name. DS at a cut is the parent's own. */
function cutAbove(zone: ReferenceZone, name: Labels, qtype: string): Labels | undefined {
  const cuts = zone.records
    .filter(({ type, owner }) => type === 'NS' && !same(owner, zone.apex) && isWithin(name, owner))
    .map(({ owner }) => owner)
    .filter((owner) => qtype !== 'DS' || !same(owner, name));
  return cuts.toSorted((one, other) => one.length - other.length)[0];
}

function positive(
  zone: ReferenceZone,
  chain: readonly string[],
  set: readonly ReferenceRecord[],
  name: Labels,
): ReferenceAnswer {
  const answer = [...chain, ...set.map((each) => line(each, name))];
  const names = wanted(set, name).slice(0, HELPFUL_NAMES_MAX);
  const [{ type }] = set as [ReferenceRecord];
  const bindings = type === 'SVCB' || type === 'HTTPS' ? names.filter((each) => !same(each, name)) : [];
  const helpful = [...addressesOf(zone, names), ...linesOf(zone, bindings, [type])];
  return { rcode: 'NOERROR', aa: true, answer, authority: [], glue: [], helpful };
}

function referral(zone: ReferenceZone, answer: readonly string[], cut: Labels): ReferenceAnswer {
  const servers = zone.records.filter(({ type, owner }) => type === 'NS' && same(owner, cut));
  const names = wanted(servers, cut);
  return {
    rcode: 'NOERROR',
    aa: answer.length > 0,
    answer,
    authority: servers.map((each) => line(each, cut)),
    glue: addressesOf(
      zone,
      names.filter((name) => isWithin(name, cut)),
    ),
    helpful: addressesOf(zone, names.filter((name) => !isWithin(name, cut)).slice(0, HELPFUL_NAMES_MAX)),
  };
}

/** RFC 2308 §3: the TTL of the SOA is the lesser of its own and its minimum. */
function negative(zone: ReferenceZone, answer: readonly string[]): ReferenceAnswer {
  const authority = zone.records
    .filter(({ type, owner }) => type === 'SOA' && same(owner, zone.apex))
    .map((soa) =>
      line({ ...soa, ttlSeconds: Math.min(soa.ttlSeconds, Number(soa.value.split(' ').at(-1))) }, zone.apex),
    );
  return { rcode: 'NOERROR', aa: true, answer, authority, glue: [], helpful: [] };
}

/** The sets of a name, or of the wildcard that covers it; undefined when the name does not exist. */
function setsAt(zone: ReferenceZone, name: Labels): Map<string, ReferenceRecord[]> | undefined {
  if (exists(zone, name)) return setsOf(zone, name);
  let encloser = name;
  do encloser = encloser.slice(1);
  while (!exists(zone, encloser));
  const source = ['*', ...encloser];
  return exists(zone, source) ? setsOf(zone, source) : undefined;
}

/** RFC 4592 §2.2.2: a name exists when it or a name below it owns something. */
function exists(zone: ReferenceZone, name: Labels): boolean {
  return same(name, zone.apex) || zone.records.some(({ owner }) => isWithin(owner, name));
}

function setsOf(zone: ReferenceZone, name: Labels): Map<string, ReferenceRecord[]> {
  const sets = new Map<string, ReferenceRecord[]>();
  for (const { owner, type } of zone.records) if (same(owner, name)) sets.set(type, valuesOf(zone, name, type));
  return sets;
}

/** The records of a name and type, those of an alias from where it leads. */
function valuesOf(zone: ReferenceZone, name: Labels, type: string): ReferenceRecord[] {
  let at = name;
  for (let step = 0; step <= ALIASES_MAX; step += 1) {
    const records = zone.records.filter((each) => each.type === type && same(each.owner, at));
    const alias = records[0]?.alias;
    if (alias === undefined) return records;
    at = alias;
  }
  return [];
}

/** Names whose addresses the asker will want next. A service binding to `.` means its owner, all else to `.` that there is none. */
function wanted(records: readonly ReferenceRecord[], name: Labels): Labels[] {
  return records.flatMap(({ type, target }) => {
    if (target === undefined || type === 'CNAME' || type === 'PTR') return [];
    if (target.length > 0) return [target];
    return type === 'SVCB' || type === 'HTTPS' ? [name] : [];
  });
}

function addressesOf(zone: ReferenceZone, names: readonly Labels[]): string[] {
  return linesOf(zone, names, ['A', 'AAAA']);
}

function linesOf(zone: ReferenceZone, names: readonly Labels[], types: readonly string[]): string[] {
  const lines = names.flatMap((name) =>
    types.flatMap((type) => valuesOf(zone, name, type).map((each) => line(each, name))),
  );
  return [...new Set(lines)];
}

function line({ ttlSeconds, type, value }: ReferenceRecord, owner: Labels): string {
  return `${printLabels(owner)} ${ttlSeconds} ${type} ${value}`;
}

/** In zone-file notation (RFC 1035 §5.1). */
export function printLabels(labels: Labels): string {
  if (labels.length === 0) return '.';
  return labels.map((label) => `${label.replace(/[^!-~]|[."\\;()@$]/g, escaped)}.`).join('');
}

function escaped(character: string): string {
  const printable = character > ' ' && character < '\x7f';
  return printable ? `\\${character}` : `\\${String(character.charCodeAt(0)).padStart(3, '0')}`;
}

export function isWithin(name: Labels, ancestor: Labels): boolean {
  return name.length >= ancestor.length && same(name.slice(name.length - ancestor.length), ancestor);
}

export function same(one: Labels, other: Labels): boolean {
  return one.length === other.length && one.every((label, index) => label === other[index]);
}
