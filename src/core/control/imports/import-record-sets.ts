import { noSuchHostedZone } from '../hosted-zones/no-such-hosted-zone.ts';
import { refuseSecondary } from '../hosted-zones/refuse-secondary.ts';
import { touchedById } from '../hosted-zones/zone-catalog.ts';
import { lane } from '../lanes.ts';
import { isRefusal, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import type { RecordSetStep } from '../record-sets/change-batch.ts';
import { changeRecords } from '../record-sets/change-records.ts';
import { endMessages } from '../record-sets/rules.ts';
import { isTransferredOut, withSerialAdvanced } from '../record-sets/serial-advance.ts';
import { WorkingCopy } from '../record-sets/working-copy.ts';
import { tables } from '../tables.ts';
import type { Draft, View } from '../view.ts';
import { readSteps, writeSteps } from './import-steps.ts';
import { countProblems, judgeSteps, refuseMoved, refuseSteps, stepsOf } from './judge-steps.ts';

export interface ImportRecordSetsCommand {
  readonly hostedZoneId: string;
  /** See import-steps.ts; PUT and REMOVE only. */
  readonly steps: Uint8Array;
  /** Where the zone's lane ended when the steps were made: if it has moved, they are refused. */
  readonly onlyAfter?: number;
  readonly comment?: string;
}

export interface RecordSetsImported extends ChangeBase {
  readonly kind: 'RecordSetsImported';
  readonly zoneId: string;
  readonly comment?: string;
  readonly steps: Uint8Array;
}

/**
 * An import that fits into one change: what ChangeResourceRecordSets does, by the same rules, without AWS's limit of a thousand
 * records and 32,000 characters, which is there for XML's sake.
 */
export const importRecordSets: WriteOperation<ImportRecordSetsCommand, RecordSetsImported> = {
  operation: 'ImportRecordSets',
  kind: 'RecordSetsImported',
  decide,
  lanes: (change) => ({ advances: [lane.zone(change.zoneId)], reliesOn: [] }),
  apply,
  touches: (view, change) => touchedById(view, change.zoneId),
};

function decide(view: View, command: ImportRecordSetsCommand, given: Given): RecordSetsImported | Refusal {
  const zone = view.get(tables.hostedZones, [command.hostedZoneId]);
  if (zone === undefined) return noSuchHostedZone(command.hostedZoneId);
  const refusal = refuseSecondary(zone) ?? refuseMoved(view, zone, command.onlyAfter);
  if (refusal !== undefined) return refusal;
  const steps = stepsOf(command.steps);
  if (isRefusal(steps)) return steps;
  const copy = new WorkingCopy(view, zone);
  const problems = [
    ...judgeSteps(copy, steps),
    ...endMessages(copy).map((message) => ({ message })),
    ...countProblems(zone.recordSetCount + copy.added, given.settings.quotas.recordSetsPerZoneMax),
  ];
  if (problems.length > 0) return refuseSteps(problems);
  return {
    kind: 'RecordSetsImported',
    id: given.newId('change'),
    at: given.now,
    by: given.principal,
    zoneId: zone.id,
    ...(command.comment === undefined ? {} : { comment: command.comment }),
    steps: isTransferredOut(given.settings, zone.name)
      ? writeSteps(withSerialAdvanced(view, zone, steps as readonly RecordSetStep[]))
      : command.steps,
  };
}

function apply(draft: Draft, change: RecordSetsImported, sequence: number): void {
  const zone = draft.get(tables.hostedZones, [change.zoneId]);
  const steps = readSteps(change.steps) as readonly RecordSetStep[] | undefined;
  if (zone !== undefined && steps !== undefined) changeRecords(draft, zone, steps, change, sequence);
}
