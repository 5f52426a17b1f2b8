import type { IncomingHttpHeaders } from 'node:http';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { AwsError } from '../aws-error.ts';
import type { Notation } from './decode.ts';

/**
 * How a service and its clients write to each other: what names an operation, how a value is written and an error is told. Services that
 * speak several protocols at one address differ in nothing else between them.
 */
export interface WireForm {
  /** As a signature's scope names it. */
  readonly service: string;
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
