import type { AwsError } from '../aws-error.ts';
import type { FormReply } from '../wire/wire-form.ts';

/**
 * Why a question is answered as it is, for programs elsewhere: TestDNSAnswer with its reasons. No path of AWS's begins like this one, so
 * no client of theirs ever comes here. Signed for Route 53 as its operations are.
 *
 *     POST /waypost/explain   a question in, the JSON of `waypost explain --json` out
 */
export const EXPLAIN_PATH = '/waypost/explain';

/** The explanation of a question that came as JSON. Throws `AwsError` for whatever cannot be explained. */
export type Explain = (question: string) => object;

const HEADERS = { 'content-type': 'application/json' };

export function explainReply(explanation: object): FormReply {
  return { body: `${JSON.stringify(explanation, null, 2)}\n`, headers: HEADERS };
}

export function explainError({ code, message }: AwsError, requestId: string): FormReply {
  return { body: `${JSON.stringify({ code, message, requestId })}\n`, headers: HEADERS };
}
