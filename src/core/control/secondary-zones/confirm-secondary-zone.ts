import { pointTo, touchedById } from '../hosted-zones/zone-catalog.ts';
import { lane } from '../lanes.ts';
import type { ChangeBase, WriteOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import { moved, secondaryZone } from './secondary-zone.ts';

export interface ConfirmSecondaryZoneCommand {
  readonly zoneId: string;
  readonly serial: number;
}

export interface SecondaryZoneConfirmed extends ChangeBase {
  readonly kind: 'SecondaryZoneConfirmed';
  readonly zoneId: string;
  readonly wasExpired: boolean;
}

/** A primary says that the version held is the newest: it may be answered from for another expire time. */
export const confirmSecondaryZone: WriteOperation<ConfirmSecondaryZoneCommand, SecondaryZoneConfirmed> = {
  operation: 'ConfirmSecondaryZone',
  kind: 'SecondaryZoneConfirmed',
  decide(view, command, given) {
    const found = secondaryZone(view, command.zoneId);
    if ('refused' in found) return found;
    const { serial, expired } = found.held;
    if (serial !== command.serial) return moved(command.zoneId, `it has serial ${serial ?? 'none'}`);
    const base = {
      kind: 'SecondaryZoneConfirmed',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
    } as const;
    return { ...base, zoneId: command.zoneId, wasExpired: expired ?? false };
  },
  lanes: (change) => ({ advances: [lane.zone(change.zoneId)], reliesOn: [] }),
  apply(draft, change) {
    const zone = draft.get(tables.hostedZones, [change.zoneId]);
    const held = draft.get(tables.secondaryZones, [change.zoneId]);
    if (zone === undefined || held === undefined) return;
    const { expired, ...rest } = held;
    draft.put(tables.secondaryZones, [zone.id], { ...rest, checkedAt: change.at });
    if (expired) pointTo(draft, zone, false);
  },
  touches: (view, change) => (change.wasExpired ? touchedById(view, change.zoneId) : []),
};
