import { nameKey } from '../../dns/name-key.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import { noSuchHostedZone } from '../hosted-zones/no-such-hosted-zone.ts';
import { refuseSecondary } from '../hosted-zones/refuse-secondary.ts';
import { lane } from '../lanes.ts';
import { compareRecordSets, ZoneTree } from '../nodes.ts';
import { isRefusal, refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import { groupsMessages } from '../record-sets/rules.ts';
import { WorkingCopy } from '../record-sets/working-copy.ts';
import { dataIdOf, tables } from '../tables.ts';
import type { Draft, View } from '../view.ts';
import { GrowingTree } from './growing-tree.ts';
import { readSteps, type KeyedStep } from './import-steps.ts';
import { countProblems, judgeSteps, refuseMoved, refuseSteps, stepsOf } from './judge-steps.ts';
import { refuseOther } from './staged-import.ts';

export interface StageImportCommand {
  readonly hostedZoneId: string;
  /** Left out with the first part: whatever an earlier import left unfinished is given up. */
  readonly dataId?: string;
  /** Where the zone's lane ended when the import began. Whoever changes the zone meanwhile wins. */
  readonly onlyAfter: number;
  /**
   * See import-steps.ts; PUT, and KEEP for what stays as it is. Names come in the order of their keys, over all parts, and the sets
   * of a name in theirs.
   */
  readonly steps: Uint8Array;
}

export interface ImportStaged extends ChangeBase {
  readonly kind: 'ImportStaged';
  readonly zoneId: string;
  readonly dataId: string;
  readonly onlyAfter: number;
  readonly steps: Uint8Array;
}

/**
 * A part of an import that is too big for one change. The whole zone as it is to be is put beside the one that is served, and nobody
 * sees it before SwitchImport.
 */
export const stageImport: WriteOperation<StageImportCommand, ImportStaged> = {
  operation: 'StageImport',
  kind: 'ImportStaged',
  decide,
  // The zone's own lane stands still: that it has not moved is what the switch relies on.
  lanes: (change) => ({ advances: [lane.zone(change.dataId)], reliesOn: [lane.zone(change.zoneId)] }),
  apply,
  touches: () => [],
};

function decide(view: View, command: StageImportCommand, given: Given): ImportStaged | Refusal {
  const zone = view.get(tables.hostedZones, [command.hostedZoneId]);
  if (zone === undefined) return noSuchHostedZone(command.hostedZoneId);
  const staged = view.get(tables.stagedImports, [zone.id]);
  const refusal =
    refuseSecondary(zone) ??
    refuseMoved(view, zone, command.onlyAfter) ??
    (command.dataId === undefined ? undefined : refuseOther(zone, staged, command.dataId));
  if (refusal !== undefined) return refusal;
  const steps = stepsOf(command.steps);
  if (isRefusal(steps)) return steps;
  const dataId = command.dataId ?? given.newId('zone-data');
  const goesOn = command.dataId === undefined ? undefined : staged;
  const disorder = orderProblem(steps, goesOn?.lastName);
  if (disorder !== undefined) return refuse('InvalidInput', disorder);
  // Names only ever come behind those that were staged, so nothing that is staged has to be looked at.
  const copy = new WorkingCopy(NOTHING, { ...zone, dataId });
  const before = goesOn?.recordSetCount ?? 0;
  const problems = [
    ...judgeSteps(copy, steps, new WorkingCopy(view, zone)),
    ...groupsMessages(copy).map((message) => ({ message })),
    ...countProblems(before + copy.added, given.settings.quotas.recordSetsPerZoneMax),
  ];
  if (problems.length > 0) return refuseSteps(problems);
  return {
    kind: 'ImportStaged',
    id: given.newId('change'),
    at: given.now,
    by: given.principal,
    zoneId: zone.id,
    dataId,
    onlyAfter: command.onlyAfter,
    steps: command.steps,
  };
}

const NOTHING: View = { get: () => undefined, range: () => [] };

function orderProblem(steps: readonly KeyedStep[], lastName: string | undefined): string | undefined {
  let last = lastName === undefined ? undefined : nameKey(lastName);
  let set: RecordSet | undefined;
  for (const [place, step] of steps.entries()) {
    const { key } = step;
    const isNext =
      last === undefined ||
      key > last ||
      (place > 0 && key === last && compareRecordSets(set as RecordSet, step.set) < 0);
    if (!isNext)
      return `Step ${place} of the part, ${step.name} ${step.set.type}, does not come after the one before it`;
    last = key;
    set = step.set;
  }
  return undefined;
}

function apply(draft: Draft, change: ImportStaged): void {
  const zone = draft.get(tables.hostedZones, [change.zoneId]);
  const steps = readSteps(change.steps);
  if (zone === undefined || steps === undefined) return;
  const staged = draft.get(tables.stagedImports, [zone.id]);
  const isFirst = staged?.dataId !== change.dataId;
  if (isFirst && staged !== undefined) draft.put(tables.discardedData, [staged.dataId], true);
  let recordSetCount = isFirst ? 0 : staged.recordSetCount;
  const tree = new GrowingTree(draft, change.dataId, nameKey(zone.name));
  const current = new ZoneTree(draft, dataIdOf(zone), nameKey(zone.name));
  for (const { action, key, set } of steps) {
    const kept = action === 'KEEP' ? current.find(key, set) : set;
    if (kept === undefined) continue;
    tree.add(key, kept);
    recordSetCount += 1;
  }
  tree.save();
  const { dataId, onlyAfter, at } = change;
  const lastName = steps.at(-1)?.name ?? staged?.lastName ?? zone.name;
  draft.put(tables.stagedImports, [zone.id], { dataId, onlyAfter, recordSetCount, lastName, at });
}
