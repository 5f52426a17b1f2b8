import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OutsideTable } from '../core/answer/routed/outside-table.ts';
import type { Places } from '../core/answer/routed/query-asker.ts';
import type { Latencies } from '../core/geo/latencies.ts';
import type { ControlSettings } from '../core/control/operation.ts';
import type { HealthReports } from '../feed/health-reports.ts';
import type { Custody } from '../keys/custody.ts';
import type { Log } from '../log/log.ts';
import type { DnssecDesk } from '../steward/dnssec-desk.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { AwsError, errorXml } from './aws-error.ts';
import { bodyReader } from './body.ts';
import { queryForm } from './cloudwatch/query-form.ts';
import { EXPLAIN_PATH, explainError, explainReply, type Explain } from './extensions/explain.ts';
import { wireFormOf } from './forms.ts';
import { kmsForm } from './kms/kms-form.ts';
import type { Desk } from './route53/door.ts';
import { decodeInput, findRoute, NAMESPACE } from './route53/routes.ts';
import { verify, type Caller, type Credential } from './signature/verify.ts';
import { answerSts, STS_NAMESPACE } from './sts/sts.ts';
import { decodeUtf8 } from './utf8.ts';
import type { FormReply, FormRequest, WireForm } from './wire/wire-form.ts';
import { encodeElement } from './xml/encode.ts';

/**
 * AWS's front door. One request is one walk through `respond`: body → signature → route → decode → operate → encode; whatever goes
 * wrong on the way is an `AwsError`, made into a response here and nowhere else. One port serves every service: the signature's
 * scope says which is meant.
 */
export interface ApiOptions {
  readonly log: Log;
  readonly settings: ControlSettings;
  readonly health: HealthReports;
  readonly telemetry: Telemetry;
  readonly custody: Custody;
  /** For commands that key-signing keys sign something for. */
  readonly dnssec: DnssecDesk;
  readonly credential: (accessKeyId: string) => Credential | undefined;
  readonly inSync: (sequence: number) => boolean;
  /** Where clients are, if a location database is loaded. */
  readonly places: () => Places | undefined;
  /** Measured round trips, if there are any. */
  readonly latencies: () => Latencies | undefined;
  /** What hosts outside resolve to. */
  readonly outside: OutsideTable | undefined;
  readonly explain: Explain;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
  /** A defect of ours: the caller got a 500. */
  readonly failed: (error: unknown, requestId: string) => void;
  readonly observe: (operation: string, status: number, seconds: number) => void;
}

export function createApi(options: ApiOptions): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const readBody = bodyReader();
  return async (request, response) => {
    const started = performance.now();
    const requestId = randomUUID();
    const { method = 'GET', headers } = request;
    const { rawPath, rawQuery } = splitTarget(request.url ?? '/');
    const form = wireFormOf(rawPath, headers);
    const reply: Reply = {
      operation: 'Unknown',
      status: 200,
      body: '',
      headers: {},
      error: form?.error ?? (rawPath === EXPLAIN_PATH ? explainError : xmlError(NAMESPACE)),
    };
    try {
      const body = await readBody(request);
      const asked = { method, rawPath, rawQuery, headers, body };
      const caller = verify(asked, Date.now(), options.credential);
      await respond(options, caller, { ...asked, form, requestId }, reply);
    } catch (error) {
      if (!(error instanceof AwsError)) options.failed(error, requestId);
      const known =
        error instanceof AwsError
          ? error
          : new AwsError('InternalFailure', 'The request failed because of an internal error.');
      Object.assign(reply, reply.error(known, requestId), { status: known.status });
      if (known.status === 413 || known.status === 503) reply.headers = { ...reply.headers, connection: 'close' };
    }
    response.writeHead(reply.status, {
      'content-type': 'text/xml',
      'x-amzn-requestid': requestId,
      'content-length': Buffer.byteLength(reply.body),
      ...reply.headers,
    });
    response.end(method === 'HEAD' ? undefined : reply.body);
    options.observe(reply.operation, reply.status, (performance.now() - started) / 1000);
  };
}

