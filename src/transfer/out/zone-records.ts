import { parseStored } from '../../core/dns/rdata-types.ts';
import type { Soa } from '../../core/dns/rdata/soa.ts';
import { TYPE } from '../../core/dns/record-type.ts';
import { zoneNodes } from '../../core/control/record-sets/zone-nodes.ts';
import type { View } from '../../core/control/view.ts';
import { zoneDataOf } from '../../core/control/zone-data.ts';
import type { Zone } from '../../core/zone/find-zone.ts';
import { defaultAnswers } from '../../core/zone/default-answer.ts';
import { rrsetOf, type Rrset } from '../../core/zone/lookup.ts';

/** Where a zone's nodes are, and under what name. */
export type Place = Pick<Zone, 'id' | 'apex'>;

/** A whole zone in the order of a transfer (RFC 5936 §2.2): its SOA, everything else, its SOA again. Read as it is asked for. */
export function* zoneRecords(view: View, zone: Place, soa: Rrset): Generator<Rrset, void, void> {
  yield soa;
  const zones = zoneDataOf(view);
  for (const { key, node } of zoneNodes(view, zone.id)) {
    for (const rrset of defaultAnswers(zones, zone, node, key)) {
      if (rrset.type !== TYPE.SOA || key !== zone.apex) yield rrset;
    }
  }
  yield soa;
}

/** Undefined when the zone has none, which only one without data has. */
export function zoneSoa(view: View, zone: Place): Rrset | undefined {
  return rrsetOf(zoneDataOf(view), zone, zone.apex, 'SOA');
}

export function serialOf(soa: Rrset): number {
  return (parseStored(TYPE.SOA, soa.values[0] as string) as Soa).serial;
}
