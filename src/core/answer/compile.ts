import { keyOfName } from '../dns/name-key.ts';
import type { Name } from '../dns/name.ts';
import { parseStored } from '../dns/rdata-types.ts';
import { RCODE, TYPE, typeName } from '../dns/record-type.ts';
import type { WireWriter } from '../dns/wire-writer.ts';
import type { Zone } from '../zone/find-zone.ts';
import { rrsetOf, type Result, type Rrset } from '../zone/lookup.ts';
import type { NameKey, ZoneData } from '../zone/zone-data.ts';
import { negativeSoa } from './negative-soa.ts';
import { EMPTY_PLAN, type Plan } from './plan.ts';
import type { Signatures } from './signed/signatures.ts';
import { writeDenial, writeSecurity } from './signed/write-denial.ts';
import type { SignedZone } from './signed/zone-signings.ts';
import { writeRotated, writeRrset } from './write-rrset.ts';

export type Fixed = Exclude<Result, { kind: 'routed' }>;

export const AA = 0x0400;

/** Names looked up to help with one answer. Glue has no such limit: RFC 9471 §3 wants all of it. */
const HELPFUL_NAMES_MAX = 32;

/** For an answer with signatures. */
export interface Signing {
  readonly zone: SignedZone;
  readonly signatures: Signatures;
  readonly qtype: number;
}

/**
 * Writes a lookup's result as wire bytes behind the question that `out` stands at. Throws `WireOverflow` when even 64 KiB do not
 * hold it, and `CannotSign`. Names are compressed against the question, whose place and length every query for this name shares.
 */
export function compile(
  zones: ZoneData,
  zone: Zone,
  qname: NameKey,
  result: Fixed,
  out: WireWriter,
  signing?: Signing,
): Plan {
  const start = out.position;
  const plan: Plan = { ...EMPTY_PLAN, flags: AA };
  for (const rrset of result.chain) plan.answers += writeRrset(out, rrset, qname);
  if (result.kind === 'found') writeRotated(out, result.rrset, qname, plan, start);
  if (signing !== undefined) plan.answers += signing.signatures.cover(out, start);
  writeEnd(zones, zone, qname, result, plan, out, signing);
  plan.requiredAdditionals = plan.additionals;
  plan.requiredLength = out.position - start;
  // What only helps is left out where it would have to be signed.
  if (signing === undefined) plan.additionals += writeWanted(zones, zone, result, out);
  plan.bodyLength = out.position - start;
  plan.body = out.bytes.subarray(start);
  return plan;
}

/** Writes what stands behind the answer section and must not be missing. */
export function writeEnd(
  zones: ZoneData,
  zone: Zone,
  qname: NameKey,
  result: Fixed,
  plan: Plan,
  out: WireWriter,
  signing: Signing | undefined,
): void {
  switch (result.kind) {
    case 'nodata':
    case 'nxdomain':
      if (signing !== undefined) writeDenial(zones, zone, qname, result, plan, out, signing);
      else {
        const soa = negativeSoa(zones, zone);
        if (soa !== undefined) plan.authorities += writeRrset(out, soa);
        if (result.kind === 'nxdomain') plan.flags |= RCODE.NXDOMAIN;
      }
      break;
    case 'referral': {
      if (result.chain.length === 0) plan.flags &= ~AA;
      plan.authorities += writeRrset(out, result.ns);
      if (signing !== undefined) plan.authorities += writeSecurity(zones, zone, result.cut, out, signing);
      // RFC 9471 §2: without the addresses of servers below the cut nobody gets across it; the others' only help.
      const glue = targets(result.ns).filter((name) => name.startsWith(result.cut));
      plan.additionals += writeHelpful(zones, zone, glue, out);
    }
  }
}

/** Additional records that only help. */
function writeWanted(zones: ZoneData, zone: Zone, result: Fixed, out: WireWriter): number {
  const wanted =
    result.kind === 'found'
      ? targets(result.rrset)
      : result.kind === 'referral'
        ? targets(result.ns).filter((name) => !name.startsWith(result.cut))
        : [];
  return writeHelpful(zones, zone, wanted.slice(0, HELPFUL_NAMES_MAX), out, bindingsToo(result));
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
function bindingsToo(result: Fixed): { type: string; answered: NameKey } | undefined {
  if (result.kind !== 'found') return undefined;
  const { type, owner } = result.rrset;
  return type === TYPE.SVCB || type === TYPE.HTTPS ? { type: typeName(type), answered: owner } : undefined;
}
