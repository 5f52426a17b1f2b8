import { nameKey } from '../../dns/name-key.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import { pointTo, touchedById } from '../hosted-zones/zone-catalog.ts';
import { lane } from '../lanes.ts';
import type { ChangeBase, WriteOperation } from '../operation.ts';
import { keepChange, keepHistory } from '../records-kept.ts';
import { dataIdOf, tables, type HostedZone } from '../tables.ts';
import type { Draft } from '../view.ts';
import { moved, secondaryZone } from './secondary-zone.ts';

export interface SwitchSecondaryZoneCommand {
  readonly zoneId: string;
  /** What was staged. */
  readonly dataId: string;
  readonly serial: number;
}

export interface SecondaryZoneSwitched extends ChangeBase {
  readonly kind: 'SecondaryZoneSwitched';
  readonly zoneId: string;
  readonly previousDataId: string;
  readonly dataId: string;
  readonly serial: number;
}

/** The staged version takes the place of the one that is served, at once; the old one is taken away slice by slice. */
export const switchSecondaryZone: WriteOperation<SwitchSecondaryZoneCommand, SecondaryZoneSwitched> = {
  operation: 'SwitchSecondaryZone',
  kind: 'SecondaryZoneSwitched',
  decide(view, command, given) {
    const found = secondaryZone(view, command.zoneId);
    if ('refused' in found) return found;
    if (found.held.staging?.dataId !== command.dataId) return moved(command.zoneId, 'another transfer has begun');
    return {
      kind: 'SecondaryZoneSwitched',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      zoneId: command.zoneId,
      previousDataId: dataIdOf(found.zone),
      dataId: command.dataId,
      serial: command.serial,
    };
  },
  lanes: (change) => ({ advances: [lane.zone(change.zoneId)], reliesOn: [] }),
  apply,
  touches: (view, change) => [...touchedById(view, change.zoneId), change.previousDataId],
};

function apply(draft: Draft, change: SecondaryZoneSwitched, sequence: number): void {
  const zone = draft.get(tables.hostedZones, [change.zoneId]);
  const held = draft.get(tables.secondaryZones, [change.zoneId]);
  if (zone === undefined || held === undefined) return;
  const switched = { ...zone, dataId: change.dataId, recordSetCount: held.staging?.recordSetCount ?? 0 };
  draft.put(tables.hostedZones, [zone.id], switched);
  pointTo(draft, switched, false);
  if (held.serial !== undefined) draft.put(tables.discardedData, [change.previousDataId], true);
  draft.put(tables.secondaryZones, [zone.id], { zoneId: zone.id, serial: change.serial, checkedAt: change.at });
  keepChange(draft, change, sequence);
  // The differences were never in one place; only the serials tell what happened. Whoever copies the zone from here needs all of it.
  const [before, after] = [soaUnder(draft, change.previousDataId, zone), soaUnder(draft, change.dataId, zone)];
  const soa = { name: zone.name, ...(before && { before }), ...(after && { after }) };
  keepHistory(draft, zone.id, change, sequence, [soa], { incomplete: true });
}

function soaUnder(draft: Draft, dataId: string, zone: HostedZone): RecordSet | undefined {
  return draft.get(tables.nodes, [dataId, nameKey(zone.name)])?.recordSets.find((set) => set.type === 'SOA');
}
