import { CALLER_REFERENCE_MAX } from '../hosted-zones/create-hosted-zone.ts';
import { lane } from '../lanes.ts';
import { nameServerSetKey, namesOf } from '../name-servers.ts';
import { refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import { count } from '../records-kept.ts';
import { tables, type DelegationSet } from '../tables.ts';
import type { Draft, View } from '../view.ts';

export interface CreateReusableDelegationSetCommand {
  readonly callerReference: string;
  /** The zone whose name servers become a reusable set. */
  readonly hostedZoneId?: string;
}

export interface DelegationSetCreated extends ChangeBase {
  readonly kind: 'DelegationSetCreated';
  readonly set: DelegationSet;
  readonly promotedZoneId?: string;
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateReusableDelegationSet.html */
export const createReusableDelegationSet: WriteOperation<CreateReusableDelegationSetCommand, DelegationSetCreated> = {
  operation: 'CreateReusableDelegationSet',
  kind: 'DelegationSetCreated',
  decide,
  lanes: (change) => ({
    advances: [
      lane.delegationSets,
      lane.delegationSet(change.set.id),
      ...(change.promotedZoneId === undefined ? [] : [lane.zone(change.promotedZoneId)]),
    ],
    reliesOn: [],
  }),
  apply,
  touches: () => [],
};

function decide(view: View, command: CreateReusableDelegationSetCommand, given: Given): DelegationSetCreated | Refusal {
  const reference = command.callerReference.length;
  if (reference < 1 || reference > CALLER_REFERENCE_MAX) {
    return refuse('InvalidInput', `CallerReference must have from 1 to ${CALLER_REFERENCE_MAX} characters`);
  }
  if (view.get(tables.callerReferences, ['delegation-set', command.callerReference]) !== undefined) {
    return refuse(
      'DelegationSetAlreadyCreated',
      `A delegation set with the same owner and caller reference has already been created: ${command.callerReference}`,
    );
  }
  if ((view.get(tables.counters, ['delegation-sets']) ?? 0) >= given.settings.quotas.delegationSetsMax) {
    return refuse('LimitsExceeded', 'Limits Exceeded: MAX_REUSABLE_DELEGATION_SETS_BY_OWNER');
  }
  const names = namesFor(view, command, given);
  if ('refused' in names) return names;
  return {
    kind: 'DelegationSetCreated',
    id: given.newId('change'),
    at: given.now,
    by: given.principal,
    set: {
      id: given.newId('delegation-set'),
      callerReference: command.callerReference,
      nameServers: names.names,
      nameServerSet: nameServerSetKey(names.names),
      zoneCount: command.hostedZoneId === undefined ? 0 : 1,
    },
    ...(command.hostedZoneId === undefined ? {} : { promotedZoneId: command.hostedZoneId }),
  };
}

function namesFor(
  view: View,
  command: CreateReusableDelegationSetCommand,
  given: Given,
): { readonly names: readonly string[] } | Refusal {
  if (command.hostedZoneId === undefined) {
    const taken = new Set(
      view
        .range(tables.delegationSets, { limit: given.settings.quotas.delegationSetsMax })
        .map((row) => row.value.nameServerSet),
    );
    const sets = given.settings.nameServerSets.map(namesOf);
    const free = sets.find((names) => !taken.has(nameServerSetKey(names))) ?? sets[0];
    return free === undefined ? refuse('DelegationSetNotAvailable', 'No name servers are configured') : { names: free };
  }
  const zone = view.get(tables.hostedZones, [command.hostedZoneId]);
  if (zone === undefined) {
    return refuse('HostedZoneNotFound', `The specified HostedZone can't be found: ${command.hostedZoneId}`);
  }
  if (zone.delegationSetId !== undefined) {
    return refuse(
      'DelegationSetAlreadyReusable',
      `The delegation set of hosted zone ${zone.id} has already been marked as reusable: ${zone.delegationSetId}`,
    );
  }
  return { names: zone.nameServers };
}

function apply(draft: Draft, change: DelegationSetCreated): void {
  const { set, promotedZoneId } = change;
  draft.put(tables.delegationSets, [set.id], set);
  draft.put(tables.callerReferences, ['delegation-set', set.callerReference], set.id);
  count(draft, 'delegation-sets', 1);
  const zone = promotedZoneId === undefined ? undefined : draft.get(tables.hostedZones, [promotedZoneId]);
  if (zone === undefined) return;
  draft.put(tables.hostedZones, [zone.id], { ...zone, delegationSetId: set.id });
  draft.put(tables.delegationSetZones, [set.id, zone.id], true);
}
