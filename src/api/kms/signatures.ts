import * as sdk from '@aws-sdk/client-kms';
import { refusePendingDeletion } from '../../core/control/kms/change-kms-key.ts';
import { KMS_SPECS, KMS_USAGE, kmsKeyArn } from '../../core/control/kms/kms-key.ts';
import type { KmsKey } from '../../core/control/tables.ts';
import { isDigestSignature, signsDigests } from '../../keys/digest-signature.ts';
import { DIGEST_OCTETS } from '../../keys/libcrypto.ts';
import { isKmsSignature, publicKeyInfo } from '../../keys/private-key.ts';
import { AwsError, errorOf } from '../aws-error.ts';
import { constraint, keyNamed, oneOf, required, type KmsDesk, type KmsDoor } from './door.ts';
import { specMembers } from './key-metadata.ts';
import { unsupported } from './kms-form.ts';

/** Also of a key that is disabled, as KMS does and its documentation does not say. */
export const getPublicKeyDoor: KmsDoor<sdk.GetPublicKeyRequest, sdk.GetPublicKeyResponse> = {
  operation: 'GetPublicKey',
  handle(input, desk) {
    const key = keyNamed(desk, input.KeyId);
    const { accountId } = desk.settings;
    const refusal = refusePendingDeletion(key, accountId);
    if (refusal !== undefined) throw errorOf(refusal);
    return {
      KeyId: kmsKeyArn(key, accountId),
      PublicKey: publicKeyInfo(KMS_SPECS[key.spec].algorithm, Buffer.from(key.publicKey, 'base64')),
      ...specMembers(key),
      KeyUsage: KMS_USAGE,
    };
  },
};

export const signDoor: KmsDoor<sdk.SignRequest, sdk.SignResponse> = {
  operation: 'Sign',
  handle(input, desk) {
    const { key, message, digested, answer } = asked(input, desk);
    const { custody } = desk;
    const signature = digested ? custody.signDigestWithKmsKey(key, message) : custody.signWithKmsKey(key, message);
    if (signature === undefined) {
      throw new AwsError('KeyUnavailableException', `${answer.KeyId} is wrapped with another master key.`);
    }
    return { ...answer, Signature: signature };
  },
};

const SIGNATURE_MAX = 6144;

export const verifyDoor: KmsDoor<sdk.VerifyRequest, sdk.VerifyResponse> = {
  operation: 'Verify',
  handle(input, desk) {
    const signature = octets(input.Signature, 'signature', SIGNATURE_MAX);
    const { key, message, digested, answer } = asked(input, desk);
    const publicKey = Buffer.from(key.publicKey, 'base64');
    const valid = digested
      ? isDigestSignature(publicKey, message, signature)
      : isKmsSignature(KMS_SPECS[key.spec].algorithm, publicKey, message, signature);
    if (!valid) throw new AwsError('KMSInvalidSignatureException', '');
    return { ...answer, SignatureValid: true };
  },
};

const MESSAGE_MAX = 4096;

interface Asked {
  readonly key: KmsKey;
  readonly message: Uint8Array;
  /** The message is the digest of what is signed. */
  readonly digested: boolean;
  readonly answer: { readonly KeyId: string; readonly SigningAlgorithm: sdk.SigningAlgorithmSpec };
}

/** What Sign and Verify have in common. Throws `AwsError`. */
function asked(input: Partial<sdk.SignRequest>, desk: KmsDesk): Asked {
  const message = octets(input.Message, 'message', MESSAGE_MAX);
  const algorithm = oneOf(
    required(input.SigningAlgorithm, 'signingAlgorithm'),
    'signingAlgorithm',
    sdk.SigningAlgorithmSpec,
  );
  const type = oneOf(input.MessageType ?? 'RAW', 'messageType', sdk.MessageType);
  const key = keyNamed(desk, input.KeyId);
  const arn = kmsKeyArn(key, desk.settings.accountId);
  const refusal = refusePendingDeletion(key, desk.settings.accountId);
  if (refusal !== undefined) throw errorOf(refusal);
  if (key.state === 'Disabled') throw new AwsError('DisabledException', `${arn} is disabled.`);
  // KMS has this one for such keys, too. It hashes the digest that it is given once more, as no other signer does.
  if (key.spec === 'ECC_NIST_EDWARDS25519' && algorithm === 'ED25519_PH_SHA_512') {
    throw unsupported(`SigningAlgorithm ${algorithm} is`);
  }
  if (algorithm !== KMS_SPECS[key.spec].signing) {
    throw new AwsError('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`);
  }
  if (type !== 'RAW') checkDigest(message, type, algorithm);
  if (input.DryRun === true) {
    const message = 'The request would have succeeded, but the DryRun option is set.';
    throw new AwsError('DryRunOperationException', message);
  }
  return { key, message, digested: type !== 'RAW', answer: { KeyId: arn, SigningAlgorithm: algorithm } };
}

/** Throws `AwsError` for what is no digest that the algorithm signs, and for any where OpenSSL cannot be called. */
function checkDigest(digest: Uint8Array, type: sdk.MessageType, algorithm: sdk.SigningAlgorithmSpec): void {
  if (type !== 'DIGEST' || algorithm !== 'ECDSA_SHA_256') {
    throw new AwsError('ValidationException', `MessageType ${type} is incompatible with algorithm ${algorithm}.`);
  }
  if (!signsDigests()) {
    const { code, message } = unsupported(`MessageType ${type} is`);
    throw new AwsError(code, `${message} Send the message itself, up to ${MESSAGE_MAX} octets, as RAW.`);
  }
  if (digest.length !== DIGEST_OCTETS) {
    throw new AwsError('ValidationException', `Digest is invalid length for algorithm ${algorithm}.`);
  }
}

/** What is signed is not shown. */
function octets(value: Uint8Array | undefined, member: string, max: number): Uint8Array {
  const given = required(value, member);
  if (given.length < 1) throw constraint('', member, 'have length greater than or equal to 1');
  if (given.length > max) throw constraint('', member, `have length less than or equal to ${max}`);
  return given;
}
