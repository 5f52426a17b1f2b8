import { jsonFormOf } from '../wire/json-form.ts';
import { METRIC_WRONGS, queryErrorHeader, shapeOf } from './error-names.ts';

export const jsonForm = jsonFormOf({
  service: 'monitoring',
  target: 'GraniteServiceVersion20100801.',
  version: '1.0',
  wrongs: METRIC_WRONGS,
  typeOf: (error) => `com.amazonaws.cloudwatch#${shapeOf(error)}`,
  headersOf: queryErrorHeader,
});
