import type * as sdk from '@aws-sdk/client-route-53';
import { getChange } from '../../core/control/changes/get-change.ts';
import type { ChangeResourceRecordSetsCommand, RecordSetInput } from '../../core/control/record-sets/change-batch.ts';
import type { RecordSetsChanged } from '../../core/control/record-sets/change-resource-record-sets.ts';
import {
  listResourceRecordSets,
  type NamedRecordSet,
} from '../../core/control/record-sets/list-resource-record-sets.ts';
import { bareId, optional, pageSize, read, write, type Door } from './door.ts';
import { policiesIn, routingIn, routingShape } from './routing.ts';
import { pendingChange } from './shapes.ts';

const PAGE = 100;
const PAGE_MAX = 300;

export const changeResourceRecordSetsDoor: Door<
  sdk.ChangeResourceRecordSetsRequest,
  sdk.ChangeResourceRecordSetsResponse
> = {
  operation: 'ChangeResourceRecordSets',
  async handle(input, desk) {
    const command: ChangeResourceRecordSetsCommand = {
      hostedZoneId: bareId(input.HostedZoneId),
      ...optional('comment', input.ChangeBatch?.Comment),
      changes: (input.ChangeBatch?.Changes ?? []).map((change) => ({
        action: change.Action ?? '',
        recordSet: recordSetInput(change.ResourceRecordSet),
      })),
    };
    return { ChangeInfo: pendingChange(await write<RecordSetsChanged>(desk, 'ChangeResourceRecordSets', command)) };
  },
};

function recordSetInput(set: sdk.ResourceRecordSet | undefined): RecordSetInput {
  return {
    name: set?.Name ?? '',
    type: set?.Type ?? '',
    ...optional('setIdentifier', set?.SetIdentifier),
    ...optional('ttlSeconds', set?.TTL),
    ...optional(
      'values',
      set?.ResourceRecords?.map((record) => record.Value ?? ''),
    ),
    ...optional(
      'alias',
      set?.AliasTarget === undefined
        ? undefined
        : {
            hostedZoneId: bareId(set.AliasTarget.HostedZoneId),
            dnsName: set.AliasTarget.DNSName ?? '',
            evaluateTargetHealth: set.AliasTarget.EvaluateTargetHealth ?? false,
          },
    ),
    ...optional('healthCheckId', set?.HealthCheckId),
    ...optional('trafficPolicyInstanceId', set?.TrafficPolicyInstanceId),
    policies: policiesIn(set ?? {}),
    ...optional('routing', routingIn(set ?? {})),
  };
}

export const listResourceRecordSetsDoor: Door<sdk.ListResourceRecordSetsRequest, sdk.ListResourceRecordSetsResponse> = {
  operation: 'ListResourceRecordSets',
  handle(input, desk) {
    const maxItems = pageSize(input.MaxItems, PAGE, PAGE_MAX);
    const listed = read(desk, listResourceRecordSets, {
      hostedZoneId: bareId(input.HostedZoneId),
      maxItems,
      ...optional('startName', input.StartRecordName),
      ...optional('startType', input.StartRecordType as string | undefined),
      ...optional('startIdentifier', input.StartRecordIdentifier),
    });
    return {
      ResourceRecordSets: listed.recordSets.map(recordSetShape),
      IsTruncated: listed.next !== undefined,
      ...optional('NextRecordName', listed.next?.name),
      ...optional('NextRecordType', listed.next?.set.type as sdk.RRType | undefined),
      ...optional('NextRecordIdentifier', listed.next?.set.setIdentifier),
      MaxItems: maxItems,
    };
  },
};

function recordSetShape({ name, set }: NamedRecordSet): sdk.ResourceRecordSet {
  return {
    Name: name,
    Type: set.type as sdk.RRType,
    ...optional('SetIdentifier', set.setIdentifier),
    ...optional('TTL', set.ttlSeconds),
    ...optional(
      'ResourceRecords',
      set.values?.map((Value) => ({ Value })),
    ),
    ...optional(
      'AliasTarget',
      set.alias === undefined
        ? undefined
        : {
            HostedZoneId: set.alias.hostedZoneId,
            DNSName: set.alias.name,
            EvaluateTargetHealth: set.alias.evaluateTargetHealth,
          },
    ),
    ...optional('HealthCheckId', set.healthCheckId),
    ...routingShape(set.routing),
  };
}

export const getChangeDoor: Door<sdk.GetChangeRequest, sdk.GetChangeResponse> = {
  operation: 'GetChange',
  handle(input, desk) {
    const change = read(desk, getChange, { id: bareId(input.Id) });
    return {
      ChangeInfo: {
        Id: `/change/${change.id}`,
        Status: desk.inSync(change.sequence) ? 'INSYNC' : 'PENDING',
        SubmittedAt: new Date(change.submittedAt),
        ...optional('Comment', change.comment),
      },
    };
  },
};
