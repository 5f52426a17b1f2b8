import { AwsError } from '../aws-error.ts';
import type { Wrongs } from '../wire/decode.ts';

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

export const METRIC_WRONGS: Wrongs = {
  wrongType: (path, what) =>
    new AwsError('InvalidParameterValue', `The parameter ${path === '' ? 'input' : path} must be ${what}.`),
  unknownMember: (path) => new AwsError('ValidationError', `The parameter ${path} is not known.`),
  unsupportedType: (path) =>
    new AwsError('InvalidParameterValue', `The parameter ${path} is not supported by this version of Waypost.`),
};
