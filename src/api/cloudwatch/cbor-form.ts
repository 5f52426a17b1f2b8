import { cbor, dateToTag } from '@smithy/core/cbor';
import { AwsError } from '../aws-error.ts';
import { isObject } from '../wire/decode.ts';
import { instantOf } from '../wire/instant.ts';
import { mapValues } from '../wire/map-values.ts';
import type { WireForm } from '../wire/wire-form.ts';
import { checkCbor } from './cbor-items.ts';
import { METRIC_WRONGS, queryErrorHeader, shapeOf } from './error-names.ts';

/**
 * CBOR in and out, the operation in the path. Moments are seconds with a tag before them.
 * https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export const cborForm: WireForm & { operationOf(rawPath: string): string | undefined } = {
  service: 'monitoring',
  operationOf: (rawPath) => PATH.exec(rawPath)?.[1],
  notation: {
    list: (value) => (Array.isArray(value) ? value : undefined),
    number: (value) => (typeof value === 'number' ? value : undefined),
    boolean: (value) => (typeof value === 'boolean' ? value : undefined),
    timestamp: (value) =>
      isObject(value) && Reflect.get(value, 'tag') === 1 ? instantOf(Reflect.get(value, 'value')) : undefined,
    octets: (value) => (value instanceof Uint8Array ? value : undefined),
    ...METRIC_WRONGS,
  },
  read({ rawPath, body }) {
    const operation = cborForm.operationOf(rawPath) ?? '';
    if (body.length === 0) return { operation, input: {} };
    checkCbor(body);
    try {
      return { operation, input: cbor.deserialize(body) as unknown };
    } catch {
      throw new AwsError('SerializationException', 'The request body is not CBOR.');
    }
  },
  answer: (_operation, schema, output) => ({
    body: encode(schema.isStructSchema() ? mapValues(output, { date: dateToTag, octets: (octets) => octets }) : {}),
    headers: HEADERS,
  }),
  error: (error) => ({
    body: encode({ __type: `com.amazonaws.cloudwatch#${shapeOf(error)}`, message: error.message }),
    headers: { ...HEADERS, ...queryErrorHeader(error) },
  }),
};

const PATH = /^\/service\/GraniteServiceVersion20100801\/operation\/([A-Za-z0-9]{1,64})$/;
const HEADERS = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };

/** Copied, because the encoder goes on writing into the same memory. */
function encode(value: unknown): Uint8Array {
  return Uint8Array.from(cbor.serialize(value));
}
