import { noSuchDelegationSet } from '../delegation-sets/no-such-delegation-set.ts';
import { refuse, type ReadOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import type { Limit } from './limit.ts';

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetReusableDelegationSetLimit.html */
export const getReusableDelegationSetLimit: ReadOperation<{ readonly id: string; readonly type: string }, Limit> = {
  operation: 'GetReusableDelegationSetLimit',
  read(view, { id, type }, given) {
    if (type !== 'MAX_ZONES_BY_REUSABLE_DELEGATION_SET') {
      return refuse('InvalidInput', `Type must be MAX_ZONES_BY_REUSABLE_DELEGATION_SET, not ${type}`);
    }
    const set = view.get(tables.delegationSets, [id]);
    if (set === undefined) return noSuchDelegationSet(id);
    return { type, value: given.settings.quotas.zonesPerDelegationSetMax, count: set.zoneCount };
  },
};