interface Reply extends FormReply {
  operation: string;
  status: number;
  body: string | Uint8Array;
  headers: Readonly<Record<string, string>>;
  /** How the client is told what went wrong. */
  error: (error: AwsError, requestId: string) => FormReply;
}

interface Asked extends FormRequest {
  /** That of a service which has one, if it looks like it. */
  readonly form: WireForm | undefined;
  readonly requestId: string;
}

function xmlError(namespace: string): Reply['error'] {
  return (error, requestId) => ({ body: errorXml(error, requestId, namespace), headers: {} });
}

async function respond(options: ApiOptions, caller: Caller, asked: Asked, reply: Reply): Promise<void> {
  if (asked.form !== undefined && asked.form.service !== caller.service) {
    const message = `Credential should be scoped to correct service: '${asked.form.service}'.`;
    throw new AwsError('SignatureDoesNotMatch', message);
  }
  if (caller.service === 'monitoring') return respondCloudWatch(options, caller, asked, reply);
  if (caller.service === 'kms') return respondKms(options, caller, asked, reply);
  const text = decodeUtf8(asked.body);
  if (caller.service === 'sts') {
    reply.operation = 'GetCallerIdentity';
    reply.error = xmlError(STS_NAMESPACE);
    const parameters = new URLSearchParams(asked.method === 'POST' ? text : asked.rawQuery);
    reply.body = answerSts(parameters, caller, options.settings.accountId, asked.requestId);
    return;
  }
  if (asked.method === 'POST' && asked.rawPath === EXPLAIN_PATH) {
    reply.operation = 'Explain';
    Object.assign(reply, explainReply(options.explain(text)));
    return;
  }
  const { route, labels } = findRoute(asked.method, asked.rawPath);
  reply.operation = route.operation;
  if (route.door === undefined) {
    throw new AwsError('UnsupportedOperation', `${route.operation} is not supported by this version of Waypost.`);
  }
  const input = decodeInput(route, labels, asked.rawQuery, text);
  const desk: Desk = {
    log: options.log,
    settings: options.settings,
    health: options.health,
    dnssec: options.dnssec,
    principal: caller.principal,
    inSync: options.inSync,
    places: options.places,
    latencies: options.latencies,
    outside: options.outside,
    warn: options.warn,
  };
  const output = (await route.door.handle(input, desk)) as { readonly Location?: string };
  reply.status = route.status;
  if (output.Location !== undefined) reply.headers = { location: output.Location };
  const name = route.output.getName() ?? `${route.operation}Response`;
  reply.body = `<?xml version="1.0"?>\n${encodeElement(route.output, name, output, ` xmlns="${NAMESPACE}"`)}`;
}

async function respondCloudWatch(options: ApiOptions, caller: Caller, asked: Asked, reply: Reply): Promise<void> {
  // What looks like nothing else is what every client knew once.
  const form = asked.form ?? queryForm;
  reply.error = form.error;
  const { answerCloudWatch } = await import('./cloudwatch/answer-cloudwatch.ts');
  const desk = {
    log: options.log,
    settings: options.settings,
    telemetry: options.telemetry,
    principal: caller.principal,
    region: caller.region,
  };
  const known = (operation: string): void => {
    reply.operation = operation;
  };
  Object.assign(reply, await answerCloudWatch(form, asked, desk, asked.requestId, known));
}

async function respondKms(options: ApiOptions, caller: Caller, asked: Asked, reply: Reply): Promise<void> {
  reply.error = kmsForm.error;
  const { answerKms } = await import('./kms/answer-kms.ts');
  const { principal, region } = caller;
  const desk = { log: options.log, settings: options.settings, custody: options.custody, principal, region };
  const known = (operation: string): void => {
    reply.operation = operation;
  };
  Object.assign(reply, await answerKms(asked, desk, asked.requestId, known));
}

function splitTarget(url: string): { rawPath: string; rawQuery: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { rawPath: url, rawQuery: '' } : { rawPath: url.slice(0, mark), rawQuery: url.slice(mark + 1) };
}
