import { AwsError } from '../aws-error.ts';
import { decodeValue } from '../wire/decode.ts';
import type { FormReply, FormRequest } from '../wire/wire-form.ts';
import type { KmsDesk } from './door.ts';
import { kmsForm, unsupported } from './kms-form.ts';
import { operations } from './operations.ts';

/**
 * The Key Management Service, as far as signing zones needs it. One request is one walk: decode by the SDK's schema → operate → answer.
 *
 * This file and what is behind it is loaded with the first request that was signed for KMS, because of the SDK's shapes.
 */
export async function answerKms(
  asked: FormRequest,
  desk: KmsDesk,
  requestId: string,
  known: (operation: string) => void,
): Promise<FormReply> {
  if (!REGION.test(desk.region)) {
    throw new AwsError('SignatureDoesNotMatch', 'Credential should be scoped to a valid region.');
  }
  const call = kmsForm.read(asked);
  const operation = operations.get(call.operation);
  if (operation === undefined) {
    throw new AwsError('UnknownOperationException', `There is no operation ${call.operation || '(none)'}.`);
  }
  known(call.operation);
  if (operation.door === undefined) throw unsupported(`${call.operation} is`);
  const input = decodeValue(operation.input, call.input, '', kmsForm.notation);
  const output = await operation.door.handle(input as object, desk);
  return kmsForm.answer(call.operation, operation.output, output, requestId);
}

/** It is a part of keys. */
const REGION = /^[a-z0-9-]{1,64}$/;
