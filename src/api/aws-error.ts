import type { Refusal } from '../core/control/operation.ts';

/** An error as AWS's clients know it. Thrown anywhere behind the front door; made into a response in one place. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = statusOf(code)) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}

export function errorOf(refusal: Refusal): AwsError {
  return new AwsError(refusal.refused, refusal.message);
}

/** Codes whose status is not 400, by the service's model. */
const STATUS: Readonly<Record<string, number>> = {
  NotAuthorizedException: 401,
  AccessDenied: 403,
  InvalidClientTokenId: 403,
  MissingAuthenticationToken: 403,
  SignatureDoesNotMatch: 403,
  RequestExpired: 403,
  NoSuchChange: 404,
  NoSuchHostedZone: 404,
  NoSuchKeySigningKey: 404,
  NoSuchHealthCheck: 404,
  ResourceNotFound: 404,
  ResourceNotFoundException: 404,
  UnknownOperation: 404,
  NoSuchCidrCollectionException: 404,
  NoSuchCidrLocationException: 404,
  NoSuchGeoLocation: 404,
  HostedZoneAlreadyExists: 409,
  KeySigningKeyAlreadyExists: 409,
  CidrCollectionVersionMismatchException: 409,
  HealthCheckAlreadyExists: 409,
  HealthCheckVersionMismatch: 409,
  RequestEntityTooLarge: 413,
  InternalFailure: 500,
  ServiceUnavailable: 503,
};

export function statusOf(code: string): number {
  return STATUS[code] ?? 400;
}

export function errorXml(error: AwsError, requestId: string, namespace: string): string {
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  return (
    `<?xml version="1.0"?>\n<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type><Code>${error.code}</Code>` +
    `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`
  );
}

/** Characters that XML 1.0 cannot hold even escaped become U+FFFD: a hostile input must still get a readable error. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\r]/g, (character) => ESCAPES[character] as string);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};
