import { printRdata } from '../../dns/rdata-types.ts';
import { keyToName } from '../../dns/name-key.ts';
import { TYPE, typeCode } from '../../dns/record-type.ts';
import { compactNsec } from '../../dnssec/compact-denial.ts';
import type { Zone } from '../../zone/find-zone.ts';
import { endOf, findNode, lookup, type Result } from '../../zone/lookup.ts';
import type { NameKey, NameNode, ZoneData } from '../../zone/zone-data.ts';
import { negativeTtl } from '../negative-soa.ts';
import { signedAheadOf, type SignedZone } from './zone-signings.ts';

/**
 * What a signed zone says beyond its records: its keys, and for each name the NSEC that is made of it. NSEC and RRSIG are asked of
 * the name itself, though it has a CNAME (RFC 4034 §4, RFC 2181 §10.1).
 */
export function lookupSigned(
  zones: ZoneData,
  zone: Zone,
  signed: SignedZone,
  qname: NameKey,
  qtype: number,
  known?: NameNode,
): Result {
  if (qtype === TYPE.NSEC || qtype === TYPE.RRSIG) {
    const itself = lookup(zones, zone, qname, TYPE.CNAME, undefined, known);
    return itself.kind === 'referral' || itself.kind === 'nxdomain' ? itself : { kind: 'nodata', chain: [] };
  }
  const result = lookup(zones, zone, qname, qtype, undefined, known);
  if (result.kind !== 'nodata' || endOf(qname, result.chain) !== zone.apex) return result;
  const ahead = signedAheadOf(signed, qtype);
  if (ahead === undefined) return result;
  const { ttlSeconds, values } = ahead;
  return { kind: 'found', chain: result.chain, rrset: { owner: zone.apex, type: qtype, ttlSeconds, values } };
}

/**
 * The same for who does not ask for signatures: the NSEC of a name is answered as any other record (RFC 4035 §3.1). Not that of a name
 * which a wildcard answers for, which would be another for each of them.
 */
export function lookupPlain(
  zones: ZoneData,
  zone: Zone,
  signed: SignedZone,
  qname: NameKey,
  qtype: number,
  known?: NameNode,
): Result {
  const result = lookupSigned(zones, zone, signed, qname, qtype, known);
  if (qtype !== TYPE.NSEC || result.kind !== 'nodata' || zones.node(zone.id, qname) === undefined) return result;
  const types = typesAt(zones, zone, signed, qname, qtype);
  const value = printRdata(TYPE.NSEC, compactNsec(keyToName(qname), types), 'route53');
  const ttlSeconds = negativeTtl(zones, zone);
  return { kind: 'found', chain: [], rrset: { owner: qname, type: TYPE.NSEC, ttlSeconds, values: [value] } };
}

/**
 * The types that a denial says are at a name. Not the one that was asked for: though the name has sets of it, none of them is for this
 * client. At a cut those of the parent's side alone (RFC 4034 §4.1.2), which NS beside no SOA tells: so a wildcard's NS, which
 * cuts nothing off, is not among them.
 */
export function typesAt(
  zones: ZoneData,
  zone: Zone,
  { aheadTypes }: SignedZone,
  name: NameKey,
  qtype: number,
): readonly number[] {
  const found = findNode(zones, zone, name);
  const types = new Set(found?.node.recordSets.map((set) => typeCode(set.type) as number));
  if (name === zone.apex) for (const type of aheadTypes) types.add(type);
  else if (types.has(TYPE.NS)) {
    if (found?.key === name) return [TYPE.NS, TYPE.DS].filter((type) => types.has(type) && type !== qtype);
    types.delete(TYPE.NS);
  }
  if (qtype === TYPE.ANY) return [];
  if (qtype !== TYPE.NSEC && qtype !== TYPE.RRSIG) {
    types.delete(qtype);
    types.delete(TYPE.CNAME);
  }
  return [...types];
}
