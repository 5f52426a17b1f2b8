import type * as sdk from '@aws-sdk/client-cloudwatch';
import type { AlarmInput } from '../../core/control/alarms/alarm-members.ts';
import type { AlarmsDeleted } from '../../core/control/alarms/delete-alarms.ts';
import { describeAlarms } from '../../core/control/alarms/describe-alarms.ts';
import type { MetricAlarm } from '../../core/control/tables.ts';
import type { StateOfAlarm } from '../../telemetry/alarm-states.ts';
import { AwsError } from '../aws-error.ts';
import { pageToken, readPageToken } from '../page-token.ts';
import { optional } from '../route53/door.ts';
import { required, submit, type MetricDesk, type MetricDoor } from './door.ts';
import { dimensionShapes, dimensionsOf } from './shapes.ts';

const PAGE = 50;
const PAGE_MAX = 100;

/** Members that make an alarm of another kind than Waypost has. */
const UNSUPPORTED = [
  'ExtendedStatistic',
  'EvaluateLowSampleCountPercentile',
  'Metrics',
  'ThresholdMetricId',
  'Tags',
  'EvaluationWindow',
  'WarmUpConfiguration',
  'EvaluationCriteria',
  'EvaluationInterval',
  'ActionConfiguration',
] as const satisfies readonly (keyof sdk.PutMetricAlarmInput)[];

export const putMetricAlarmDoor: MetricDoor<sdk.PutMetricAlarmInput, object> = {
  operation: 'PutMetricAlarm',
  async handle(input, desk) {
    await submit(desk, 'PutMetricAlarm', { region: desk.region, alarm: alarmInput(input) });
    return {};
  },
};

function alarmInput(input: Partial<sdk.PutMetricAlarmInput>): AlarmInput {
  return {
    ...optional('name', input.AlarmName),
    ...optional('description', input.AlarmDescription),
    ...optional('actionsEnabled', input.ActionsEnabled),
    actions: {
      ok: input.OKActions ?? [],
      alarm: input.AlarmActions ?? [],
      insufficientData: input.InsufficientDataActions ?? [],
    },
    ...optional('namespace', input.Namespace),
    ...optional('metricName', input.MetricName),
    dimensions: dimensionsOf(input.Dimensions),
    ...optional('statistic', input.Statistic as string | undefined),
    ...optional('unit', input.Unit as string | undefined),
    ...optional('periodSeconds', input.Period),
    ...optional('evaluationPeriods', input.EvaluationPeriods),
    ...optional('datapointsToAlarm', input.DatapointsToAlarm),
    ...optional('threshold', input.Threshold),
    ...optional('comparison', input.ComparisonOperator as string | undefined),
    ...optional('treatMissingData', input.TreatMissingData),
    unsupported: UNSUPPORTED.filter((member) => isThere(input[member])),
  };
}

/** Clients write empty lists for what they do not want. */
function isThere(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

export const deleteAlarmsDoor: MetricDoor<sdk.DeleteAlarmsInput, object> = {
  operation: 'DeleteAlarms',
  async handle(input, desk) {
    const names = required(input.AlarmNames, 'AlarmNames');
    const deleted = await submit<AlarmsDeleted>(desk, 'DeleteAlarms', { region: desk.region, names });
    for (const name of deleted.names) desk.telemetry.alarms.forget(desk.region, name);
    return {};
  },
};

export const describeAlarmsDoor: MetricDoor<sdk.DescribeAlarmsInput, sdk.DescribeAlarmsOutput> = {
  operation: 'DescribeAlarms',
  handle(input, desk) {
    const [after] = readPageToken(input.NextToken, 1, 'InvalidNextToken') ?? [];
    const limit = limitOf(input.MaxRecords);
    if (input.AlarmNames !== undefined && input.AlarmNamePrefix !== undefined) {
      const message = 'AlarmNames and AlarmNamePrefix cannot be specified together.';
      throw new AwsError('InvalidParameterCombination', message);
    }
    const page = describeAlarms(desk.log.view(), {
      region: desk.region,
      ...optional('names', input.AlarmNames),
      ...optional('namePrefix', input.AlarmNamePrefix),
      ...optional('after', after),
      limit,
      accepts: (alarm) => isAskedFor(input, alarm, desk),
    });
    return {
      CompositeAlarms: [],
      MetricAlarms: page.alarms.map((alarm) => alarmShape(alarm, desk)),
      ...optional('NextToken', page.next === undefined ? undefined : pageToken([page.next])),
    };
  },
};

function limitOf(maxRecords = PAGE): number {
  if (Number.isSafeInteger(maxRecords) && maxRecords >= 1 && maxRecords <= PAGE_MAX) return maxRecords;
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${maxRecords}' at 'maxRecords' failed to satisfy constraint: Member must have value from 1 to ${PAGE_MAX}`,
  );
}

function isAskedFor(input: Partial<sdk.DescribeAlarmsInput>, alarm: MetricAlarm, desk: MetricDesk): boolean {
  // Of composite alarms there are none, and no alarm is another's child.
  if (input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined) return false;
  if (input.AlarmTypes !== undefined && !input.AlarmTypes.includes('MetricAlarm')) return false;
  const { ok, alarm: alarming, insufficientData } = alarm.actions;
  const prefix = input.ActionPrefix;
  if (prefix !== undefined && ![...ok, ...alarming, ...insufficientData].some((action) => action.startsWith(prefix))) {
    return false;
  }
  return input.StateValue === undefined || desk.telemetry.alarms.of(alarm).state === input.StateValue;
}

function alarmShape(alarm: MetricAlarm, desk: MetricDesk): sdk.MetricAlarm {
  const { rule, actions } = alarm;
  const state: StateOfAlarm = desk.telemetry.alarms.of(alarm);
  return {
    AlarmName: alarm.name,
    AlarmArn: `arn:aws:cloudwatch:${alarm.region}:${desk.settings.accountId}:alarm:${alarm.name}`,
    ...optional('AlarmDescription', alarm.description),
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.updatedAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: [...actions.ok],
    AlarmActions: [...actions.alarm],
    InsufficientDataActions: [...actions.insufficientData],
    StateValue: state.state,
    StateReason: state.reason,
    StateUpdatedTimestamp: new Date(state.updatedAt),
    MetricName: rule.metric.name,
    Namespace: rule.metric.namespace,
    Statistic: rule.statistic,
    Dimensions: dimensionShapes(rule.metric.dimensions),
    Period: rule.periodSeconds,
    ...optional('Unit', rule.unit as sdk.StandardUnit | undefined),
    EvaluationPeriods: rule.evaluationPeriods,
    DatapointsToAlarm: rule.datapointsToAlarm,
    Threshold: rule.threshold,
    ComparisonOperator: rule.comparison,
    TreatMissingData: rule.treatMissingData,
    StateTransitionedTimestamp: new Date(state.changedAt),
  };
}
