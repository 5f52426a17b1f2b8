import type {
  ChangeInfo,
  DelegationSet as DelegationSetShape,
  HostedZone as HostedZoneShape,
} from '@aws-sdk/client-route-53';
import type { ChangeBase } from '../../core/control/operation.ts';
import type { DelegationSet, HostedZone } from '../../core/control/tables.ts';
import { optional } from './door.ts';

/** Shapes that several operations answer with. */

/** Route 53's limit for the description of a linked service. */
const DESCRIPTION_MAX = 256;

export function hostedZoneShape(zone: HostedZone): HostedZoneShape {
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: zone.name,
    CallerReference: zone.callerReference,
    Config: { ...optional('Comment', zone.comment), PrivateZone: zone.private },
    ResourceRecordSetCount: zone.recordSetCount,
    ...optional(
      'LinkedService',
      zone.secondary === undefined
        ? undefined
        : {
            ServicePrincipal: 'zone-transfer.waypost',
            Description: `Secondary zone of ${zone.secondary.primaries.join(', ')}`.slice(0, DESCRIPTION_MAX),
          },
    ),
  };
}

export function delegationSetShape(set: {
  nameServers: readonly string[];
  id?: string;
  callerReference?: string;
}): DelegationSetShape {
  return {
    ...optional('Id', set.id === undefined ? undefined : `/delegationset/${set.id}`),
    ...optional('CallerReference', set.callerReference),
    NameServers: [...set.nameServers],
  };
}

export function reusableSetShape(set: DelegationSet): DelegationSetShape {
  return delegationSetShape({ id: set.id, callerReference: set.callerReference, nameServers: set.nameServers });
}

export function zoneDelegationSet(zone: HostedZone): DelegationSetShape {
  return delegationSetShape({ nameServers: zone.nameServers, ...optional('id', zone.delegationSetId) });
}

/** A change that was just accepted: PENDING, as AWS always says first. */
export function pendingChange(change: ChangeBase & { comment?: string }): ChangeInfo {
  return {
    Id: `/change/${change.id}`,
    Status: 'PENDING',
    SubmittedAt: new Date(change.at),
    ...optional('Comment', change.comment),
  };
}
