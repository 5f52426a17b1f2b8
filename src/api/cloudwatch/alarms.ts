import type * as sdk from '@aws-sdk/client-cloudwatch';
import type { AlarmInput } from '../../core/control/alarms/alarm-members.ts';
import { ALARMS_MAX, type MetricAlarmPut } from '../../core/control/alarms/put-metric-alarm.ts';
import type { AlarmsDeleted } from '../../core/control/alarms/delete-alarms.ts';
import { describeAlarms } from '../../core/control/alarms/describe-alarms.ts';
import type { MetricAlarm } from '../../core/control/tables.ts';
import { metricKey } from '../../core/metrics/metric.ts';
import type { StateOfAlarm } from '../../telemetry/alarm-states.ts';
import { AwsError } from '../aws-error.ts';
import { pageToken, readPageToken } from '../page-token.ts';
import { optional } from '../route53/door.ts';
import { pageSize, required, submit, type MetricDesk, type MetricDoor } from './door.ts';
import { alarmArn, dimensionShapes, dimensionsOf } from './shapes.ts';

/** Members that make an alarm of another kind than Waypost has. */
const UNSUPPORTED = [
  'ExtendedStatistic',
  'EvaluateLowSampleCountPercentile',
  'Metrics',
  'ThresholdMetricId',
  'EvaluationWindow',
  'WarmUpConfiguration',
  'EvaluationCriteria',
  'EvaluationInterval',
  'ActionConfiguration',
] as const satisfies readonly (keyof sdk.PutMetricAlarmInput)[];

export const putMetricAlarmDoor: MetricDoor<sdk.PutMetricAlarmInput, object> = {
  operation: 'PutMetricAlarm',
  async handle(input, desk) {
    const command = { region: desk.region, alarm: alarmInput(input) };
    const { alarm, isNew } = await submit<MetricAlarmPut>(desk, 'PutMetricAlarm', command);
    desk.telemetry.alarms.history.configured(alarm.region, alarm.name, isNew ? 'Create' : 'Update');
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
    ...optional(
      'tags',
      input.Tags?.map(({ Key: key, Value: value }) => ({ ...optional('key', key), ...optional('value', value) })),
    ),
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
    for (const name of deleted.names) {
      desk.telemetry.alarms.forget(desk.region, name);
      desk.telemetry.alarms.history.configured(desk.region, name, 'Delete');
    }
    return {};
  },
};

export const describeAlarmsDoor: MetricDoor<sdk.DescribeAlarmsInput, sdk.DescribeAlarmsOutput> = {
  operation: 'DescribeAlarms',
  handle(input, desk) {
    const [after] = readPageToken(input.NextToken, 1, 'InvalidNextToken') ?? [];
    const limit = pageSize(input.MaxRecords);
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

export const describeAlarmsForMetricDoor: MetricDoor<
  sdk.DescribeAlarmsForMetricInput,
  sdk.DescribeAlarmsForMetricOutput
> = {
  operation: 'DescribeAlarmsForMetric',
  handle(input, desk) {
    const metric = metricKey({
      namespace: required(input.Namespace, 'Namespace'),
      name: required(input.MetricName, 'MetricName'),
      dimensions: dimensionsOf(input.Dimensions),
    });
    const { alarms } = describeAlarms(desk.log.view(), {
      region: desk.region,
      limit: ALARMS_MAX,
      accepts: ({ rule }) =>
        metricKey(rule.metric) === metric &&
        (input.Statistic ?? rule.statistic) === rule.statistic &&
        (input.Period ?? rule.periodSeconds) === rule.periodSeconds &&
        (input.Unit === undefined || input.Unit === rule.unit) &&
        input.ExtendedStatistic === undefined,
    });
    return { MetricAlarms: alarms.map((alarm) => alarmShape(alarm, desk)) };
  },
};

function isAskedFor(input: Partial<sdk.DescribeAlarmsInput>, alarm: MetricAlarm, desk: MetricDesk): boolean {
  // Of composite alarms there are none, and no alarm is another's child.
  if (input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined) return false;
  if (input.AlarmTypes !== undefined && !input.AlarmTypes.includes('MetricAlarm')) return false;
  const { ok, alarm: alarming, insufficientData } = alarm.actions;
  const prefix = input.ActionPrefix;
  if (prefix !== undefined && ![...ok, ...alarming, ...insufficientData].some((action) => action.startsWith(prefix))) {
    return false;
  }
  return input.StateValue === undefined || desk.telemetry.alarms.shown(alarm).state === input.StateValue;
}

function alarmShape(alarm: MetricAlarm, desk: MetricDesk): sdk.MetricAlarm {
  const { rule, actions } = alarm;
  const state: StateOfAlarm = desk.telemetry.alarms.shown(alarm);
  return {
    AlarmName: alarm.name,
    AlarmArn: alarmArn(desk, alarm.name),
    ...optional('AlarmDescription', alarm.description),
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.updatedAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: [...actions.ok],
    AlarmActions: [...actions.alarm],
    InsufficientDataActions: [...actions.insufficientData],
    StateValue: state.state,
    StateReason: state.reason,
    ...optional('StateReasonData', state.data),
    StateUpdatedTimestamp: new Date(state.updatedAt),
    MetricName: rule.metric.name,
    Namespace: rule.metric.namespace,
    Statistic: rule.statistic,
    Dimensions: dimensionShapes(rule.metric.dimensions),
    Period: rule.periodSeconds,
    ...optional('Unit', rule.unit as sdk.StandardUnit | undefined),
    EvaluationPeriods: rule.evaluationPeriods,
    ...optional('DatapointsToAlarm', alarm.datapointsToAlarm),
    Threshold: rule.threshold,
    ComparisonOperator: rule.comparison,
    TreatMissingData: rule.treatMissingData,
    StateTransitionedTimestamp: new Date(state.changedAt),
  };
}
