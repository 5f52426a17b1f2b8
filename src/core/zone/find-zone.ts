import { parentKey } from '../dns/name-key.ts';
import { TYPE } from '../dns/record-type.ts';
import type { NameKey, ZoneData } from './zone-data.ts';

/** A zone that a query is for. */
export interface Zone {
  /** What its nodes are kept under. */
  readonly id: string;
  readonly apex: NameKey;
  /** See `ZoneEntry`. */
  readonly withheld?: true;
}

/**
 * The deepest zone that holds the name; of several with one name the oldest. A DS record lives on the parent's side of a cut
 * (RFC 4035 §3.1.4.1), so for DS at an apex the zone above is asked, if it is here, too. Private zones are never answered to the
 * public.
 */
export function findZone(zones: ZoneData, name: NameKey, type: number): Zone | undefined {
  let apexZone: Zone | undefined;
  for (let at: NameKey | undefined = name; at !== undefined; at = parentKey(at)) {
    const entry = zones.zonesAt(at).find((each) => !each.private);
    if (entry === undefined) continue;
    const zone = {
      id: entry.dataId ?? entry.zoneId,
      apex: at,
      ...(entry.withheld === undefined ? {} : { withheld: entry.withheld }),
    };
    if (type !== TYPE.DS || at !== name) return zone;
    apexZone = zone;
  }
  return apexZone;
}
