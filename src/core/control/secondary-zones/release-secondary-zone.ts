import { pointTo, removeHostedZone, touched, zonesAround } from '../hosted-zones/zone-catalog.ts';
import { lane } from '../lanes.ts';
import type { ChangeBase, WriteOperation } from '../operation.ts';
import { keepChange } from '../records-kept.ts';
import { tables, type HostedZone } from '../tables.ts';
import { secondaryZone } from './secondary-zone.ts';

export interface ReleaseSecondaryZoneCommand {
  readonly zoneId: string;
}

export interface SecondaryZoneReleased extends ChangeBase {
  readonly kind: 'SecondaryZoneReleased';
  readonly zone: HostedZone;
}

/**
 * The zone is a copy no longer: it stays as it is and becomes an ordinary hosted zone, which the API edits and deletes. One that was
 * never transferred holds nothing and goes.
 */
export const releaseSecondaryZone: WriteOperation<ReleaseSecondaryZoneCommand, SecondaryZoneReleased> = {
  operation: 'ReleaseSecondaryZone',
  kind: 'SecondaryZoneReleased',
  decide(view, command, given) {
    const found = secondaryZone(view, command.zoneId);
    if ('refused' in found) return found;
    const base = {
      kind: 'SecondaryZoneReleased',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
    } as const;
    return { ...base, zone: found.zone };
  },
  lanes: (change) => ({ advances: [lane.names, lane.zone(change.zone.id)], reliesOn: [] }),
  apply(draft, change, sequence) {
    const { zone } = change;
    const held = draft.get(tables.secondaryZones, [zone.id]);
    draft.remove(tables.secondaryZones, [zone.id]);
    if (held?.staging !== undefined) draft.put(tables.discardedData, [held.staging.dataId], true);
    if (held?.serial === undefined) removeHostedZone(draft, zone);
    else {
      const { secondary: _, ...ordinary } = zone;
      draft.put(tables.hostedZones, [zone.id], ordinary);
      pointTo(draft, ordinary, false);
    }
    keepChange(draft, change, sequence);
  },
  touches: (view, change) => [...touched(change.zone), ...zonesAround(view, change.zone.name)],
};
