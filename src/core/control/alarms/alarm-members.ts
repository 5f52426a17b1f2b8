import { COMPARISONS, MISSING_DATA, type AlarmRule } from '../../metrics/alarm-rule.ts';
import { sorted, type Dimension } from '../../metrics/metric.ts';
import { isStatistic } from '../../metrics/statistics.ts';
import { UNITS } from '../../metrics/units.ts';
import { refuse, type Refusal } from '../operation.ts';
import type { AlarmActions, Tag } from '../tables.ts';

/** An alarm as PutMetricAlarm brings it: nothing is known of it but the types of its members. */
export interface AlarmInput {
  readonly name?: string;
  readonly description?: string;
  readonly actionsEnabled?: boolean;
  readonly actions: AlarmActions;
  readonly namespace?: string;
  readonly metricName?: string;
  readonly dimensions?: readonly Dimension[];
  readonly statistic?: string;
  readonly unit?: string;
  readonly periodSeconds?: number;
  readonly evaluationPeriods?: number;
  readonly datapointsToAlarm?: number;
  readonly threshold?: number;
  readonly comparison?: string;
  readonly treatMissingData?: string;
  readonly tags?: readonly Partial<Tag>[];
  /** Members of CloudWatch's that ask for what Waypost does not do. */
  readonly unsupported: readonly string[];
}

const NAME_MAX = 255;
const DESCRIPTION_MAX = 1024;
const DIMENSIONS_MAX = 30;
const DIMENSION_VALUE_MAX = 1024;
const ACTIONS_MAX = 5;
const ACTION_MAX = 1024;
/** Periods of high resolution, in seconds; the others are whole minutes. */
const SHORT_PERIODS: readonly number[] = [10, 20, 30];
const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;

/** Whether the members are those of an alarm, in CloudWatch's words; all that is wrong with a member's form comes at once. */
export function checkAlarm(input: AlarmInput): AlarmRule | Refusal {
  if (input.unsupported.length > 0) {
    return refuse(
      'ValidationError',
      `Waypost's alarms go by one metric and one of its basic statistics; not supported: ${input.unsupported.join(', ')}.`,
    );
  }
  const forms = [
    ...formsOf(input),
    ...dimensionForms(input.dimensions ?? []),
    ...Object.entries(input.actions).flatMap(([member, actions]) => actionForms(member, actions as readonly string[])),
  ];
  if (forms.length > 0) {
    const found = forms.length === 1 ? '1 validation error' : `${forms.length} validation errors`;
    return refuse('ValidationError', `${found} detected: ${forms.join('; ')}`);
  }
  const rule = ruleOf(input);
  const wrong = wrongIn(rule);
  return wrong === undefined ? rule : refuse('ValidationError', wrong);
}

function formsOf(input: AlarmInput): string[] {
  return [
    ...textForm('alarmName', input.name, 1, NAME_MAX),
    ...textForm('alarmDescription', input.description ?? '', 0, DESCRIPTION_MAX),
    ...textForm('namespace', input.namespace, 1, NAME_MAX),
    ...textForm('metricName', input.metricName, 1, NAME_MAX),
    ...countForm('period', input.periodSeconds),
    ...countForm('evaluationPeriods', input.evaluationPeriods),
    ...countForm('datapointsToAlarm', input.datapointsToAlarm ?? 1),
    ...(input.statistic !== undefined && isStatistic(input.statistic)
      ? []
      : [form('statistic', input.statistic, 'satisfy enum value set: [SampleCount, Average, Sum, Minimum, Maximum]')]),
    ...(input.unit === undefined || UNITS.includes(input.unit)
      ? []
      : [form('unit', input.unit, `satisfy enum value set: [${UNITS.join(', ')}]`)]),
    ...((COMPARISONS as readonly (string | undefined)[]).includes(input.comparison)
      ? []
      : [form('comparisonOperator', input.comparison, `satisfy enum value set: [${COMPARISONS.join(', ')}]`)]),
    ...(input.threshold === undefined ? [form('threshold', undefined, 'not be null')] : []),
  ];
}

