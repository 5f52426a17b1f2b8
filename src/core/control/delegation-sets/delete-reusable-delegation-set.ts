import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import { count } from '../records-kept.ts';
import { tables, type DelegationSet } from '../tables.ts';
import { noSuchDelegationSet } from './no-such-delegation-set.ts';

export interface DelegationSetDeleted extends ChangeBase {
  readonly kind: 'DelegationSetDeleted';
  readonly set: DelegationSet;
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteReusableDelegationSet.html */
export const deleteReusableDelegationSet: WriteOperation<{ readonly id: string }, DelegationSetDeleted> = {
  operation: 'DeleteReusableDelegationSet',
  kind: 'DelegationSetDeleted',
  decide(view, command, given) {
    const set = view.get(tables.delegationSets, [command.id]);
    if (set === undefined) return noSuchDelegationSet(command.id);
    if (set.zoneCount > 0) {
      return refuse(
        'DelegationSetInUse',
        `Delegation set ${set.id} is associated with ${set.zoneCount} hosted zone(s)`,
      );
    }
    return { kind: 'DelegationSetDeleted', id: given.newId('change'), at: given.now, by: given.principal, set };
  },
  lanes: (change) => ({ advances: [lane.delegationSets, lane.delegationSet(change.set.id)], reliesOn: [] }),
  apply(draft, change) {
    draft.remove(tables.delegationSets, [change.set.id]);
    draft.remove(tables.callerReferences, ['delegation-set', change.set.callerReference]);
    count(draft, 'delegation-sets', -1);
  },
  touches: () => [],
};
