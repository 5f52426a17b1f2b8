import { refuse, type Quotas, type ReadOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import type { View } from '../view.ts';
import type { Limit } from './limit.ts';

/** Quotas of what is not built yet are AWS's defaults, and nothing of them is used. */
const types: Record<string, (view: View, quotas: Quotas) => Omit<Limit, 'type'>> = {
  MAX_HOSTED_ZONES_BY_OWNER: (view, quotas) => ({
    value: quotas.hostedZonesMax,
    count: view.get(tables.counters, ['hosted-zones']) ?? 0,
  }),
  MAX_REUSABLE_DELEGATION_SETS_BY_OWNER: (view, quotas) => ({
    value: quotas.delegationSetsMax,
    count: view.get(tables.counters, ['delegation-sets']) ?? 0,
  }),
  MAX_HEALTH_CHECKS_BY_OWNER: (view, quotas) => ({
    value: quotas.healthChecksMax,
    count: view.get(tables.counters, ['health-checks']) ?? 0,
  }),
  MAX_TRAFFIC_POLICIES_BY_OWNER: () => ({ value: 50, count: 0 }),
  MAX_TRAFFIC_POLICY_INSTANCES_BY_OWNER: () => ({ value: 5, count: 0 }),
};

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetAccountLimit.html */
export const getAccountLimit: ReadOperation<{ readonly type: string }, Limit> = {
  operation: 'GetAccountLimit',
  read(view, { type }, given) {
    const limit = Object.hasOwn(types, type) ? types[type] : undefined;
    if (limit === undefined)
      return refuse('InvalidInput', `Type must be one of [${Object.keys(types).join(', ')}], not ${type}`);
    return { type, ...limit(view, given.settings.quotas) };
  },
};
