import { nameKey, normaliseName } from '../../dns/name-key.ts';
import { PresentationError } from '../../dns/presentation-error.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import { sameRouting } from '../../zone/routing.ts';
import { healthCheckLanes, missingHealthCheck } from '../health-checks/named-health-checks.ts';
import { noSuchHostedZone } from '../hosted-zones/no-such-hosted-zone.ts';
import { refuseSecondary } from '../hosted-zones/refuse-secondary.ts';
import { touchedById } from '../hosted-zones/zone-catalog.ts';
import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type Given, type Refusal, type WriteOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import type { Draft, View } from '../view.ts';
import type { ChangeResourceRecordSetsCommand, RecordSetInput, RecordSetStep } from './change-batch.ts';
import { changeRecords } from './change-records.ts';
import { isOutside } from './outside-rules.ts';
import { endMessages, stepMessages } from './rules.ts';
import { checkRequest } from './request-shape.ts';
import { isTransferredOut, withSerialAdvanced } from './serial-advance.ts';
import { sameValues, valueMessages } from './values.ts';
import { WorkingCopy } from './working-copy.ts';

export interface RecordSetsChanged extends ChangeBase {
  readonly kind: 'RecordSetsChanged';
  readonly zoneId: string;
  readonly comment?: string;
  readonly steps: readonly RecordSetStep[];
}

/**
 * A batch is judged in order against a working copy, all its errors are collected, and it is accepted whole or not at all.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
 */
export const changeResourceRecordSets: WriteOperation<ChangeResourceRecordSetsCommand, RecordSetsChanged> = {
  operation: 'ChangeResourceRecordSets',
  kind: 'RecordSetsChanged',
  decide,
  lanes: (change) => ({
    advances: [lane.zone(change.zoneId), ...collectionLanes(change)],
    reliesOn: healthCheckLanes(change.steps),
  }),
  apply,
  touches: (view, change) => touchedById(view, change.zoneId),
};

/** A reference made or dropped is news to what it refers to: a collection in use must not be deleted meanwhile. */
function collectionLanes(change: RecordSetsChanged): string[] {
  const ids = change.steps.map(({ set }) =>
    set.routing?.policy === 'ip-based' ? set.routing.collectionId : undefined,
  );
  return [...new Set(ids.filter((id) => id !== undefined))].map(lane.cidrCollection);
}

function decide(view: View, command: ChangeResourceRecordSetsCommand, given: Given): RecordSetsChanged | Refusal {
  const zone = view.get(tables.hostedZones, [command.hostedZoneId]);
  if (zone === undefined) return noSuchHostedZone(command.hostedZoneId);
  const refusal = refuseSecondary(zone) ?? checkRequest(command) ?? missingHealthCheck(view, command);
  if (refusal !== undefined) return refusal;
  const copy = new WorkingCopy(view, zone, given.settings.resolvesHosts);
  const messages: string[] = [];
  const steps: RecordSetStep[] = [];
  const created = new Map<string, string>();
  for (const { action, recordSet } of command.changes) {
    const judged = judge(copy, action, recordSet, created);
    if (Array.isArray(judged)) {
      messages.push(...judged);
      continue;
    }
    steps.push(judged);
    copy.perform(judged);
  }
  messages.push(...endMessages(copy));
  if (zone.recordSetCount + copy.added > given.settings.quotas.recordSetsPerZoneMax) {
    messages.push(`Number of records limit of ${given.settings.quotas.recordSetsPerZoneMax} exceeded.`);
  }
  if (messages.length > 0) return refuse('InvalidChangeBatch', `[${messages.join(', ')}]`);
  return {
    kind: 'RecordSetsChanged',
    id: given.newId('change'),
    at: given.now,
    by: given.principal,
    zoneId: zone.id,
    ...(command.comment === undefined ? {} : { comment: command.comment }),
    steps: isTransferredOut(given.settings, zone.name) ? withSerialAdvanced(view, zone, steps) : steps,
  };
}

