import * as sdk from '@aws-sdk/client-route-53';
import { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../aws-error.ts';
import { decodeElement, decodeText, type Decoded } from '../xml/decode.ts';
import { parseXml } from '../xml/element.ts';
import * as cidr from './cidr.ts';
import * as delegationSets from './delegation-sets.ts';
import * as dnssec from './dnssec.ts';
import type { Door } from './door.ts';
import * as geoLocations from './geo-locations.ts';
import * as healthChecks from './health-checks.ts';
import * as hostedZones from './hosted-zones.ts';
import * as limits from './limits.ts';
import * as recordSets from './record-sets.ts';
import * as tags from './tags.ts';
import * as testDnsAnswer from './test-dns-answer.ts';

/**
 * Method and path → operation, for every operation that Route 53's model has; those with a door are served, the others get an error
 * that says so.
 */
export interface Route {
  readonly operation: string;
  readonly door: Door<unknown, unknown> | undefined;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  readonly status: number;
  readonly method: string;
  readonly segments: readonly string[];
}

export const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';

const doors = new Map(
  [cidr, dnssec, geoLocations, hostedZones, recordSets, healthChecks, testDnsAnswer, tags, delegationSets, limits]
    .flatMap((family) => Object.values(family))
    .map((door) => [door.operation, door as unknown as Door<unknown, unknown>]),
);

type OperationSchema = readonly [
  9,
  string,
  string,
  { readonly http?: readonly [string, string, number] },
  unknown,
  unknown,
];

const routes: readonly Route[] = Object.values(sdk as Record<string, unknown>)
  .filter((value): value is OperationSchema => Array.isArray(value) && value[0] === 9)
  .map(([, , operation, traits, input, output]) => {
    const [method, path, status] = traits.http ?? ['POST', '/', 200];
    return {
      operation,
      door: doors.get(operation),
      input: NormalizedSchema.of(input as never),
      output: NormalizedSchema.of(output as never),
      status,
      method,
      segments: segmentsOf(path),
    };
  });

/** The route and its path labels. Throws `AwsError` when the API has no such path. */
export function findRoute(method: string, rawPath: string): { route: Route; labels: ReadonlyMap<string, string> } {
  const given = segmentsOf(foldIds(rawPath));
  for (const route of routes) {
    if (route.method !== method || route.segments.length !== given.length) continue;
    const labels = new Map<string, string>();
    const matches = route.segments.every((segment, index) => {
      const value = given[index] as string;
      if (!segment.startsWith('{')) return segment === value;
      labels.set(segment.slice(1, -1), decodeSegment(value));
      return value !== '';
    });
    if (matches) return { route, labels };
  }
  throw new AwsError('UnknownOperation', `There is no operation for ${method} ${rawPath}`);
}

function segmentsOf(path: string): string[] {
  return path.replace(/^\/+/, '').replace(/\/+$/, '').split('/');
}

/** `/hostedzone/%2Fhostedzone%2FZ1` and `/hostedzone//hostedzone/Z1` both mean `/hostedzone/Z1`. */
function foldIds(path: string): string {
  return path.replace(/\/(hostedzone|change|delegationset)(?:\/|%2F)+\1(?:\/|%2F)/gi, '/$1/');
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError('InvalidInput', `The path has an invalid escape: ${segment}`);
  }
}

/** The operation's input from path, query and body, with everything there that its model requires. */
export function decodeInput(
  route: Route,
  labels: ReadonlyMap<string, string>,
  rawQuery: string,
  body: string,
): Decoded {
  const query = new URLSearchParams(rawQuery);
  const input: { [member: string]: Decoded } = hasBody(route) ? decodeBody(route, body) : {};
  for (const [member, schema] of route.input.structIterator()) {
    const traits = schema.getMergedTraits();
    const label = traits.httpLabel === undefined ? undefined : labels.get(member);
    const text = label ?? (typeof traits.httpQuery === 'string' ? query.get(traits.httpQuery) : null);
    if (text !== null && text !== undefined && !(text === '' && label === undefined))
      input[member] = decodeText(schema, text, member);
  }
  checkRequired(route.operation, input);
  return input;
}

/** Whether some member comes neither by the path nor by the query. */
function hasBody(route: Route): boolean {
  if (route.method !== 'POST') return false;
  return [...route.input.structIterator()].some(([, schema]) => {
    const traits = schema.getMergedTraits();
    return traits.httpLabel === undefined && traits.httpQuery === undefined;
  });
}

function decodeBody(route: Route, body: string): { [member: string]: Decoded } {
  const expected = route.input.getName() ?? `${route.operation}Request`;
  if (body === '') throw new AwsError('InvalidInput', `Invalid XML ; the body is empty, expected ${expected}`);
  const root = parseXml(body);
  if (root.name !== expected) {
    throw new AwsError('MalformedInput', `${root.name} is not valid, expected ${expected}`);
  }
  return decodeElement(route.input, root) as { [member: string]: Decoded };
}

/** Members without which there is nothing to decide; their contents are judged by core/control. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  CreateHostedZone: ['Name', 'CallerReference'],
  ChangeResourceRecordSets: ['ChangeBatch'],
  CreateReusableDelegationSet: ['CallerReference'],
  CreateCidrCollection: ['Name', 'CallerReference'],
  ChangeCidrCollection: ['Changes'],
  CreateHealthCheck: ['CallerReference', 'HealthCheckConfig'],
  CreateKeySigningKey: ['CallerReference', 'HostedZoneId', 'KeyManagementServiceArn', 'Name', 'Status'],
};

function checkRequired(operation: string, input: { readonly [member: string]: Decoded }): void {
  for (const member of REQUIRED[operation] ?? []) {
    if (input[member] === undefined)
      throw new AwsError('InvalidInput', `Invalid XML ; element ${member} is missing in ${operation}Request`);
  }
  const changes = (
    input.ChangeBatch as { Changes?: { ResourceRecordSet?: Record<string, unknown>; Action?: string }[] } | undefined
  )?.Changes;
  for (const change of changes ?? []) {
    for (const member of ['Name', 'Type']) {
      if (change.ResourceRecordSet?.[member] === undefined) {
        throw new AwsError('InvalidInput', `Invalid XML ; element ${member} is missing in ResourceRecordSet`);
      }
    }
    const alias = change.ResourceRecordSet?.AliasTarget as Record<string, unknown> | undefined;
    for (const member of alias === undefined ? [] : ['HostedZoneId', 'DNSName', 'EvaluateTargetHealth']) {
      if (alias?.[member] === undefined)
        throw new AwsError('InvalidInput', `Invalid XML ; element ${member} is missing in AliasTarget`);
    }
  }
}
