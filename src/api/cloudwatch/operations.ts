import * as sdk from '@aws-sdk/client-cloudwatch';
import { NormalizedSchema } from '@smithy/core/schema';
import * as alarmHistory from './alarm-history.ts';
import * as alarmState from './alarm-state.ts';
import * as alarmTags from './alarm-tags.ts';
import * as alarms from './alarms.ts';
import type { MetricDoor } from './door.ts';
import * as getMetricData from './get-metric-data.ts';
import * as listMetrics from './list-metrics.ts';
import * as metricData from './metric-data.ts';

/** Every operation that CloudWatch's model has; those with a door are served, the others get an error that says so. */
export interface MetricOperation {
  readonly door: MetricDoor<unknown, object> | undefined;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

const doors = new Map(
  [alarms, alarmHistory, alarmState, alarmTags, metricData, getMetricData, listMetrics]
    .flatMap((family) => Object.values(family) as unknown[])
    .filter((door): door is MetricDoor<unknown, object> => typeof door === 'object' && door !== null)
    .map((door) => [door.operation, door]),
);

type OperationSchema = readonly [9, string, string, unknown, unknown, unknown];

export const operations: ReadonlyMap<string, MetricOperation> = new Map(
  Object.values(sdk as Record<string, unknown>)
    .filter((value): value is OperationSchema => Array.isArray(value) && value[0] === 9)
    .map(([, , operation, , input, output]) => [
      operation,
      {
        door: doors.get(operation),
        input: schemaOf(input),
        output: schemaOf(output),
      },
    ]),
);

function schemaOf(schema: unknown): NormalizedSchema {
  return NormalizedSchema.of(typeof schema === 'function' ? (schema as () => never)() : (schema as never));
}
