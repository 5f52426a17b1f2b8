import { randomInt } from 'node:crypto';
import { AwsError } from '../api/aws-error.ts';
import type { Explain } from '../api/extensions/explain.ts';
import type { Log } from '../log/log.ts';
import { explainRequest, readQuestion, type AnswerPoint } from '../operator/explain.ts';
import { OperatorError } from '../operator/find-zone.ts';

/** So many are told in six digits, which are easily typed again. */
const DRAWS = 1_000_000;

/** Explains to those who come to the API as to those who come to the operator's door. */
export function explainer(log: Log, point: () => AnswerPoint): Explain {
  return (text) => {
    try {
      const question = readQuestion(text, randomInt(DRAWS) / DRAWS);
      return { ...explainRequest(log.view(), point(), question), memberRuns: true };
    } catch (error) {
      if (error instanceof OperatorError) throw new AwsError('InvalidInput', error.message);
      throw error;
    }
  };
}
