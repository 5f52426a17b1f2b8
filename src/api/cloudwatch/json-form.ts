import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../aws-error.ts';
import { decodeUtf8 } from '../utf8.ts';
import { instant, instantOf } from './instant.ts';
import { queryErrorHeader, shapeOf } from './error-names.ts';
import { mapDates } from './map-dates.ts';
import type { WireForm } from './wire-form.ts';

/**
 * JSON in and out, the operation in a header. Moments are seconds.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export const jsonForm: WireForm & { operationOf(headers: IncomingHttpHeaders): string | undefined } = {
  operationOf(headers) {
    const target = headers['x-amz-target'];
    return typeof target === 'string' && target.startsWith(TARGET) ? target.slice(TARGET.length) : undefined;
  },
  notation: {
    list: (value) => (Array.isArray(value) ? value : undefined),
    number: (value) => (typeof value === 'number' ? value : NOT_FINITE.get(value)),
    boolean: (value) => (typeof value === 'boolean' ? value : undefined),
    timestamp: (value) => (typeof value === 'string' ? instant(value) : instantOf(value)),
  },
  read({ headers, body }) {
    const text = decodeUtf8(body);
    try {
      return {
        operation: jsonForm.operationOf(headers) ?? '',
        input: text === '' ? {} : (JSON.parse(text) as unknown),
      };
    } catch {
      throw new AwsError('SerializationException', 'The request body is not JSON.');
    }
  },
  answer: (_operation, schema, output) => ({
    body: schema.isStructSchema() ? JSON.stringify(mapDates(output, (date) => date.getTime() / 1000)) : '{}',
    headers: HEADERS,
  }),
  error: (error) => ({
    body: JSON.stringify({ __type: `com.amazonaws.cloudwatch#${shapeOf(error)}`, message: error.message }),
    headers: { ...HEADERS, ...queryErrorHeader(error) },
  }),
};

const TARGET = 'GraniteServiceVersion20100801.';
const HEADERS = { 'content-type': 'application/x-amz-json-1.0' };
/** Numbers that JSON cannot hold are text. They are refused, as numbers. */
const NOT_FINITE = new Map<unknown, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);
