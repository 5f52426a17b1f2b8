import { noSuchHealthCheck } from '../health-checks/no-such-health-check.ts';
import { noSuchHostedZone } from '../hosted-zones/no-such-hosted-zone.ts';
import { refuse, type Refusal } from '../operation.ts';
import { tables } from '../tables.ts';
import type { View } from '../view.ts';

/** A resource that can carry tags. */
export interface TagResource {
  readonly resourceType: string;
  readonly resourceId: string;
}

/** Why the resource cannot be tagged, if it cannot. */
export function checkTagResource(view: View, { resourceType, resourceId }: TagResource): Refusal | undefined {
  if (resourceType === 'healthcheck') {
    return view.get(tables.healthChecks, [resourceId]) === undefined ? noSuchHealthCheck(resourceId) : undefined;
  }
  if (resourceType !== 'hostedzone') {
    return refuse('InvalidInput', `ResourceType must be one of [healthcheck, hostedzone], not ${resourceType}`);
  }
  return view.get(tables.hostedZones, [resourceId]) === undefined ? noSuchHostedZone(resourceId) : undefined;
}
