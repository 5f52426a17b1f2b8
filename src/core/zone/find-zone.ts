import { parentKey } from '../dns/name-key.ts';
import { TYPE } from '../dns/record-type.ts';
import type { NameKey, ZoneData } from './zone-data.ts';

/** A zone that a query is for. */
export interface Zone {
  /** What its nodes are kept under. */
  readonly id: string;
  readonly apex: NameKey;
  /** Other zones have its name: by another name-server set the answer may be another. */
  readonly contested: boolean;
  /** Longer TTLs are answered as this one; left out: there are none too long. */
  readonly ttlSecondsMax?: number;
  /** See `ZoneEntry`. */
  readonly withheld?: true;
}

/** A zone with its id in the control plane. */
export interface FoundZone extends Zone {
  readonly zoneId: string;
}

/**
 * The deepest zone that holds the name; of several with one name that of the name-server set that was asked, else the oldest. A DS
 * record lives on the parent's side of a cut (RFC 4035 §3.1.4.1), so for DS at an apex the zone above is asked, if it is here, too.
 * Private zones are never answered to the public.
 */
export function findZone(zones: ZoneData, name: NameKey, type: number, nameServerSet?: string): FoundZone | undefined {
  let apexZone: FoundZone | undefined;
  for (let at: NameKey | undefined = name; at !== undefined; at = parentKey(at)) {
    const zone = zoneNamed(zones, at, nameServerSet);
    if (zone === undefined) continue;
    if (type !== TYPE.DS || at !== name) return zone;
    apexZone = zone;
  }
  return apexZone;
}

/** The zone of exactly this name, chosen as `findZone` does. */
export function zoneNamed(zones: ZoneData, apex: NameKey, nameServerSet?: string): FoundZone | undefined {
  const entries = zones.zonesAt(apex).filter((each) => !each.private);
  const entry = entries.find((each) => each.nameServerSet === nameServerSet) ?? entries[0];
  if (entry === undefined) return undefined;
  return {
    id: entry.dataId ?? entry.zoneId,
    zoneId: entry.zoneId,
    apex,
    contested: entries.length > 1,
    ...(entry.withheld === undefined ? {} : { withheld: entry.withheld }),
  };
}
