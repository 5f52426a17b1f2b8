import { changeAlarmTags } from './alarms/change-alarm-tags.ts';
import { deleteAlarms } from './alarms/delete-alarms.ts';
import { putMetricAlarm } from './alarms/put-metric-alarm.ts';
import { switchAlarmActions } from './alarms/switch-alarm-actions.ts';
import { abandonImport } from './imports/abandon-import.ts';
import { importRecordSets } from './imports/import-record-sets.ts';
import { stageImport } from './imports/stage-import.ts';
import { switchImport } from './imports/switch-import.ts';
import { changeCidrCollection } from './cidr/change-cidr-collection.ts';
import { createCidrCollection } from './cidr/create-cidr-collection.ts';
import { deleteCidrCollection } from './cidr/delete-cidr-collection.ts';
import { createReusableDelegationSet } from './delegation-sets/create-reusable-delegation-set.ts';
import { deleteReusableDelegationSet } from './delegation-sets/delete-reusable-delegation-set.ts';
import { activateKeySigningKey } from './dnssec/activate-key-signing-key.ts';
import { createKeySigningKey } from './dnssec/create-key-signing-key.ts';
import { deactivateKeySigningKey } from './dnssec/deactivate-key-signing-key.ts';
import { deleteKeySigningKey } from './dnssec/delete-key-signing-key.ts';
import { disableHostedZoneDNSSEC } from './dnssec/disable-hosted-zone-dnssec.ts';
import { enableHostedZoneDNSSEC } from './dnssec/enable-hosted-zone-dnssec.ts';
import { makeNextKeySigningKey } from './dnssec/make-next-key.ts';
import { noteUnsignedExpiry } from './dnssec/note-unsigned-expiry.ts';
import { postponeZoneSigningKey } from './dnssec/postpone-zone-signing-key.ts';
import { renewDnskeySignatures } from './dnssec/renew-dnskey-signatures.ts';
import { reportDnssecKeys } from './dnssec/report-dnssec-keys.ts';
import { rollKeySigningKey } from './dnssec/roll-key-signing-key.ts';
import { rollZoneSigningKey } from './dnssec/roll-zone-signing-key.ts';
import { createHealthCheck } from './health-checks/create-health-check.ts';
import { deleteHealthCheck } from './health-checks/delete-health-check.ts';
import { updateHealthCheck } from './health-checks/update-health-check.ts';
import { createHostedZone } from './hosted-zones/create-hosted-zone.ts';
import { deleteHostedZone } from './hosted-zones/delete-hosted-zone.ts';
import { updateHostedZoneComment } from './hosted-zones/update-hosted-zone-comment.ts';
import { copyHost } from './copied-hosts.ts';
import type { ChangeBase, WriteOperation } from './operation.ts';
import { changeResourceRecordSets } from './record-sets/change-resource-record-sets.ts';
import { attachSecondaryZone } from './secondary-zones/attach-secondary-zone.ts';
import { changeSecondaryZone } from './secondary-zones/change-secondary-zone.ts';
import { confirmSecondaryZone } from './secondary-zones/confirm-secondary-zone.ts';
import { discardZoneData } from './secondary-zones/discard-zone-data.ts';
import { expireSecondaryZone } from './secondary-zones/expire-secondary-zone.ts';
import { releaseSecondaryZone } from './secondary-zones/release-secondary-zone.ts';
import { stageSecondaryZone } from './secondary-zones/stage-secondary-zone.ts';
import { switchSecondaryZone } from './secondary-zones/switch-secondary-zone.ts';
import { adoptMasterKey } from './kms/adopt-master-key.ts';
import { createKmsAlias, deleteKmsAlias, updateKmsAlias } from './kms/aliases.ts';
import { createKmsKey } from './kms/create-kms-key.ts';
import { deleteKmsKey } from './kms/delete-kms-key.ts';
import { putKmsKeyPolicy, tagKmsKey, untagKmsKey, updateKmsKeyDescription } from './kms/key-members.ts';
import { rewrapKeys } from './kms/rewrap-keys.ts';
import { cancelKmsKeyDeletion, disableKmsKey, enableKmsKey, scheduleKmsKeyDeletion } from './kms/key-states.ts';
import { changeTagsForResource } from './tags/change-tags-for-resource.ts';

/**
 * The operations that write, by Route 53's names where it has one: what the log can decide and apply. Operations that only read are called where
 * they are needed and have no table.
 */
const writeOperations = [
  abandonImport,
  activateKeySigningKey,
  changeCidrCollection,
  changeResourceRecordSets,
  changeTagsForResource,
  createCidrCollection,
  createHealthCheck,
  createHostedZone,
  createKeySigningKey,
  createReusableDelegationSet,
  deactivateKeySigningKey,
  deleteCidrCollection,
  deleteHealthCheck,
  deleteHostedZone,
  deleteKeySigningKey,
  deleteReusableDelegationSet,
  disableHostedZoneDNSSEC,
  enableHostedZoneDNSSEC,
  updateHealthCheck,
  updateHostedZoneComment,
  // The key service's.
  adoptMasterKey,
  cancelKmsKeyDeletion,
  createKmsAlias,
  createKmsKey,
  deleteKmsAlias,
  deleteKmsKey,
  disableKmsKey,
  enableKmsKey,
  putKmsKeyPolicy,
  rewrapKeys,
  scheduleKmsKeyDeletion,
  tagKmsKey,
  untagKmsKey,
  updateKmsAlias,
  updateKmsKeyDescription,
  // CloudWatch's.
  changeAlarmTags,
  deleteAlarms,
  putMetricAlarm,
  switchAlarmActions,
  // Of signed zones: what time makes due.
  makeNextKeySigningKey,
  noteUnsignedExpiry,
  postponeZoneSigningKey,
  renewDnskeySignatures,
  reportDnssecKeys,
  rollKeySigningKey,
  rollZoneSigningKey,
  // Of aliases that lead outside.
  copyHost,
  // Of secondary zones, which Route 53 does not have.
  attachSecondaryZone,
  changeSecondaryZone,
  confirmSecondaryZone,
  discardZoneData,
  importRecordSets,
  stageImport,
  switchImport,
  expireSecondaryZone,
  releaseSecondaryZone,
  stageSecondaryZone,
  switchSecondaryZone,
].map((operation) => operation as unknown as WriteOperation<unknown, ChangeBase>);

const byOperation = new Map(writeOperations.map((operation) => [operation.operation, operation]));
const byKind = new Map(writeOperations.map((operation) => [operation.kind, operation]));

export function isOperation(name: string): boolean {
  return byOperation.has(name);
}

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
