import { lane } from '../lanes.ts';
import { isRefusal, refuse, type ChangeBase, type WriteOperation } from '../operation.ts';
import { count } from '../records-kept.ts';
import { tables, type MetricAlarm, type Tag } from '../tables.ts';
import { checkAlarm, type AlarmInput } from './alarm-members.ts';
import { alarmTagsKey, checkAlarmTags } from './change-alarm-tags.ts';

export interface PutMetricAlarmCommand {
  readonly region: string;
  readonly alarm: AlarmInput;
}

export interface MetricAlarmPut extends ChangeBase {
  readonly kind: 'MetricAlarmPut';
  readonly alarm: MetricAlarm;
  readonly isNew: boolean;
  /** Of a new alarm; one that was there keeps its own. */
  readonly tags?: readonly Tag[];
}

/** All regions together. Every one is evaluated every ten seconds: ten thousand take some three percent of a core. */
export const ALARMS_MAX = 10_000;

/**
 * Makes an alarm or puts another in its place, whole. What its metric says is no state of ours: it is evaluated from data points.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export const putMetricAlarm: WriteOperation<PutMetricAlarmCommand, MetricAlarmPut> = {
  operation: 'PutMetricAlarm',
  kind: 'MetricAlarmPut',
  decide(view, { region, alarm: input }, given) {
    const rule = checkAlarm(input);
    if (isRefusal(rule)) return rule;
    const tags = checkAlarmTags(input.tags ?? []);
    if (isRefusal(tags)) return tags;
    const name = input.name as string;
    const isNew = view.get(tables.metricAlarms, [region, name]) === undefined;
    if (isNew && (view.get(tables.counters, ['metric-alarms']) ?? 0) >= ALARMS_MAX) {
      return refuse('LimitExceeded', `The maximum limit for alarms has been reached: ${ALARMS_MAX}.`);
    }
    return {
      kind: 'MetricAlarmPut',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      isNew,
      alarm: {
        region,
        name,
        ...(input.description === undefined ? {} : { description: input.description }),
        actionsEnabled: input.actionsEnabled ?? true,
        actions: input.actions,
        rule,
        ...(input.datapointsToAlarm === undefined ? {} : { datapointsToAlarm: input.datapointsToAlarm }),
        updatedAt: given.now,
      },
      ...(isNew && tags.length > 0 ? { tags } : {}),
    };
  },
  lanes: () => ({ advances: [lane.metricAlarms], reliesOn: [] }),
  apply(draft, { alarm, tags }) {
    if (draft.get(tables.metricAlarms, [alarm.region, alarm.name]) === undefined) count(draft, 'metric-alarms', 1);
    draft.put(tables.metricAlarms, [alarm.region, alarm.name], alarm);
    if (tags !== undefined) draft.put(tables.tags, alarmTagsKey(alarm.region, alarm.name), tags);
  },
  touches: () => [],
};
