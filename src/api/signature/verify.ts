import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../aws-error.ts';

/**
 * Signature Version 4, the receiving side: header and presigned requests.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export interface SignedRequest {
  readonly method: string;
  /** As it came: not decoded. */
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface Credential {
  readonly secretAccessKey: string;
  readonly principal: string;
}

export interface Caller {
  readonly accessKeyId: string;
  readonly principal: string;
  readonly service: string;
  readonly region: string;
}

/** AWS's own tolerance. */
const SKEW_MILLISECONDS_MAX = 5 * 60_000;
/** A presigned URL lives at most a week. */
const EXPIRES_SECONDS_MAX = 604_800;
const ALGORITHM = 'AWS4-HMAC-SHA256';
const EMPTY_HASH = createHash('sha256').digest('hex');

/** The services that this port speaks. */
const SERVICES: readonly string[] = ['route53', 'sts', 'monitoring', 'kms'];

interface Claim {
  readonly accessKeyId: string;
  readonly scope: readonly [date: string, region: string, service: string];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly presigned: boolean;
  readonly expiresSeconds: number;
}

/** Who sent the request. Throws `AwsError` when that cannot be proven. */
export function verify(
  request: SignedRequest,
  now: number,
  lookup: (accessKeyId: string) => Credential | undefined,
): Caller {
  const claim = readClaim(request);
  if (!SERVICES.includes(claim.scope[2])) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      "Credential should be scoped to correct service: 'route53', 'sts', 'monitoring' or 'kms'.",
    );
  }
  checkTime(claim, now);
  checkSignedHeaders(request, claim);
  const credential = lookup(claim.accessKeyId);
  if (credential === undefined) {
    throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.');
  }
  const hashes = payloadHashes(request, claim);
  const key = signingKey(credential.secretAccessKey, claim.scope);
  const given = Buffer.from(claim.signature, 'utf8');
  for (const path of canonicalPaths(request.rawPath)) {
    for (const hash of hashes) {
      const expected = Buffer.from(sign(key, claim, canonicalRequest(request, claim, path, hash)), 'utf8');
      if (given.length === expected.length && timingSafeEqual(given, expected)) {
        const [, region, service] = claim.scope;
        return { accessKeyId: claim.accessKeyId, principal: credential.principal, service, region };
      }
    }
  }
  throw new AwsError(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}

function readClaim(request: SignedRequest): Claim {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) return headerClaim(authorization, request.headers);
  const query = new URLSearchParams(request.rawQuery);
  if (!query.has('X-Amz-Signature')) {
    throw new AwsError('MissingAuthenticationToken', 'Missing Authentication Token');
  }
  const expires = query.get('X-Amz-Expires') ?? '';
  if (!/^[0-9]{1,6}$/.test(expires) || Number(expires) > EXPIRES_SECONDS_MAX) {
    throw incomplete(`X-Amz-Expires must be a number of seconds up to ${EXPIRES_SECONDS_MAX}`);
  }
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) throw incomplete(`X-Amz-Algorithm must be ${ALGORITHM}`);
  return {
    ...credentialScope(query.get('X-Amz-Credential') ?? ''),
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    date: query.get('X-Amz-Date') ?? '',
    presigned: true,
    expiresSeconds: Number(expires),
  };
}

function headerClaim(authorization: string, headers: IncomingHttpHeaders): Claim {
  if (!authorization.startsWith(`${ALGORITHM} `))
    throw incomplete(`Authorization header requires the algorithm ${ALGORITHM}`);
  const parts = new Map(
    authorization
      .slice(ALGORITHM.length)
      .split(',')
      .map((part) => part.trim())
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)] as const),
  );
  const need = (name: string): string => {
    const value = parts.get(name);
    if (value === undefined || value === '') throw incomplete(`Authorization header requires '${name}' parameter.`);
    return value;
  };
  const date = headers['x-amz-date'] ?? headers.date;
  if (typeof date !== 'string')
    throw incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  return {
    ...credentialScope(need('Credential')),
    signedHeaders: need('SignedHeaders').split(';'),
    signature: need('Signature'),
    date,
    presigned: false,
    expiresSeconds: 0,
  };
}

function credentialScope(text: string): Pick<Claim, 'accessKeyId' | 'scope'> {
  const parts = text.split('/');
  const [accessKeyId, date, region, service, end] = parts;
  if (parts.length !== 5 || end !== 'aws4_request' || !accessKeyId || !date || !region || !service) {
    throw incomplete(`Credential must have the form <key>/<date>/<region>/<service>/aws4_request, not '${text}'`);
  }
  return { accessKeyId, scope: [date, region, service] };
}

