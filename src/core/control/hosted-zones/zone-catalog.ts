import { nameKey, parentKey } from '../../dns/name-key.ts';
import type { ZoneEntry } from '../../zone/zone-data.ts';
import { lane } from '../lanes.ts';
import { count, HISTORY_ENTRIES_MAX } from '../records-kept.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { Draft, View } from '../view.ts';

/** Which zones there are, by id, by name and by name-server set: what adding, changing and removing one does to the tables. */
export function addHostedZone(draft: Draft, zone: HostedZone, more: Pick<ZoneEntry, 'withheld'>): void {
  const apex = nameKey(zone.name);
  draft.put(tables.hostedZones, [zone.id], zone);
  const entry = { zoneId: zone.id, nameServerSet: zone.nameServerSet, private: zone.private, ...more };
  draft.put(tables.zonesAtName, [apex], [...(draft.get(tables.zonesAtName, [apex]) ?? []), entry]);
  draft.put(
    tables.zonesBySet,
    [zone.nameServerSet, apex],
    (draft.get(tables.zonesBySet, [zone.nameServerSet, apex]) ?? 0) + 1,
  );
  draft.put(tables.callerReferences, ['hosted-zone', zone.callerReference], zone.id);
  count(draft, 'hosted-zones', 1);
}

/** What a zone's coming and going is news to. */
export function lanesOfZone({ id, delegationSetId }: HostedZone): readonly string[] {
  return [lane.names, lane.zone(id), ...(delegationSetId === undefined ? [] : [lane.delegationSet(delegationSetId)])];
}

/** Everything but its nodes. */
export function removeHostedZone(draft: Draft, zone: HostedZone): void {
  const apex = nameKey(zone.name);
  draft.remove(tables.hostedZones, [zone.id]);
  draft.remove(tables.tags, ['hostedzone', zone.id]);
  draft.remove(tables.callerReferences, ['hosted-zone', zone.callerReference]);
  draft.remove(tables.counters, [`history/${zone.id}`]);
  const staged = draft.get(tables.stagedImports, [zone.id]);
  if (staged !== undefined) draft.put(tables.discardedData, [staged.dataId], true);
  draft.remove(tables.stagedImports, [zone.id]);
  for (const row of draft.range(tables.history, { prefix: [zone.id], limit: HISTORY_ENTRIES_MAX })) {
    draft.remove(tables.history, row.key);
  }
  const others = (draft.get(tables.zonesAtName, [apex]) ?? []).filter((entry) => entry.zoneId !== zone.id);
  if (others.length > 0) draft.put(tables.zonesAtName, [apex], others);
  else draft.remove(tables.zonesAtName, [apex]);
  const users = (draft.get(tables.zonesBySet, [zone.nameServerSet, apex]) ?? 1) - 1;
  if (users > 0) draft.put(tables.zonesBySet, [zone.nameServerSet, apex], users);
  else draft.remove(tables.zonesBySet, [zone.nameServerSet, apex]);
  count(draft, 'hosted-zones', -1);
}

/** Says where the data plane finds the zone's nodes now, and whether it may answer from them. */
export function pointTo(draft: Draft, zone: HostedZone, withheld: boolean): void {
  const apex = nameKey(zone.name);
  const entry: ZoneEntry = {
    zoneId: zone.id,
    nameServerSet: zone.nameServerSet,
    private: zone.private,
    ...(zone.dataId === undefined ? {} : { dataId: zone.dataId }),
    ...(withheld ? { withheld } : {}),
  };
  const entries = draft.get(tables.zonesAtName, [apex]) ?? [];
  draft.put(
    tables.zonesAtName,
    [apex],
    entries.map((each) => (each.zoneId === zone.id ? entry : each)),
  );
}

/** A zone, as those know it who are told that its answers may have changed. */
export function touched(zone: HostedZone): readonly string[] {
  return zone.dataId === undefined ? [zone.id] : [zone.id, zone.dataId];
}

/** The same for whoever has only its id: nothing for a zone that is gone. */
export function touchedById(view: View, zoneId: string): readonly string[] {
  const zone = view.get(tables.hostedZones, [zoneId]);
  return zone === undefined ? [] : touched(zone);
}

/** Zones of the same name and of the nearest enclosing name that has any: their answers change when this one comes or goes. */
export function zonesAround(view: View, name: string): string[] {
  const apex = nameKey(name);
  const around = idsAt(view, apex);
  for (let at = parentKey(apex); at !== undefined; at = parentKey(at)) {
    const above = idsAt(view, at);
    if (above.length > 0) return [...around, ...above];
  }
  return around;
}

function idsAt(view: View, apex: string): string[] {
  return (view.get(tables.zonesAtName, [apex]) ?? []).map((entry) => entry.dataId ?? entry.zoneId);
}
