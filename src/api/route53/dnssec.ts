import type * as sdk from '@aws-sdk/client-route-53';
import { getDnssec } from '../../core/control/dnssec/get-dnssec.ts';
import { dnskeyOfKsk, dsOf, mnemonicOf } from '../../core/control/dnssec/key-records.ts';
import type { KeySigningKey } from '../../core/control/dnssec/zone-dnssec.ts';
import { isRefusal, type Refusal } from '../../core/control/operation.ts';
import { DIGEST_SHA256, KEY_FLAGS } from '../../core/dnssec/keys.ts';
import type { DnssecOutcome } from '../../steward/dnssec-desk.ts';
import { AwsError, errorOf } from '../aws-error.ts';
import { bareId, optional, read, type Door } from './door.ts';
import { pendingChange } from './shapes.ts';

export const createKeySigningKeyDoor: Door<sdk.CreateKeySigningKeyRequest, sdk.CreateKeySigningKeyResponse> = {
  operation: 'CreateKeySigningKey',
  async handle(input, desk) {
    const hostedZoneId = bareId(input.HostedZoneId);
    const command = {
      hostedZoneId,
      callerReference: input.CallerReference ?? '',
      kmsArn: input.KeyManagementServiceArn ?? '',
      name: input.Name ?? '',
      status: input.Status ?? '',
    };
    const change = accepted(await desk.dnssec.createKeySigningKey(command, desk.principal));
    const key = change.after?.keySigningKeys.find(({ name }) => name === command.name);
    if (key === undefined) throw new AwsError('InternalFailure', 'The key-signing key is not there.');
    return {
      ChangeInfo: pendingChange(change),
      KeySigningKey: keySigningKeyShape(key),
      Location: `https://route53.amazonaws.com/2013-04-01/keysigningkey/${hostedZoneId}/${key.name}`,
    };
  },
};

export const activateKeySigningKeyDoor: Door<sdk.ActivateKeySigningKeyRequest, sdk.ActivateKeySigningKeyResponse> = {
  operation: 'ActivateKeySigningKey',
  handle: async (input, desk) => changed(await desk.dnssec.activateKeySigningKey(keyNamed(input), desk.principal)),
};

export const deactivateKeySigningKeyDoor: Door<
  sdk.DeactivateKeySigningKeyRequest,
  sdk.DeactivateKeySigningKeyResponse
> = {
  operation: 'DeactivateKeySigningKey',
  handle: async (input, desk) => changed(await desk.dnssec.deactivateKeySigningKey(keyNamed(input), desk.principal)),
};

export const deleteKeySigningKeyDoor: Door<sdk.DeleteKeySigningKeyRequest, sdk.DeleteKeySigningKeyResponse> = {
  operation: 'DeleteKeySigningKey',
  handle: async (input, desk) => changed(await desk.dnssec.deleteKeySigningKey(keyNamed(input), desk.principal)),
};

export const enableHostedZoneDNSSECDoor: Door<sdk.EnableHostedZoneDNSSECRequest, sdk.EnableHostedZoneDNSSECResponse> = {
  operation: 'EnableHostedZoneDNSSEC',
  handle: async (input, desk) =>
    changed(await desk.dnssec.enableHostedZoneDNSSEC({ hostedZoneId: bareId(input.HostedZoneId) }, desk.principal)),
};

export const disableHostedZoneDNSSECDoor: Door<
  sdk.DisableHostedZoneDNSSECRequest,
  sdk.DisableHostedZoneDNSSECResponse
> = {
  operation: 'DisableHostedZoneDNSSEC',
  handle: async (input, desk) =>
    changed(await desk.dnssec.disableHostedZoneDNSSEC({ hostedZoneId: bareId(input.HostedZoneId) }, desk.principal)),
};

export const getDnssecDoor: Door<sdk.GetDNSSECRequest, sdk.GetDNSSECResponse> = {
  operation: 'GetDNSSEC',
  handle(input, desk) {
    const got = read(desk, getDnssec, { hostedZoneId: bareId(input.HostedZoneId) });
    return {
      Status: { ServeSignature: got.serveSignature, ...optional('StatusMessage', got.message) },
      KeySigningKeys: got.keySigningKeys.map(keySigningKeyShape),
    };
  },
};

function keyNamed(input: { HostedZoneId?: string | undefined; Name?: string | undefined }): {
  hostedZoneId: string;
  name: string;
} {
  return { hostedZoneId: bareId(input.HostedZoneId), name: input.Name ?? '' };
}

function changed(outcome: DnssecOutcome): { ChangeInfo: sdk.ChangeInfo } {
  return { ChangeInfo: pendingChange(accepted(outcome)) };
}

function accepted(outcome: DnssecOutcome): Exclude<DnssecOutcome, Refusal> {
  if (isRefusal(outcome)) throw errorOf(outcome);
  return outcome;
}

function keySigningKeyShape(key: KeySigningKey): sdk.KeySigningKey {
  return {
    Name: key.name,
    KmsArn: key.kmsArn,
    Flag: KEY_FLAGS.KEY_SIGNING,
    SigningAlgorithmMnemonic: mnemonicOf(key.algorithm),
    SigningAlgorithmType: key.algorithm,
    DigestAlgorithmMnemonic: 'SHA-256',
    DigestAlgorithmType: DIGEST_SHA256,
    KeyTag: key.keyTag,
    DigestValue: key.digest,
    PublicKey: key.publicKey,
    DSRecord: dsOf(key),
    DNSKEYRecord: dnskeyOfKsk(key),
    Status: key.status,
    ...optional('StatusMessage', key.trouble?.message),
    CreatedDate: new Date(key.createdAt),
    LastModifiedDate: new Date(key.modifiedAt),
  };
}