function judge(
  copy: WorkingCopy,
  action: string,
  input: RecordSetInput,
  seen: Map<string, string>,
): RecordSetStep | string[] {
  const name = readName(input.name);
  if (typeof name !== 'string') return name;
  const target = input.alias === undefined ? undefined : readName(input.alias.dnsName);
  if (Array.isArray(target)) return target;
  const zone = copy.zone;
  const set = toRecordSet(input, target, zone.id);
  if (!nameKey(name).startsWith(nameKey(zone.name))) {
    return [`RRSet with DNS name ${name} is not permitted in zone ${zone.name}`];
  }
  const identity = `${name} ${input.type} ${input.setIdentifier ?? ''}`;
  const earlier = seen.get(identity);
  seen.set(identity, action);
  if (earlier !== undefined && !(earlier === 'DELETE' && action === 'CREATE')) {
    return [`The request contains an invalid set of changes for a resource record set '${input.type} ${name}'`];
  }
  const label = `[name='${name}', type='${input.type}'${input.setIdentifier === undefined ? '' : `, set-identifier='${input.setIdentifier}'`}]`;
  const existing = copy.find(nameKey(name), set);
  if (action === 'DELETE') {
    if (existing === undefined) return [`Tried to delete resource record set ${label} but it was not found`];
    if (!sameContent(existing, set)) {
      return [`Tried to delete resource record set ${label} but the values provided do not match the current values`];
    }
    return { action: 'REMOVE', name, set: existing };
  }
  const messages = [...valueMessages(set.type, set.values ?? []), ...stepMessages(copy, name, set)];
  if (action === 'CREATE' && existing !== undefined) {
    messages.unshift(`Tried to create resource record set ${label} but it already exists`);
  }
  return messages.length > 0 ? messages : { action: 'PUT', name, set };
}

/** The normalised name, or what is wrong with it. */
function readName(text: string): string | string[] {
  try {
    return normaliseName(text);
  } catch (error) {
    if (!(error instanceof PresentationError)) throw error;
    return [`FATAL problem: ${error.message} encountered with '${text}'`];
  }
}

function toRecordSet(input: RecordSetInput, target: string | undefined, zoneId: string): RecordSet {
  return {
    type: input.type,
    ...(input.setIdentifier === undefined ? {} : { setIdentifier: input.setIdentifier }),
    ...(input.ttlSeconds === undefined ? {} : { ttlSeconds: input.ttlSeconds }),
    ...(input.values === undefined ? {} : { values: input.values }),
    ...(input.alias === undefined || target === undefined
      ? {}
      : {
          alias: {
            hostedZoneId: input.alias.hostedZoneId,
            name: target,
            evaluateTargetHealth: input.alias.evaluateTargetHealth,
            ...(isOutside(input.alias.hostedZoneId, target, zoneId) && { outside: true }),
          },
        }),
    ...(input.healthCheckId === undefined ? {} : { healthCheckId: input.healthCheckId }),
    ...(input.routing === undefined ? {} : { routing: input.routing }),
  };
}

/** What a DELETE must repeat: everything, with values compared for what they mean. */
function sameContent(stored: RecordSet, given: RecordSet): boolean {
  return (
    stored.ttlSeconds === given.ttlSeconds &&
    sameValues(stored.type, stored.values ?? [], given.values ?? []) &&
    stored.alias?.hostedZoneId === given.alias?.hostedZoneId &&
    stored.alias?.name === given.alias?.name &&
    stored.alias?.evaluateTargetHealth === given.alias?.evaluateTargetHealth &&
    stored.healthCheckId === given.healthCheckId &&
    sameRouting(stored.routing, given.routing)
  );
}

function apply(draft: Draft, change: RecordSetsChanged, sequence: number): void {
  const zone = draft.get(tables.hostedZones, [change.zoneId]);
  if (zone !== undefined) changeRecords(draft, zone, change.steps, change, sequence);
}
