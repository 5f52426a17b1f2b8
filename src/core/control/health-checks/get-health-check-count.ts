import type { ReadOperation } from '../operation.ts';
import { tables } from '../tables.ts';

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckCount.html */
export const getHealthCheckCount: ReadOperation<Record<string, never>, number> = {
  operation: 'GetHealthCheckCount',
  read: (view) => view.get(tables.counters, ['health-checks']) ?? 0,
};
