import { nameKey } from '../../dns/name-key.ts';
import { refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import { keepChange } from '../records-kept.ts';
import { dataIdOf, tables, type HostedZone } from '../tables.ts';
import type { Draft, View } from '../view.ts';
import { noSuchHostedZone } from './no-such-hosted-zone.ts';
import { refuseSecondary } from './refuse-secondary.ts';
import { lanesOfZone, removeHostedZone, touched, zonesAround } from './zone-catalog.ts';

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
  lanes: (change) => ({ advances: lanesOfZone(change.zone), reliesOn: [] }),
  apply,
  touches: (view, change) => [...touched(change.zone), ...zonesAround(view, change.zone.name)],
};

function decide(view: View, command: DeleteHostedZoneCommand, given: Given): HostedZoneDeleted | Refusal {
  const zone = view.get(tables.hostedZones, [command.id]);
  if (zone === undefined) return noSuchHostedZone(command.id);
  const refusal = refuseSecondary(zone);
  if (refusal !== undefined) return refusal;
  if (view.get(tables.dnssec, [zone.id]) !== undefined) {
    return refuse(
      'HostedZoneNotEmpty',
      'The specified hosted zone contains DNSSEC Key Signing Keys and so cannot be deleted.',
    );
  }
  const apex = view.get(tables.nodes, [dataIdOf(zone), nameKey(zone.name)]);
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
  draft.remove(tables.nodes, [dataIdOf(zone), nameKey(zone.name)]);
  removeHostedZone(draft, zone);
  if (zone.delegationSetId !== undefined) {
    const set = draft.get(tables.delegationSets, [zone.delegationSetId]);
    if (set !== undefined) draft.put(tables.delegationSets, [set.id], { ...set, zoneCount: set.zoneCount - 1 });
    draft.remove(tables.delegationSetZones, [zone.delegationSetId, zone.id]);
  }
  keepChange(draft, change, sequence);
}
