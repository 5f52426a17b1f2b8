import type { ReadOperation } from '../operation.ts';
import { tables } from '../tables.ts';

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZoneCount.html */
export const getHostedZoneCount: ReadOperation<Record<string, never>, number> = {
  operation: 'GetHostedZoneCount',
  read: (view) => view.get(tables.counters, ['hosted-zones']) ?? 0,
};
