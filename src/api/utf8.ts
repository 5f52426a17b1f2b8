import { AwsError } from './aws-error.ts';

/** Throws `AwsError` for what is no UTF-8. */
export function decodeUtf8(octets: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch {
    throw new AwsError('MalformedInput', 'The request body is not valid UTF-8.');
  }
}
