import { keyToName } from '../dns/name-key.ts';
import { parseStored, rdataType } from '../dns/rdata-types.ts';
import type { Soa } from '../dns/rdata/soa.ts';
import { CLASS, RCODE, TYPE, typeName } from '../dns/record-type.ts';
import type { WireWriter } from '../dns/wire-writer.ts';
import { keyOfName } from '../dns/name-key.ts';
import type { Name } from '../dns/name.ts';
import type { Zone } from '../zone/find-zone.ts';
import { rrsetOf, type Result, type Rrset } from '../zone/lookup.ts';
import type { NameKey, ZoneData } from '../zone/zone-data.ts';
import { EMPTY_PLAN, ROTATION_COUNTS, type Plan } from './plan.ts';

export const AA = 0x0400;

/** Names looked up to help with one answer. Glue has no such limit: RFC 9471 §3 wants all of it. */
const HELPFUL_NAMES_MAX = 32;

/**
 * Writes a lookup's result as wire bytes behind the question that `out` stands at. Throws `WireOverflow` when even 64 KiB do not
 * hold it. Names are compressed against the question, whose place and length every query for this name shares.
 */
export function compile(
  zones: ZoneData,
  zone: Zone,
  qname: NameKey,
  result: Exclude<Result, { kind: 'routed' }>,
  out: WireWriter,
): Plan {
  const start = out.position;
  const plan: Plan = { ...EMPTY_PLAN, flags: AA };
  for (const rrset of result.chain) plan.answers += writeRrset(out, rrset, qname);
  let wanted: NameKey[] = [];
  switch (result.kind) {
    case 'found':
      writeRotated(out, result.rrset, qname, plan, start);
      wanted = targets(result.rrset);
      break;
    case 'chain':
      break;
    case 'nodata':
    case 'nxdomain':
      plan.authorities += writeNegative(zones, zone, out);
      if (result.kind === 'nxdomain') plan.flags |= RCODE.NXDOMAIN;
      break;
    case 'referral':
      if (result.chain.length === 0) plan.flags &= ~AA;
      plan.authorities += writeRrset(out, result.ns);
      // RFC 9471 §2: without the addresses of servers below the cut nobody gets across it; the others' only help.
      wanted = targets(result.ns);
      plan.additionals += writeHelpful(
        zones,
        zone,
        wanted.filter((name) => name.startsWith(result.cut)),
        out,
      );
      wanted = wanted.filter((name) => !name.startsWith(result.cut));
      break;
  }
  plan.requiredAdditionals = plan.additionals;
  plan.requiredLength = out.position - start;
  plan.additionals += writeHelpful(zones, zone, wanted.slice(0, HELPFUL_NAMES_MAX), out, bindingsToo(result));
  plan.bodyLength = out.position - start;
  plan.body = out.bytes.subarray(start);
  return plan;
}

/** Where the question's name is, as a pointer. */
const QNAME_POINTER = 0xc00c;

function writeRrset(out: WireWriter, rrset: Rrset, qname?: NameKey): number {
  const owner = rrset.owner === qname && qname !== '' ? undefined : keyToName(rrset.owner);
  const type = rdataType(rrset.type);
  for (const value of rrset.values)
    writeRecord(out, owner, rrset, (at) => type.write(parseStored(rrset.type, value), at));
  return rrset.values.length;
}

/**
 * Writes an RRset whose records may change places when they are answered: no name is compressed against them. Boundaries go into the
 * plan.
 */
function writeRotated(out: WireWriter, rrset: Rrset, qname: NameKey, plan: Plan, start: number): void {
  if (rrset.values.length === 1) {
    plan.answers += writeRrset(out, rrset, qname);
    return;
  }
  const from = out.position;
  out.remembering = false;
  plan.answers += writeRrset(out, { ...rrset, values: rrset.values.slice(0, 1) }, qname);
  const octets = out.position - from;
  let alike = true;
  for (const value of rrset.values.slice(1)) {
    const at = out.position;
    plan.answers += writeRrset(out, { ...rrset, values: [value] }, qname);
    alike &&= out.position - at === octets;
  }
  out.remembering = true;
  plan.rotatedFrom = from - start;
  plan.rotation = alike && octets < ROTATION_COUNTS ? octets : ROTATION_COUNTS | rrset.values.length;
}

function writeRecord(out: WireWriter, owner: Name | undefined, rrset: Rrset, rdata: (out: WireWriter) => void): void {
  if (owner === undefined) out.u16(QNAME_POINTER);
  else out.name(owner, true);
  out.u16(rrset.type);
  out.u16(CLASS.IN);
  out.u32(rrset.ttlSeconds);
  const lengthAt = out.position;
  out.u16(0);
  rdata(out);
  out.patch16(lengthAt, out.position - lengthAt - 2);
}

/** The SOA with the TTL of a negative answer: the lesser of its own and its minimum (RFC 2308 §3). */
function writeNegative(zones: ZoneData, zone: Zone, out: WireWriter): number {
  const soa = rrsetOf(zones, zone, zone.apex, 'SOA');
  if (soa === undefined) return 0;
  const { minimumSeconds } = parseStored(TYPE.SOA, soa.values[0] as string) as Soa;
  return writeRrset(out, { ...soa, ttlSeconds: Math.min(soa.ttlSeconds, minimumSeconds) });
}

/** Names whose addresses a resolver will want next. */
function targets(rrset: Rrset): NameKey[] {
  const names: NameKey[] = [];
  for (const text of rrset.values) {
    const target = targetOf(rrset.type, parseStored(rrset.type, text));
    if (target === undefined) continue;
    const key = keyOfName(target);
    // RFC 9460 §2.5: in a service binding the root stands for the owner; in MX and SRV it says that there is no service.
    if (key !== '') names.push(key);
    else if (rrset.type === TYPE.SVCB || rrset.type === TYPE.HTTPS) names.push(rrset.owner);
  }
  return names;
}

function targetOf(type: number, value: unknown): Name | undefined {
  switch (type) {
    case TYPE.NS:
      return value as Name;
    case TYPE.MX:
      return (value as { exchange: Name }).exchange;
    case TYPE.SRV:
    case TYPE.SVCB:
    case TYPE.HTTPS:
      return (value as { target: Name }).target;
    default:
      return undefined;
  }
}

const ADDRESS_TYPES: readonly string[] = ['A', 'AAAA'];

/** The addresses that stand in the zone under these names; with `type`, its sets, too, but for the one at `answered`. */
function writeHelpful(
  zones: ZoneData,
  zone: Zone,
  names: readonly NameKey[],
  out: WireWriter,
  also?: { readonly type: string; readonly answered: NameKey },
): number {
  let written = 0;
  for (const name of new Set(names)) {
    if (!name.startsWith(zone.apex)) continue;
    const types = also === undefined || name === also.answered ? ADDRESS_TYPES : [also.type, ...ADDRESS_TYPES];
    for (const type of types) {
      const rrset = rrsetOf(zones, zone, name, type);
      if (rrset !== undefined) written += writeRrset(out, rrset);
    }
  }
  return written;
}

/** RFC 9460 §4.1: with a service binding come those of its targets. */
function bindingsToo(result: Result): { type: string; answered: NameKey } | undefined {
  if (result.kind !== 'found') return undefined;
  const { type, owner } = result.rrset;
  return type === TYPE.SVCB || type === TYPE.HTTPS ? { type: typeName(type), answered: owner } : undefined;
}
