import { nameKey } from '../../dns/name-key.ts';
import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import { count, HISTORY_ENTRIES_MAX, keepChange } from '../records-kept.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { Draft, View } from '../view.ts';
import { zonesAround } from './create-hosted-zone.ts';
import { noSuchHostedZone } from './no-such-hosted-zone.ts';

export interface DeleteHostedZoneCommand {
  readonly id: string;
}

export interface HostedZoneDeleted extends ChangeBase {
  readonly kind: 'HostedZoneDeleted';
  readonly zone: HostedZone;
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html */
export const deleteHostedZone: WriteOperation<DeleteHostedZoneCommand, HostedZoneDeleted> = {
  operation: 'DeleteHostedZone',
  kind: 'HostedZoneDeleted',
  decide,
  lanes: (change) => ({
    advances: [
      lane.names,
      lane.zone(change.zone.id),
      ...(change.zone.delegationSetId === undefined ? [] : [lane.delegationSet(change.zone.delegationSetId)]),
    ],
    reliesOn: [],
  }),
  apply,
  touches: (view, change) => [change.zone.id, ...zonesAround(view, change.zone.name)],
};

function decide(view: View, command: DeleteHostedZoneCommand, given: Given): HostedZoneDeleted | Refusal {
  const zone = view.get(tables.hostedZones, [command.id]);
  if (zone === undefined) return noSuchHostedZone(command.id);
  const apex = view.get(tables.nodes, [zone.id, nameKey(zone.name)]);
  const bare = apex !== undefined && apex.children === 0;
  if (!bare || apex.recordSets.some((set) => set.type !== 'NS' && set.type !== 'SOA')) {
    return refuse(
      'HostedZoneNotEmpty',
      'The specified hosted zone contains non-required resource record sets  and so cannot be deleted.',
    );
  }
  return { kind: 'HostedZoneDeleted', id: given.newId('change'), at: given.now, by: given.principal, zone };
}

function apply(draft: Draft, change: HostedZoneDeleted, sequence: number): void {
  const { zone } = change;
  const apex = nameKey(zone.name);
  draft.remove(tables.hostedZones, [zone.id]);
  draft.remove(tables.nodes, [zone.id, apex]);
  draft.remove(tables.tags, ['hostedzone', zone.id]);
  draft.remove(tables.callerReferences, ['hosted-zone', zone.callerReference]);
  draft.remove(tables.counters, [`history/${zone.id}`]);
  for (const row of draft.range(tables.history, { prefix: [zone.id], limit: HISTORY_ENTRIES_MAX })) {
    draft.remove(tables.history, row.key);
  }
  const others = (draft.get(tables.zonesAtName, [apex]) ?? []).filter((entry) => entry.zoneId !== zone.id);
  if (others.length > 0) draft.put(tables.zonesAtName, [apex], others);
  else draft.remove(tables.zonesAtName, [apex]);
  const users = (draft.get(tables.zonesBySet, [zone.nameServerSet, apex]) ?? 1) - 1;
  if (users > 0) draft.put(tables.zonesBySet, [zone.nameServerSet, apex], users);
  else draft.remove(tables.zonesBySet, [zone.nameServerSet, apex]);
  if (zone.delegationSetId !== undefined) {
    const set = draft.get(tables.delegationSets, [zone.delegationSetId]);
    if (set !== undefined) draft.put(tables.delegationSets, [set.id], { ...set, zoneCount: set.zoneCount - 1 });
    draft.remove(tables.delegationSetZones, [zone.delegationSetId, zone.id]);
  }
  count(draft, 'hosted-zones', -1);
  keepChange(draft, change, sequence);
}
