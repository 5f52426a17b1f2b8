import { isRefusal } from '../operation.ts';
import { tables, type HealthCheck } from '../tables.ts';
import type { View } from '../view.ts';
import { checkMembers } from './config-members.ts';
import type { CreateHealthCheckCommand } from './create-health-check.ts';

/** The check that an earlier request with this caller reference and these settings has made: a repeated request is answered with it. */
export function healthCheckAsCreated(view: View, command: CreateHealthCheckCommand): HealthCheck | undefined {
  const id = view.get(tables.callerReferences, ['health-check', command.callerReference]);
  const check = id === undefined ? undefined : view.get(tables.healthChecks, [id]);
  const config = checkMembers(command.config);
  if (check === undefined || isRefusal(config)) return undefined;
  return JSON.stringify(config) === JSON.stringify(check.config) ? check : undefined;
}
