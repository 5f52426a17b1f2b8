import { nameKey } from '../../dns/name-key.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import { readSteps, type ImportStep } from '../imports/import-steps.ts';
import { lane } from '../lanes.ts';
import { ZoneTree } from '../nodes.ts';
import { refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import type { Draft, View } from '../view.ts';
import { moved, secondaryZone } from './secondary-zone.ts';

export interface StageSecondaryZoneCommand {
  readonly zoneId: string;
  /** Left out with the first part of a transfer: whatever an earlier one left unfinished is given up. */
  readonly dataId?: string;
  /** As import-steps.ts writes them; all are PUT. */
  readonly steps: Uint8Array;
}

export interface SecondaryZoneStaged extends ChangeBase {
  readonly kind: 'SecondaryZoneStaged';
  readonly zoneId: string;
  readonly zoneName: string;
  readonly dataId: string;
  readonly steps: Uint8Array;
}

/**
 * A part of a transfer that is too big for one change. It is kept beside the version that is served, and nobody sees it before
 * SwitchSecondaryZone. A record set that came in pieces is put together.
 */
export const stageSecondaryZone: WriteOperation<StageSecondaryZoneCommand, SecondaryZoneStaged> = {
  operation: 'StageSecondaryZone',
  kind: 'SecondaryZoneStaged',
  decide(view, command, given) {
    const found = secondaryZone(view, command.zoneId);
    if ('refused' in found) return found;
    const { staging } = found.held;
    if (command.dataId !== undefined && staging?.dataId !== command.dataId) {
      return moved(command.zoneId, 'another transfer has begun');
    }
    const steps = readSteps(command.steps);
    if (steps === undefined) return refuse('InvalidInput', 'The steps cannot be read');
    const most = given.settings.quotas.recordSetsPerZoneMax;
    const before = command.dataId === undefined ? 0 : (staging?.recordSetCount ?? 0);
    if (before + steps.length > most) {
      return refuse('LimitsExceeded', `${found.zone.name} has more than ${most} record sets`);
    }
    const vast = steps.find((named) => valuesWith(view, command.dataId, named) > VALUES_MAX);
    if (vast !== undefined) {
      return refuse('LimitsExceeded', `${vast.name} ${vast.set.type} has more than ${VALUES_MAX} records`);
    }
    return {
      kind: 'SecondaryZoneStaged',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      zoneId: command.zoneId,
      zoneName: found.zone.name,
      dataId: command.dataId ?? given.newId('zone-data'),
      steps: command.steps,
    };
  },
  lanes: (change) => ({ advances: [lane.zone(change.zoneId)], reliesOn: [] }),
  apply,
  touches: () => [],
};

/** A record takes at least twelve octets of a message, so no message has room for more of one set. */
const VALUES_MAX = Math.floor(65_535 / 12);

function valuesWith(view: View, dataId: string | undefined, { name, set }: ImportStep): number {
  const node = dataId === undefined ? undefined : view.get(tables.nodes, [dataId, nameKey(name)]);
  const before = node?.recordSets.find((each) => each.type === set.type);
  return (before?.values?.length ?? 0) + (set.values?.length ?? 0);
}

function apply(draft: Draft, change: SecondaryZoneStaged): void {
  const held = draft.get(tables.secondaryZones, [change.zoneId]);
  if (held === undefined) return;
  const { dataId } = change;
  const isFirst = held.staging?.dataId !== dataId;
  if (isFirst && held.staging !== undefined) draft.put(tables.discardedData, [held.staging.dataId], true);
  let recordSetCount = isFirst ? 0 : (held.staging?.recordSetCount ?? 0);
  const tree = new ZoneTree(draft, dataId, nameKey(change.zoneName));
  for (const { name, set } of readSteps(change.steps) ?? []) {
    const key = nameKey(name);
    const before = tree.at(key).find((each) => each.type === set.type);
    tree.put(key, before === undefined ? set : joined(before, set));
    if (before === undefined) recordSetCount += 1;
  }
  tree.save();
  draft.put(tables.secondaryZones, [change.zoneId], { ...held, staging: { dataId, recordSetCount } });
}

/** One record set of two parts. RFC 2181 §5.2: its records share one TTL, and the least is the safe one. */
export function joined(a: RecordSet, b: RecordSet): RecordSet {
  const values = new Set([...(a.values ?? []), ...(b.values ?? [])]);
  return { ...a, ttlSeconds: Math.min(a.ttlSeconds ?? 0, b.ttlSeconds ?? 0), values: [...values] };
}
