import type { ReadOperation } from '../operation.ts';
import { tables, type HealthCheck } from '../tables.ts';
import { noSuchHealthCheck } from './no-such-health-check.ts';

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheck.html */
export const getHealthCheck: ReadOperation<{ readonly id: string }, HealthCheck> = {
  operation: 'GetHealthCheck',
  read: (view, command) => view.get(tables.healthChecks, [command.id]) ?? noSuchHealthCheck(command.id),
};
