import type { IncomingHttpHeaders } from 'node:http';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { AwsError } from '../aws-error.ts';
import { cborForm } from './cbor-form.ts';
import { jsonForm } from './json-form.ts';
import { queryForm } from './query-form.ts';
import type { Notation } from './decode.ts';

/**
 * CloudWatch speaks three protocols at one address: Query, which every client knew once, JSON, which came beside it, and CBOR, which
 * today's SDKs prefer. They differ in how an operation is named, a value is written and an error is told; in nothing else.
 */
export interface WireForm {
  readonly notation: Notation;
  /** The operation that is called and its input, not yet decoded. Throws `AwsError`. */
  read(asked: FormRequest): FormCall;
  answer(operation: string, schema: NormalizedSchema, output: object, requestId: string): FormReply;
  readonly error: (error: AwsError, requestId: string) => FormReply;
}

export interface FormRequest {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface FormCall {
  readonly operation: string;
  readonly input: unknown;
}

export interface FormReply {
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** By its looks, before anything is known of who sent it: also a refused signature is told in the client's own form. */
export function wireFormOf(rawPath: string, headers: IncomingHttpHeaders): WireForm | undefined {
  if (cborForm.operationOf(rawPath) !== undefined) return cborForm;
  if (jsonForm.operationOf(headers) !== undefined) return jsonForm;
  return undefined;
}

/** For a request that was signed for CloudWatch and looks like nothing else. */
export const OTHERWISE: WireForm = queryForm;
