import { pointTo, touchedById } from '../hosted-zones/zone-catalog.ts';
import { lane } from '../lanes.ts';
import type { ChangeBase, WriteOperation } from '../operation.ts';
import { keepChange } from '../records-kept.ts';
import { tables } from '../tables.ts';
import { moved, secondaryZone } from './secondary-zone.ts';

export interface ExpireSecondaryZoneCommand {
  readonly zoneId: string;
  /** When the one who found it too old saw it confirmed last. */
  readonly checkedAt: number;
}

export interface SecondaryZoneExpired extends ChangeBase {
  readonly kind: 'SecondaryZoneExpired';
  readonly zoneId: string;
}

/** No primary has confirmed the zone for its expire time (RFC 1035 §3.3.13): it must not be answered from until one does. */
export const expireSecondaryZone: WriteOperation<ExpireSecondaryZoneCommand, SecondaryZoneExpired> = {
  operation: 'ExpireSecondaryZone',
  kind: 'SecondaryZoneExpired',
  decide(view, command, given) {
    const found = secondaryZone(view, command.zoneId);
    if ('refused' in found) return found;
    if (found.held.checkedAt !== command.checkedAt) return moved(command.zoneId, 'a primary has confirmed it');
    if (found.held.expired) return moved(command.zoneId, 'it has expired already');
    const base = {
      kind: 'SecondaryZoneExpired',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
    } as const;
    return { ...base, zoneId: command.zoneId };
  },
  lanes: (change) => ({ advances: [lane.zone(change.zoneId)], reliesOn: [] }),
  apply(draft, change, sequence) {
    const zone = draft.get(tables.hostedZones, [change.zoneId]);
    const held = draft.get(tables.secondaryZones, [change.zoneId]);
    if (zone === undefined || held === undefined) return;
    draft.put(tables.secondaryZones, [zone.id], { ...held, expired: true });
    pointTo(draft, zone, true);
    keepChange(draft, change, sequence);
  },
  touches: (view, change) => touchedById(view, change.zoneId),
};
