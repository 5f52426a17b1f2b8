import type { AwsError } from '../aws-error.ts';

/** Errors whose names in the model are not their codes of old. */
const SHAPES: Readonly<Record<string, string>> = {
  InvalidParameterValue: 'InvalidParameterValueException',
  InvalidParameterCombination: 'InvalidParameterCombinationException',
  MissingParameter: 'MissingRequiredParameterException',
  LimitExceeded: 'LimitExceededFault',
  InvalidFormat: 'InvalidFormatFault',
  ValidationError: 'ValidationException',
  InternalFailure: 'InternalServiceFault',
};

export function shapeOf({ code }: AwsError): string {
  return SHAPES[code] ?? code;
}

/** Tells clients that came from the Query protocol the code that they know. */
export function queryErrorHeader({ code, status }: AwsError): Record<string, string> {
  return { 'x-amzn-query-error': `${code};${status >= 500 ? 'Receiver' : 'Sender'}` };
}
