import type { ReadOperation } from '../operation.ts';
import { tables, type DelegationSet } from '../tables.ts';
import { noSuchDelegationSet } from './no-such-delegation-set.ts';

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetReusableDelegationSet.html */
export const getReusableDelegationSet: ReadOperation<{ readonly id: string }, DelegationSet> = {
  operation: 'GetReusableDelegationSet',
  read: (view, command) => view.get(tables.delegationSets, [command.id]) ?? noSuchDelegationSet(command.id),
};
