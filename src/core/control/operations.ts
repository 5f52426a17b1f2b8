import { createReusableDelegationSet } from './delegation-sets/create-reusable-delegation-set.ts';
import { deleteReusableDelegationSet } from './delegation-sets/delete-reusable-delegation-set.ts';
import { createHostedZone } from './hosted-zones/create-hosted-zone.ts';
import { deleteHostedZone } from './hosted-zones/delete-hosted-zone.ts';
import { updateHostedZoneComment } from './hosted-zones/update-hosted-zone-comment.ts';
import type { ChangeBase, WriteOperation } from './operation.ts';
import { changeResourceRecordSets } from './record-sets/change-resource-record-sets.ts';
import { changeTagsForResource } from './tags/change-tags-for-resource.ts';

/**
 * The operations that write, by Route 53's names: what the log can decide and apply. Operations that only read are called where
 * they are needed and have no table.
 */
const writeOperations = [
  changeResourceRecordSets,
  changeTagsForResource,
  createHostedZone,
  createReusableDelegationSet,
  deleteHostedZone,
  deleteReusableDelegationSet,
  updateHostedZoneComment,
].map((operation) => operation as unknown as WriteOperation<unknown, ChangeBase>);

const byOperation = new Map(writeOperations.map((operation) => [operation.operation, operation]));
const byKind = new Map(writeOperations.map((operation) => [operation.kind, operation]));

export function operationNamed(name: string): WriteOperation<unknown, ChangeBase> {
  const operation = byOperation.get(name);
  if (operation === undefined) throw new Error(`no operation named ${name}`);
  return operation;
}

/** The operation whose change this is. */
export function operationOf(change: ChangeBase): WriteOperation<unknown, ChangeBase> {
  const operation = byKind.get(change.kind);
  if (operation === undefined) throw new Error(`a change of unknown kind ${change.kind}`);
  return operation;
}
