import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../aws-error.ts';
import { decodeUtf8 } from '../utf8.ts';
import type { Wrongs } from './decode.ts';
import { instant, instantOf } from './instant.ts';
import { mapValues } from './map-values.ts';
import type { WireForm } from './wire-form.ts';

export interface JsonForm extends WireForm {
  /** Undefined for a request that is not of this service in JSON. */
  operationOf(headers: IncomingHttpHeaders): string | undefined;
}

export interface JsonService {
  readonly service: string;
  /** What the header of a request says before the operation. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly wrongs: Wrongs;
  /** The name of an error as the service's model has it, and what its response says beside. */
  readonly typeOf: (error: AwsError) => string;
  readonly headersOf?: (error: AwsError) => Readonly<Record<string, string>>;
}

/**
 * JSON in and out, the operation in a header. Moments are seconds, octets base64.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonFormOf({ service, target, version, wrongs, typeOf, headersOf }: JsonService): JsonForm {
  const contentType = { 'content-type': `application/x-amz-json-${version}` };
  const operationOf = (headers: IncomingHttpHeaders): string | undefined => {
    const header = headers['x-amz-target'];
    return typeof header === 'string' && header.startsWith(target) ? header.slice(target.length) : undefined;
  };
  return {
    service,
    operationOf,
    notation: {
      list: (value) => (Array.isArray(value) ? value : undefined),
      number: (value) => (typeof value === 'number' ? value : NOT_FINITE.get(value)),
      boolean: (value) => (typeof value === 'boolean' ? value : undefined),
      timestamp: (value) => (typeof value === 'string' ? instant(value) : instantOf(value)),
      octets: (value) => (typeof value === 'string' && BASE64.test(value) ? Buffer.from(value, 'base64') : undefined),
      ...wrongs,
    },
    read({ headers, body }) {
      const text = decodeUtf8(body);
      try {
        return { operation: operationOf(headers) ?? '', input: text === '' ? {} : (JSON.parse(text) as unknown) };
      } catch {
        throw new AwsError('SerializationException', 'The request body is not JSON.');
      }
    },
    // What has no output has an empty body in JSON 1.1, and none is as good in 1.0.
    answer: (_operation, schema, output) => ({
      body: schema.isStructSchema() ? JSON.stringify(mapValues(output, WRITTEN)) : version === '1.0' ? '{}' : '',
      headers: contentType,
    }),
    error: (error) => ({
      body: JSON.stringify({ __type: typeOf(error), message: error.message }),
      headers: { ...contentType, ...headersOf?.(error) },
    }),
  };
}

const WRITTEN = {
  date: (date: Date): number => date.getTime() / 1000,
  octets: (octets: Uint8Array): string => Buffer.from(octets).toString('base64'),
};
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** Numbers that JSON cannot hold are text. They are refused, as numbers. */
const NOT_FINITE = new Map<unknown, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);
