import { AwsError } from '../aws-error.ts';
import { jsonFormOf } from '../wire/json-form.ts';

/** Errors that every service has, by the names that KMS's model or its clients have for them. */
const TYPES: Readonly<Record<string, string>> = {
  InternalFailure: 'KMSInternalException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  RequestExpired: 'InvalidSignatureException',
  MalformedInput: 'SerializationException',
  PriorRequestNotComplete: 'DependencyTimeoutException',
  ServiceUnavailable: 'DependencyTimeoutException',
  Throttling: 'ThrottlingException',
};

/** https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html */
export const kmsForm = jsonFormOf({
  service: 'kms',
  target: 'TrentService.',
  version: '1.1',
  typeOf: ({ code }) => TYPES[code] ?? code,
  wrongs: {
    wrongType: (path, what) =>
      new AwsError('SerializationException', `${path === '' ? 'The input' : path} must be ${what}.`),
    unknownMember: (path) => new AwsError('ValidationException', `The parameter ${path} is not known.`),
    unsupportedType: (path) => unsupported(`The parameter ${path} is`),
  },
});

/** `what` with its verb. */
export function unsupported(what: string): AwsError {
  return new AwsError('UnsupportedOperationException', `${what} not supported by this version of Waypost.`);
}