function checkTime(claim: Claim, now: number): void {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(claim.date);
  if (match === null) throw incomplete(`Date must be in ISO-8601 'basic format'. Got '${claim.date}'.`);
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  if (claim.scope[0] !== claim.date.slice(0, 8)) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${claim.scope[0]}' != '${claim.date.slice(0, 8)}'`,
    );
  }
  const stated = new Date(now).toISOString();
  if (at > now + SKEW_MILLISECONDS_MAX) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      `Signature not yet current: ${claim.date} is still later than ${stated} (5 min.)`,
    );
  }
  if (at + (claim.presigned ? claim.expiresSeconds * 1000 : SKEW_MILLISECONDS_MAX) < now) {
    throw claim.presigned
      ? new AwsError('RequestExpired', 'Request has expired.')
      : new AwsError(
          'SignatureDoesNotMatch',
          `Signature expired: ${claim.date} is now earlier than ${stated} (5 min.)`,
        );
  }
}

/** What a signature does not cover must not matter: `host` and every `x-amz-*` header have to be signed. */
function checkSignedHeaders(request: SignedRequest, claim: Claim): void {
  const signed = new Set(claim.signedHeaders);
  if (!signed.has('host'))
    throw new AwsError('SignatureDoesNotMatch', "'Host' must be a 'SignedHeader' in the AWS Authorization.");
  for (const name of Object.keys(request.headers)) {
    // acme.sh and others send the payload's hash without signing it; we compute it ourselves, so nothing hangs on it.
    if (!name.startsWith('x-amz-') || signed.has(name) || name === 'x-amz-content-sha256') continue;
    throw new AwsError('SignatureDoesNotMatch', `'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
}

/** Hashes that the caller may have signed for this body. The body is always hashed here; what the header claims must agree. */
function payloadHashes(request: SignedRequest, claim: Claim): string[] {
  const actual = request.body.length === 0 ? EMPTY_HASH : createHash('sha256').update(request.body).digest('hex');
  const stated = request.headers['x-amz-content-sha256'];
  if (stated !== undefined && stated !== actual && stated !== 'UNSIGNED-PAYLOAD') {
    throw new AwsError(
      'SignatureDoesNotMatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  return claim.presigned && request.body.length === 0 ? [actual, 'UNSIGNED-PAYLOAD'] : [actual];
}

/** The path encoded once more, as SigV4 has it for every service but S3; as it is, for clients that do not; and each of them tidied. */
function canonicalPaths(rawPath: string): Set<string> {
  const twice = rawPath.split('/').map(encode).join('/');
  return new Set([twice, rawPath, tidied(twice), tidied(rawPath)]);
}

/** Without `//`, `/./` and `/../` (RFC 3986 §6.2.2.3), which some signers remove from what they sign and not from what they send. */
function tidied(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}${path.endsWith('/') && segments.length > 0 ? '/' : ''}`;
}

function canonicalRequest(request: SignedRequest, claim: Claim, path: string, hash: string): string {
  const headers = claim.signedHeaders.map((name) => {
    const value = request.headers[name];
    const text = Array.isArray(value) ? value.join(',') : (value ?? '');
    return `${name}:${text.trim().replace(/ +/g, ' ')}\n`;
  });
  return [
    request.method,
    path,
    canonicalQuery(request.rawQuery),
    headers.join(''),
    claim.signedHeaders.join(';'),
    hash,
  ].join('\n');
}

function canonicalQuery(rawQuery: string): string {
  if (rawQuery === '') return '';
  const pairs = rawQuery.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? '' : pair.slice(equals + 1);
    return [encode(decode(name)), encode(decode(value))] as const;
  });
  return (
    pairs
      .filter(([name]) => name !== 'X-Amz-Signature')
      // By name, then by value: sorted as whole pairs, `a-b=` would come before `a=`.
      .sort((a, b) => byteOrder(a[0], b[0]) || byteOrder(a[1], b[1]))
      .map(([name, value]) => `${name}=${value}`)
      .join('&')
  );
}

function byteOrder(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, '%20'));
  } catch {
    throw new AwsError('InvalidInput', `The query string has an invalid escape: ${text}`);
  }
}

function signingKey(secret: string, scope: Claim['scope']): Buffer {
  let key: Buffer | string = `AWS4${secret}`;
  for (const part of [...scope, 'aws4_request']) key = createHmac('sha256', key).update(part).digest();
  return key as Buffer;
}

function sign(key: Buffer, claim: Claim, canonical: string): string {
  const scope = [...claim.scope, 'aws4_request'].join('/');
  const hash = createHash('sha256').update(canonical).digest('hex');
  return createHmac('sha256', key).update([ALGORITHM, claim.date, scope, hash].join('\n')).digest('hex');
}

function incomplete(message: string): AwsError {
  return new AwsError('IncompleteSignature', message);
}
