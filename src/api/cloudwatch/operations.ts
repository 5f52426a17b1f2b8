import * as sdk from '@aws-sdk/client-cloudwatch';
import { operationShapes, type OperationShapes } from '../wire/operation-shapes.ts';
import * as alarmHistory from './alarm-history.ts';
import * as alarmState from './alarm-state.ts';
import * as alarmTags from './alarm-tags.ts';
import * as alarms from './alarms.ts';
import type { MetricDoor } from './door.ts';
import * as getMetricData from './get-metric-data.ts';
import * as listMetrics from './list-metrics.ts';
import * as metricData from './metric-data.ts';

/** Every operation that CloudWatch's model has; those with a door are served, the others get an error that says so. */
export interface MetricOperation extends OperationShapes {
  readonly door: MetricDoor<unknown, object> | undefined;
}

const doors = new Map(
  [alarms, alarmHistory, alarmState, alarmTags, metricData, getMetricData, listMetrics]
    .flatMap((family) => Object.values(family) as unknown[])
    .filter((door): door is MetricDoor<unknown, object> => typeof door === 'object' && door !== null)
    .map((door) => [door.operation, door]),
);

export const operations: ReadonlyMap<string, MetricOperation> = new Map(
  [...operationShapes(sdk)].map(([name, shapes]) => [name, { ...shapes, door: doors.get(name) }]),
);
