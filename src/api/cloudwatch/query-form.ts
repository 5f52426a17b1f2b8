import { AwsError, errorXml } from '../aws-error.ts';
import { encodeElement } from '../xml/encode.ts';
import { decodeUtf8 } from '../utf8.ts';
import { isObject } from '../wire/decode.ts';
import { instant } from '../wire/instant.ts';
import type { WireForm } from '../wire/wire-form.ts';
import { METRIC_WRONGS } from './error-names.ts';

/**
 * Form parameters in, XML out. A name such as `MetricData.member.2.Value` is a path: lists are members that are called by numbers.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export const queryForm: WireForm = {
  service: 'monitoring',
  notation: {
    list: (value) => (value === '' ? [] : listOf(value)),
    number: (value) => (typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined),
    boolean: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
    timestamp: (value) => (typeof value === 'string' ? instant(value) : undefined),
    octets: (value) => (typeof value === 'string' ? Buffer.from(value, 'base64') : undefined),
    ...METRIC_WRONGS,
  },
  read({ method, rawQuery, body }) {
    const parameters = new URLSearchParams(method === 'POST' ? decodeUtf8(body) : rawQuery);
    const operation = parameters.get('Action');
    if (operation === null) throw new AwsError('MissingAction', 'The request is missing an Action parameter.');
    return { operation, input: tree(parameters) };
  },
  answer(operation, schema, output, requestId) {
    const result = schema.isStructSchema() ? encodeElement(schema, `${operation}Result`, output) : '';
    const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
    const body = `<${operation}Response xmlns="${NAMESPACE}">${result}${metadata}</${operation}Response>`;
    return { body, headers: HEADERS };
  },
  error: (error, requestId) => ({ body: errorXml(error, requestId, NAMESPACE), headers: HEADERS }),
};

const NAMESPACE = 'http://monitoring.amazonaws.com/doc/2010-08-01/';
const HEADERS = { 'content-type': 'text/xml' };
const NUMBER = /^(?:[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?|NaN|-?Infinity)$/;
/** What every request has beside its operation's members, and what a presigned one has. */
const OTHERS = /^(?:Action|Version|X-Amz-.*)$/;

type Branch = { [step: string]: Branch | string };

function tree(parameters: URLSearchParams): Branch {
  const root = branch();
  for (const [name, value] of parameters) {
    if (OTHERS.test(name)) continue;
    const steps = name.split('.');
    const last = steps.pop() ?? '';
    let at = root;
    for (const step of steps) {
      const next = (at[step] ??= branch());
      if (typeof next === 'string') throw twice(name);
      at = next;
    }
    if (at[last] !== undefined) throw twice(name);
    at[last] = value;
  }
  return root;
}

/** A parameter may be called `__proto__`. */
function branch(): Branch {
  return Object.create(null) as Branch;
}

function twice(name: string): AwsError {
  return new AwsError('MalformedQueryString', `The parameter ${name} occurs twice.`);
}

function listOf(value: unknown): readonly unknown[] | undefined {
  const members = isObject(value) && Object.keys(value).length === 1 ? Reflect.get(value, 'member') : undefined;
  if (!isObject(members)) return undefined;
  const items = Object.entries(members);
  if (!items.every(([number]) => /^[1-9][0-9]{0,5}$/.test(number))) return undefined;
  return items.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, item]: [string, unknown]) => item);
}
