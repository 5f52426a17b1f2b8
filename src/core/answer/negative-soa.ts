import { parseStored } from '../dns/rdata-types.ts';
import type { Soa } from '../dns/rdata/soa.ts';
import { TYPE } from '../dns/record-type.ts';
import type { Zone } from '../zone/find-zone.ts';
import { rrsetOf, type Rrset } from '../zone/lookup.ts';
import type { ZoneData } from '../zone/zone-data.ts';

/** The SOA with the TTL of a negative answer: the lesser of its own and its minimum (RFC 2308 §3). */
export function negativeSoa(zones: ZoneData, zone: Zone): Rrset | undefined {
  const soa = rrsetOf(zones, zone, zone.apex, 'SOA');
  if (soa === undefined) return undefined;
  const { minimumSeconds } = parseStored(TYPE.SOA, soa.values[0] as string) as Soa;
  return { ...soa, ttlSeconds: Math.min(soa.ttlSeconds, minimumSeconds) };
}

/** The TTL of an NSEC (RFC 9077 §3). */
export function negativeTtl(zones: ZoneData, zone: Zone): number {
  return negativeSoa(zones, zone)?.ttlSeconds ?? 0;
}
