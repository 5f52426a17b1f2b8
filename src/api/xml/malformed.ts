import { AwsError } from '../aws-error.ts';

/** Parsers quote what they do not understand, and that may be a whole document. */
const QUOTED_CHARACTERS_MAX = 200;

export function malformed(what: string): AwsError {
  const short = what.length > QUOTED_CHARACTERS_MAX ? `${what.slice(0, QUOTED_CHARACTERS_MAX)}…` : what;
  return new AwsError('MalformedInput', `The XML document is not valid: ${short}`);
}
