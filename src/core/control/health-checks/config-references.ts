import { addressGuard, parseAddress } from '../../health/address-rules.ts';
import { ROUTE53_CHECKER_REGIONS } from '../../health/health-check-config.ts';
import type { HealthCheckSettings, Refusal } from '../operation.ts';
import { tables } from '../tables.ts';
import type { View } from '../view.ts';
import { invalid, type ConfigInput } from './config-members.ts';

/**
 * What is wrong with the members that a request brings, by what is outside the configuration: which addresses are open, which regions
 * have checkers, which children there are. What was accepted before is not judged again when something else is updated.
 */
export function checkReferences(
  view: View,
  brought: Omit<ConfigInput, 'type'>,
  settings: HealthCheckSettings,
): Refusal | undefined {
  const messages = [
    ...addressMessages(brought.ipAddress, settings),
    ...regionMessages(brought.regions ?? [], settings.checkerRegions),
    ...childMessages(view, brought.childHealthChecks ?? []),
    ...alarmMessages(brought.alarm?.region),
  ];
  return messages.length > 0 ? invalid(messages) : undefined;
}

function addressMessages(text: string | undefined, settings: HealthCheckSettings): string[] {
  const address = text === undefined ? undefined : parseAddress(text);
  const reason = address === undefined ? undefined : addressGuard(settings.addresses)(address);
  return reason === undefined ? [] : [`The IP address ${text} is forbidden: it is ${reason}.`];
}

function regionMessages(regions: readonly string[], checkerRegions: readonly string[]): string[] {
  const known = [...new Set([...ROUTE53_CHECKER_REGIONS, ...checkerRegions])];
  const unknown = regions.filter((region) => !known.includes(region));
  return unknown.map((region) => `Regions must be among [${known.join(', ')}], not ${region}.`);
}

function childMessages(view: View, children: readonly string[]): string[] {
  return children.flatMap((id) => {
    const child = view.get(tables.healthChecks, [id]);
    if (child === undefined) return [`Child health check ${id} does not exist.`];
    return child.config.type === 'CALCULATED'
      ? [`Child health check ${id} is a calculated health check: these cannot be nested.`]
      : [];
  });
}

/** AWS's regions go by this pattern, `us-isob-east-1` among them; Waypost has no list of its own of where alarms may be. */
function alarmMessages(region: string | undefined): string[] {
  if (region === undefined || /^[a-z]{2,5}(-[a-z]+){1,3}-[0-9]{1,2}$/.test(region)) return [];
  return [`AlarmIdentifier.Region must be a region such as us-east-1, not ${region}.`];
}
