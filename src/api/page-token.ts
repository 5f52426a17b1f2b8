import { AwsError } from './aws-error.ts';

/** Where a list goes on, as text that clients hand back unread. */
export function pageToken(parts: readonly string[] | undefined): string | undefined {
  return parts === undefined ? undefined : Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Throws `AwsError` for a token that this list never gave out. */
export function readPageToken(
  token: string | undefined,
  parts: number,
  code = 'InvalidInput',
): readonly string[] | undefined {
  if (token === undefined) return undefined;
  try {
    const read: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Array.isArray(read) && read.length === parts && read.every((part) => typeof part === 'string')) return read;
  } catch {
    // Told below.
  }
  throw new AwsError(code, 'The NextToken is not one that was returned by the previous page.');
}
