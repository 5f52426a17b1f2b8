import { TYPE } from '../../dns/record-type.ts';
import type { Dnskey } from '../../dns/rdata/dnskey.ts';
import { parseRdata } from '../../dns/rdata-types.ts';
import { keyTag } from '../../dnssec/keys.ts';
import type { SigningAlgorithm } from '../../dnssec/zone-signing.ts';
import { CALLER_REFERENCE_MAX } from '../hosted-zones/create-hosted-zone.ts';
import { refuse, type Refusal } from '../operation.ts';
import type { View } from '../view.ts';
import { dnssecOperation, type SignedCommand } from './dnssec-operation.ts';
import { dnskeyOfKsk, mnemonicOf } from './key-records.ts';
import { otherKeyTroubled } from './other-key-troubled.ts';
import { signableZone, type SignableZone } from './signable-zone.ts';
import type { KeySigningKey, ZoneDnssec } from './zone-dnssec.ts';

export interface CreateKeySigningKeyCommand extends SignedCommand {
  readonly callerReference: string;
  readonly kmsArn: string;
  readonly name: string;
  readonly status: string;
  /** What the key service says of the key; left out until it has been asked. */
  readonly key?: KmsKey;
}

export interface KmsKey {
  readonly algorithm: SigningAlgorithm;
  /** As a DNSKEY record has it. Base64. */
  readonly publicKey: string;
  /** SHA-256 over the zone's name and the DNSKEY (RFC 4509), in upper-case hexadecimal. */
  readonly digest: string;
}

/** Route 53's limit: one to sign, and one to change over to. */
const KEYS_PER_ZONE_MAX = 2;
const ARN_MAX = 256;
const NAME = /^[A-Za-z0-9_]{3,128}$/;
/** Of a KMS, or of a PKCS #11 token (docs/key-custody.md). */
const KEY_ARN = /^arn:[a-z0-9-]+:(?:kms|pkcs11):[a-z0-9-]*:[0-9]*:key\/[^\s/]+$/;

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateKeySigningKey.html */
export const createKeySigningKey = dnssecOperation<CreateKeySigningKeyCommand, 'KeySigningKeyCreated'>({
  operation: 'CreateKeySigningKey',
  kind: 'KeySigningKeyCreated',
  judge(view, command, now) {
    const found = roomForKey(view, command);
    if ('refused' in found) return found;
    const { zone, dnssec } = found;
    if (command.key === undefined) return refuse('InvalidKMSArn', `Nobody has asked for the key ${command.kmsArn}`);
    const key = newKeySigningKey(command, command.key, now);
    return (
      checkAlgorithm(key, dnssec) ?? { zone, after: { ...dnssec, keySigningKeys: [...dnssec.keySigningKeys, key] } }
    );
  },
});

/** Everything that can be said without the key itself: before the key service is asked for it. */
export function roomForKey(view: View, command: CreateKeySigningKeyCommand): SignableZone | Refusal {
  const found = signableZone(view, command.hostedZoneId);
  return 'refused' in found ? found : (checkBounds(command) ?? checkOthers(command, found.dnssec) ?? found);
}

function checkBounds({ callerReference, kmsArn, name, status }: CreateKeySigningKeyCommand): Refusal | undefined {
  if (callerReference.length < 1 || callerReference.length > CALLER_REFERENCE_MAX) {
    return refuse('InvalidInput', `CallerReference must have from 1 to ${CALLER_REFERENCE_MAX} characters`);
  }
  if (!NAME.test(name)) {
    return refuse(
      'InvalidKeySigningKeyName',
      `A key-signing key's Name has from 3 to 128 letters, digits and underscores: ${name.slice(0, 128)}`,
    );
  }
  if (status !== 'ACTIVE' && status !== 'INACTIVE') {
    return refuse('InvalidKeySigningKeyStatus', `Status must be ACTIVE or INACTIVE, not ${status.slice(0, 150)}`);
  }
  if (kmsArn.length > ARN_MAX || !KEY_ARN.test(kmsArn)) {
    return refuse('InvalidKMSArn', `${kmsArn.slice(0, ARN_MAX)} is not the ARN of a KMS key`);
  }
  return undefined;
}

function checkOthers({ name, kmsArn, status }: CreateKeySigningKeyCommand, dnssec: ZoneDnssec): Refusal | undefined {
  const keys = dnssec.keySigningKeys;
  const same = keys.find((key) => key.name === name || key.kmsArn === kmsArn);
  if (same !== undefined) {
    const what = same.name === name ? `named ${name}` : `with the KMS key ${kmsArn}`;
    return refuse('KeySigningKeyAlreadyExists', `The hosted zone already has a key-signing key ${what}`);
  }
  if (keys.length >= KEYS_PER_ZONE_MAX) {
    return refuse('TooManyKeySigningKeys', `A hosted zone can have at most ${KEYS_PER_ZONE_MAX} key-signing keys`);
  }
  return status === 'ACTIVE' ? otherKeyTroubled(dnssec) : undefined;
}

/** A zone is signed with one algorithm: with two, everything would have to be signed by both (RFC 6840 §5.11). */
function checkAlgorithm(key: KeySigningKey, { keySigningKeys }: ZoneDnssec): Refusal | undefined {
  const other = keySigningKeys.find(({ algorithm }) => algorithm !== key.algorithm);
  return (
    other &&
    refuse(
      'InvalidKMSArn',
      `The KMS key is for ${mnemonicOf(key.algorithm)}, but key-signing key ${other.name} is for ${mnemonicOf(other.algorithm)}: ` +
        'a zone is signed with one algorithm, and to have another its signing is disabled and its keys are deleted first',
    )
  );
}

export function newKeySigningKey(
  {
    name,
    callerReference,
    kmsArn,
    status,
  }: Pick<CreateKeySigningKeyCommand, 'name' | 'callerReference' | 'kmsArn' | 'status'>,
  { algorithm, publicKey, digest }: KmsKey,
  now: number,
): KeySigningKey {
  return {
    name,
    callerReference,
    kmsArn,
    status: status === 'ACTIVE' ? 'ACTIVE' : 'INACTIVE',
    algorithm,
    publicKey,
    keyTag: keyTag(parseRdata(TYPE.DNSKEY, dnskeyOfKsk({ algorithm, publicKey }), 'zone-file') as Dnskey),
    digest,
    createdAt: now,
    modifiedAt: now,
  };
}
