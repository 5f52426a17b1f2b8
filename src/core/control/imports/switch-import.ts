import { keyToText, nameKey } from '../../dns/name-key.ts';
import { noSuchHostedZone } from '../hosted-zones/no-such-hosted-zone.ts';
import { refuseSecondary } from '../hosted-zones/refuse-secondary.ts';
import { pointTo, touchedById } from '../hosted-zones/zone-catalog.ts';
import { lane } from '../lanes.ts';
import type { ChangeBase, Given, Problem, Refusal, WriteOperation } from '../operation.ts';
import { applySteps } from '../record-sets/apply-steps.ts';
import type { RecordSetStep } from '../record-sets/change-batch.ts';
import { isTransferredOut, serialOfSwitch } from '../record-sets/serial-advance.ts';
import { keepChange, keepHistory } from '../records-kept.ts';
import { readAliasRow } from '../alias-rows.ts';
import { dataIdOf, tables, type HostedZone } from '../tables.ts';
import type { Draft, View } from '../view.ts';
import { refuseMoved, refuseSteps } from './judge-steps.ts';
import { refuseOther } from './staged-import.ts';

export interface SwitchImportCommand {
  readonly hostedZoneId: string;
  /** What was staged. */
  readonly dataId: string;
  readonly comment?: string;
}

export interface ImportSwitched extends ChangeBase {
  readonly kind: 'ImportSwitched';
  readonly zoneId: string;
  readonly previousDataId: string;
  readonly dataId: string;
  /** The SOA with its next serial, where others copy the zone; else nothing. */
  readonly steps: readonly RecordSetStep[];
  readonly comment?: string;
}

/** The staged zone takes the place of the one that is served, at once. The old one is taken away slice by slice (DiscardZoneData). */
export const switchImport: WriteOperation<SwitchImportCommand, ImportSwitched> = {
  operation: 'SwitchImport',
  kind: 'ImportSwitched',
  decide,
  lanes: (change) => ({ advances: [lane.zone(change.zoneId), lane.zone(change.dataId)], reliesOn: [] }),
  apply,
  touches: (view, change) => [...touchedById(view, change.zoneId), change.previousDataId],
};

function decide(view: View, command: SwitchImportCommand, given: Given): ImportSwitched | Refusal {
  const zone = view.get(tables.hostedZones, [command.hostedZoneId]);
  if (zone === undefined) return noSuchHostedZone(command.hostedZoneId);
  const staged = view.get(tables.stagedImports, [zone.id]);
  const refusal =
    refuseSecondary(zone) ?? refuseOther(zone, staged, command.dataId) ?? refuseMoved(view, zone, staged?.onlyAfter);
  if (refusal !== undefined) return refusal;
  const next: HostedZone = { ...zone, dataId: command.dataId };
  const problems = [...apexProblems(view, next), ...aliasProblems(view, next)];
  if (problems.length > 0) return refuseSteps(problems);
  return {
    kind: 'ImportSwitched',
    id: given.newId('change'),
    at: given.now,
    by: given.principal,
    zoneId: zone.id,
    previousDataId: dataIdOf(zone),
    dataId: command.dataId,
    steps: isTransferredOut(given.settings, zone.name) ? serialOfSwitch(view, zone, next) : [],
    ...(command.comment === undefined ? {} : { comment: command.comment }),
  };
}

/** What a batch of the API checks once all its changes are in (record-sets/rules.ts), for a zone as a whole. */
function apexProblems(view: View, zone: HostedZone): Problem[] {
  const sets = view.get(tables.nodes, [dataIdOf(zone), nameKey(zone.name)])?.recordSets ?? [];
  const missing = ['NS', 'SOA'].filter((type) => !sets.some((set) => set.type === type));
  return missing.map((type) => ({
    message: `A HostedZone must contain a record set of type ${type} for the zone itself.`,
  }));
}

/** A second of the writer's time. */
const ALIASES_MAX = 100_000;
const ALIASES_AT_ONCE = 1000;

function aliasProblems(view: View, zone: HostedZone): Problem[] {
  const dataId = dataIdOf(zone);
  let from: readonly (string | number)[] = [dataId];
  for (let seen = 0; ;) {
    const rows = view.range(tables.aliases, { prefix: [dataId], from, limit: ALIASES_AT_ONCE });
    for (const { key } of rows) {
      const { target, type, owner } = readAliasRow(key);
      const node = view.get(tables.nodes, [dataId, target]);
      if (node?.recordSets.some((set) => set.type === type) === true) continue;
      return [
        {
          message: `The alias ${keyToText(owner)} would have no target of type ${type} any more: ${keyToText(target)}`,
        },
      ];
    }
    seen += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < ALIASES_AT_ONCE) return [];
    if (seen > ALIASES_MAX)
      return [{ message: `A zone with more than ${ALIASES_MAX} aliases cannot be replaced at once` }];
    from = [...last.key, 0];
  }
}

function apply(draft: Draft, change: ImportSwitched, sequence: number): void {
  const zone = draft.get(tables.hostedZones, [change.zoneId]);
  const staged = draft.get(tables.stagedImports, [change.zoneId]);
  if (zone === undefined || staged === undefined) return;
  const switched = { ...zone, dataId: change.dataId, recordSetCount: staged.recordSetCount };
  draft.put(tables.hostedZones, [zone.id], switched);
  pointTo(draft, switched, false);
  applySteps(draft, switched, change.steps);
  draft.put(tables.discardedData, [change.previousDataId], true);
  draft.remove(tables.stagedImports, [zone.id]);
  keepChange(draft, change, sequence);
  // The differences were never in one place; whoever copies the zone from here needs all of it.
  keepHistory(draft, zone.id, change, sequence, [], { incomplete: true });
}
