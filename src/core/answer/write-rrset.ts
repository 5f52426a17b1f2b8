import { keyToName } from '../dns/name-key.ts';
import type { Name } from '../dns/name.ts';
import { parseStored, rdataType } from '../dns/rdata-types.ts';
import { CLASS } from '../dns/record-type.ts';
import type { WireWriter } from '../dns/wire-writer.ts';
import type { Rrset } from '../zone/lookup.ts';
import type { NameKey } from '../zone/zone-data.ts';
import { QNAME_POINTER, ROTATION_COUNTS, type Plan } from './plan.ts';

/** Writes an RRset's records; how many they are. Throws `WireOverflow`. */
export function writeRrset(out: WireWriter, rrset: Rrset, qname?: NameKey): number {
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
export function writeRotated(out: WireWriter, rrset: Rrset, qname: NameKey, plan: Plan, start: number): void {
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
  plan.rotatedTo = out.position - start;
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
