import { lane } from '../lanes.ts';
import { isRefusal, refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import { tables, type HealthCheck } from '../tables.ts';
import type { View } from '../view.ts';
import { checkMembers, invalid, type ConfigInput } from './config-members.ts';
import { checkReferences } from './config-references.ts';
import { healthCheckTouched } from './health-check-touched.ts';
import { noSuchHealthCheck } from './no-such-health-check.ts';

export interface UpdateHealthCheckCommand {
  readonly id: string;
  /** The version that the caller has seen; without it whatever is there is updated. */
  readonly version?: number;
  /** The members to change. What was fixed when the check was made is not among them. */
  readonly brought: Omit<ConfigInput, 'type' | 'requestIntervalSeconds' | 'measureLatency' | 'routingControlArn'>;
  readonly resetElements?: readonly string[];
}

export interface HealthCheckUpdated extends ChangeBase {
  readonly kind: 'HealthCheckUpdated';
  /** As it is after the update. */
  readonly check: HealthCheck;
}

/** What ResetElements can name, with the member that it takes back to its default. */
const RESETTABLE: Readonly<Record<string, keyof ConfigInput>> = {
  ChildHealthChecks: 'childHealthChecks',
  FullyQualifiedDomainName: 'fullyQualifiedDomainName',
  Regions: 'regions',
  ResourcePath: 'resourcePath',
};
const RESET_ELEMENTS_MAX = 64;

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html */
export const updateHealthCheck: WriteOperation<UpdateHealthCheckCommand, HealthCheckUpdated> = {
  operation: 'UpdateHealthCheck',
  kind: 'HealthCheckUpdated',
  decide,
  lanes: ({ check }) => ({
    advances: [lane.healthCheck(check.id)],
    reliesOn: (check.config.childHealthChecks ?? []).map(lane.healthCheck),
  }),
  apply: (draft, { check }) => draft.put(tables.healthChecks, [check.id], check),
  touches: (_view, change) => [healthCheckTouched(change.check.id)],
};

function decide(view: View, command: UpdateHealthCheckCommand, given: Given): HealthCheckUpdated | Refusal {
  const check = view.get(tables.healthChecks, [command.id]);
  if (check === undefined) return noSuchHealthCheck(command.id);
  if (command.version !== undefined && command.version !== check.version) {
    return refuse(
      'HealthCheckVersionMismatch',
      `The value of HealthCheckVersion in the request, ${command.version}, is not that of the health check, ${check.version}.`,
    );
  }
  const refusal = checkResets(command) ?? checkAddressKept(check, command);
  if (refusal !== undefined) return refusal;
  const resets = (command.resetElements ?? []).map((element) => RESETTABLE[element] as keyof ConfigInput);
  const merged = Object.entries({ ...check.config, ...command.brought }).filter(
    ([member]) => !resets.includes(member as keyof ConfigInput),
  );
  const config = checkMembers(Object.fromEntries(merged) as unknown as ConfigInput);
  if (isRefusal(config)) return config;
  const broken = checkReferences(view, command.brought, given.settings.healthChecks);
  if (broken !== undefined) return broken;
  return {
    kind: 'HealthCheckUpdated',
    id: given.newId('change'),
    at: given.now,
    by: given.principal,
    check: { ...check, config, version: check.version + 1 },
  };
}

function checkResets({ resetElements = [], brought }: UpdateHealthCheckCommand): Refusal | undefined {
  if (resetElements.length > RESET_ELEMENTS_MAX) {
    return invalid([`ResetElements must have at most ${RESET_ELEMENTS_MAX} items.`]);
  }
  for (const element of resetElements) {
    const member = Object.hasOwn(RESETTABLE, element) ? RESETTABLE[element] : undefined;
    if (member === undefined) {
      return invalid([`ResetElements must be among [${Object.keys(RESETTABLE).join(', ')}], not ${element}.`]);
    }
    if (brought[member as keyof typeof brought] !== undefined) {
      return invalid([`${element} must not be both set and reset.`]);
    }
  }
  return undefined;
}

function checkAddressKept(check: HealthCheck, { brought }: UpdateHealthCheckCommand): Refusal | undefined {
  if (brought.ipAddress === undefined || check.config.ipAddress !== undefined) return undefined;
  return invalid(['An IP address cannot be added to a health check that was made without one.']);
}
