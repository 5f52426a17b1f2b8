import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AwsError } from '../aws-error.ts';
import { BODY_OCTETS_MAX } from '../body.ts';
import { decodeValue } from '../wire/decode.ts';
import type { FormReply, FormRequest, WireForm } from '../wire/wire-form.ts';
import type { MetricDesk } from './door.ts';
import { operations } from './operations.ts';

/**
 * CloudWatch, as far as health checks and Waypost's own metrics need it. One request is one walk: unzip → read by the
 * wire form → decode by the SDK's schema → operate → answer in the same form.
 *
 * This file and what is behind it is loaded with the first request that was signed for CloudWatch: reading the SDK's shapes takes
 * some fifty milliseconds, which not every start should wait for.
 */
export async function answerCloudWatch(
  form: WireForm,
  asked: FormRequest,
  desk: MetricDesk,
  requestId: string,
  known: (operation: string) => void,
): Promise<FormReply> {
  if (!REGION.test(desk.region)) {
    throw new AwsError('SignatureDoesNotMatch', 'Credential should be scoped to a valid region.');
  }
  const call = form.read({ ...asked, body: await plainBody(asked) });
  const operation = operations.get(call.operation);
  if (operation === undefined) {
    throw new AwsError('InvalidAction', `Could not find operation ${call.operation} for version 2010-08-01`);
  }
  known(call.operation);
  if (operation.door === undefined) {
    throw new AwsError('UnsupportedOperation', `${call.operation} is not supported by this version of Waypost.`);
  }
  const input = operation.input.isStructSchema() ? decodeValue(operation.input, call.input, '', form.notation) : {};
  const output = await operation.door.handle(input, desk);
  return form.answer(call.operation, operation.output, output, requestId);
}

/** It is a part of keys. */
const REGION = /^[a-z0-9-]{1,64}$/;

const unzip = promisify(gunzip);

/** SDKs compress what they publish when it is long. The limit is that of a body that comes plain. */
async function plainBody({ headers, body }: FormRequest): Promise<Uint8Array> {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip')
    throw new AwsError('InvalidParameterValue', `The content encoding ${encoding} is not supported: gzip is.`);
  try {
    return await unzip(body, { maxOutputLength: BODY_OCTETS_MAX });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new AwsError('RequestEntityTooLarge', `The request body is larger than ${BODY_OCTETS_MAX} bytes.`);
    }
    throw new AwsError('SerializationException', 'The request body is not compressed as it says.');
  }
}