function dimensionForms(dimensions: readonly Dimension[]): string[] {
  if (dimensions.length > DIMENSIONS_MAX) {
    return [
      form('dimensions', `${dimensions.length} dimensions`, `have length less than or equal to ${DIMENSIONS_MAX}`),
    ];
  }
  return dimensions.flatMap(({ name, value }, index) => [
    ...textForm(`dimensions.${index + 1}.member.name`, name, 1, NAME_MAX),
    ...textForm(`dimensions.${index + 1}.member.value`, value, 1, DIMENSION_VALUE_MAX),
  ]);
}

function actionForms(member: string, actions: readonly string[]): string[] {
  if (actions.length > ACTIONS_MAX) {
    return [form(`${member}Actions`, `${actions.length} actions`, `have length less than or equal to ${ACTIONS_MAX}`)];
  }
  return actions.flatMap((action, index) => textForm(`${member}Actions.${index + 1}.member`, action, 1, ACTION_MAX));
}

function textForm(member: string, text: string | undefined, min: number, max: number): string[] {
  if (text === undefined) return [form(member, undefined, 'not be null')];
  if (text.length < min) return [form(member, text, `have length greater than or equal to ${min}`)];
  if (text.length > max) return [form(member, `${text.slice(0, max)}…`, `have length less than or equal to ${max}`)];
  return [];
}

function countForm(member: string, value: number | undefined): string[] {
  if (value === undefined) return [form(member, undefined, 'not be null')];
  if (!Number.isSafeInteger(value)) return [form(member, String(value), 'be an integer')];
  return value >= 1 ? [] : [form(member, String(value), 'have value greater than or equal to 1')];
}

function form(member: string, value: string | undefined, must: string): string {
  const shown = value === undefined ? 'null' : `'${value}'`;
  return `Value ${shown} at '${member}' failed to satisfy constraint: Member must ${must}`;
}

function ruleOf(input: AlarmInput): AlarmRule {
  const evaluationPeriods = input.evaluationPeriods as number;
  return {
    metric: {
      namespace: input.namespace as string,
      name: input.metricName as string,
      dimensions: sorted(input.dimensions ?? []),
    },
    ...(input.unit === undefined ? {} : { unit: input.unit }),
    statistic: input.statistic as AlarmRule['statistic'],
    periodSeconds: input.periodSeconds as number,
    evaluationPeriods,
    datapointsToAlarm: input.datapointsToAlarm ?? evaluationPeriods,
    threshold: input.threshold as number,
    comparison: input.comparison as AlarmRule['comparison'],
    treatMissingData: (input.treatMissingData ?? 'missing') as AlarmRule['treatMissingData'],
  };
}

function wrongIn(rule: AlarmRule): string | undefined {
  const { periodSeconds, evaluationPeriods, datapointsToAlarm, treatMissingData, threshold } = rule;
  if (!SHORT_PERIODS.includes(periodSeconds) && periodSeconds % 60 !== 0) {
    return 'Metric period must be 10, 20, 30 or a multiple of 60 seconds.';
  }
  const days = periodSeconds >= HOUR_SECONDS ? 7 : 1;
  if (periodSeconds * evaluationPeriods > days * DAY_SECONDS) {
    return `Metrics cannot be checked across more than ${days === 1 ? 'a day' : 'a week'} (EvaluationPeriods * Period must be <= ${days * DAY_SECONDS}).`;
  }
  if (datapointsToAlarm > evaluationPeriods) {
    return `DatapointsToAlarm (${datapointsToAlarm}) must be less than or equal to EvaluationPeriods (${evaluationPeriods}).`;
  }
  if (!(MISSING_DATA as readonly string[]).includes(treatMissingData)) {
    return `TreatMissingData must be one of [${MISSING_DATA.join(', ')}], not ${String(treatMissingData)}.`;
  }
  if (!Number.isFinite(threshold)) return `Threshold must be a finite number, not ${threshold}.`;
  const names = rule.metric.dimensions.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `Dimension ${twice} occurs twice.`;
}
