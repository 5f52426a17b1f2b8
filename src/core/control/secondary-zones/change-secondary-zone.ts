import { pointTo, touchedById } from '../hosted-zones/zone-catalog.ts';
import { readSteps } from '../imports/import-steps.ts';
import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import type { RecordSetStep } from '../record-sets/change-batch.ts';
import { changeRecords } from '../record-sets/change-records.ts';
import { tables } from '../tables.ts';
import type { Draft, View } from '../view.ts';
import { moved, secondaryZone } from './secondary-zone.ts';

export interface ChangeSecondaryZoneCommand {
  readonly zoneId: string;
  /** The serial of the version that the steps lead away from; left out when there is none. */
  readonly fromSerial?: number;
  readonly toSerial: number;
  /** As import-steps.ts writes them, PUT and REMOVE; they end with the new SOA record. */
  readonly steps: Uint8Array;
}

export interface SecondaryZoneChanged extends ChangeBase {
  readonly kind: 'SecondaryZoneChanged';
  readonly zoneId: string;
  readonly toSerial: number;
  readonly steps: Uint8Array;
}

/** A transfer that fits into one change: from one version of the zone to the next, with nothing between them for anyone to see. */
export const changeSecondaryZone: WriteOperation<ChangeSecondaryZoneCommand, SecondaryZoneChanged> = {
  operation: 'ChangeSecondaryZone',
  kind: 'SecondaryZoneChanged',
  decide,
  lanes: (change) => ({ advances: [lane.zone(change.zoneId)], reliesOn: [] }),
  apply,
  touches: (view, change) => touchedById(view, change.zoneId),
};

function decide(view: View, command: ChangeSecondaryZoneCommand, given: Given): SecondaryZoneChanged | Refusal {
  const found = secondaryZone(view, command.zoneId);
  if ('refused' in found) return found;
  const { zone, held } = found;
  if (held.serial !== command.fromSerial) {
    return moved(zone.id, `it has serial ${held.serial ?? 'none'}, not ${command.fromSerial ?? 'none'}`);
  }
  const steps = readSteps(command.steps);
  if (steps === undefined || steps.some((step) => step.action === 'KEEP')) {
    return refuse('InvalidInput', 'The steps cannot be read');
  }
  const most = given.settings.quotas.recordSetsPerZoneMax;
  const more = steps.filter((step) => step.action === 'PUT').length;
  if (more > most) return refuse('LimitsExceeded', `${zone.name} has more than ${most} record sets`);
  return {
    kind: 'SecondaryZoneChanged',
    id: given.newId('change'),
    at: given.now,
    by: given.principal,
    zoneId: zone.id,
    toSerial: command.toSerial,
    steps: command.steps,
  };
}

function apply(draft: Draft, change: SecondaryZoneChanged, sequence: number): void {
  const zone = draft.get(tables.hostedZones, [change.zoneId]);
  const held = draft.get(tables.secondaryZones, [change.zoneId]);
  const steps = readSteps(change.steps) as readonly RecordSetStep[] | undefined;
  if (zone === undefined || held === undefined || steps === undefined) return;
  changeRecords(draft, zone, steps, change, sequence);
  const { expired, ...rest } = held;
  draft.put(tables.secondaryZones, [zone.id], { ...rest, serial: change.toSerial, checkedAt: change.at });
  if (expired || held.serial === undefined) pointTo(draft, zone, false);
}
