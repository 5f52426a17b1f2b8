import { keyToName } from '../../dns/name-key.ts';
import { RCODE, TYPE } from '../../dns/record-type.ts';
import type { WireWriter } from '../../dns/wire-writer.ts';
import { NO_NAME } from '../../dnssec/compact-denial.ts';
import type { Zone } from '../../zone/find-zone.ts';
import { endOf, rrsetOf } from '../../zone/lookup.ts';
import type { NameKey, ZoneData } from '../../zone/zone-data.ts';
import type { Fixed, Signing } from '../compile.ts';
import { negativeSoa, negativeTtl } from '../negative-soa.ts';
import { COMPACT, type Plan } from '../plan.ts';
import { writeRrset } from '../write-rrset.ts';
import { readRrset } from './read-rrset.ts';
import { typesAt } from './zone-says.ts';

/** Compact denial (RFC 9824 §3): one NSEC for the name at the end, which is there with nothing of what was asked for. */
export function writeDenial(
  zones: ZoneData,
  zone: Zone,
  qname: NameKey,
  { kind, chain }: Fixed,
  plan: Plan,
  out: WireWriter,
  { zone: signed, signatures, qtype }: Signing,
): void {
  const name = endOf(qname, chain);
  const types = kind === 'nxdomain' ? NO_NAME : typesAt(zones, zone, signed, name, qtype);
  const soa = negativeSoa(zones, zone);
  const ttlSeconds = soa?.ttlSeconds ?? 0;
  const owner = name === qname && qname !== '' ? undefined : keyToName(name);
  const deny = () => signatures.deny(out, owner ?? keyToName(name), owner === undefined, types, ttlSeconds);
  if (qtype === TYPE.NSEC) plan.answers += deny();
  else if (qtype === TYPE.RRSIG) {
    const from = out.position;
    plan.answers += deny() - 1;
    takeOut(out, from, readRrset(out.bytes, from, out.position).end);
  } else {
    const from = out.position;
    if (soa !== undefined) plan.authorities += writeRrset(out, soa) + signatures.cover(out, from);
    plan.authorities += deny();
    if (kind === 'nxdomain') plan.flags |= RCODE.NXDOMAIN | COMPACT;
  }
}

function takeOut(out: WireWriter, from: number, end: number): void {
  out.bytes.copyWithin(from, end, out.position);
  out.rewind(out.position - (end - from));
}

/** Whether the zone below a cut is signed (RFC 4035 §3.1.4): its DS, or that there is none. */
export function writeSecurity(
  zones: ZoneData,
  zone: Zone,
  cut: NameKey,
  out: WireWriter,
  { zone: signed, signatures }: Signing,
): number {
  const ds = rrsetOf(zones, zone, cut, 'DS');
  const from = out.position;
  if (ds !== undefined) return writeRrset(out, ds) + signatures.cover(out, from);
  const types = typesAt(zones, zone, signed, cut, TYPE.DS);
  return signatures.deny(out, keyToName(cut), false, types, negativeTtl(zones, zone));
}
