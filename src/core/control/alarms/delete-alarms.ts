import { lane } from '../lanes.ts';
import { isRefusal, refuse, type ChangeBase, type Refusal, type WriteOperation } from '../operation.ts';
import { count } from '../records-kept.ts';
import { tables } from '../tables.ts';
import { alarmTagsKey } from './change-alarm-tags.ts';

export interface DeleteAlarmsCommand {
  readonly region: string;
  readonly names: readonly string[];
}

export interface AlarmsDeleted extends ChangeBase {
  readonly kind: 'AlarmsDeleted';
  readonly region: string;
  readonly names: readonly string[];
}

const NAMES_MAX = 100;

/**
 * All of them or, if one does not exist, none. Health checks that follow one have insufficient data from then on.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html
 */
export const deleteAlarms: WriteOperation<DeleteAlarmsCommand, AlarmsDeleted> = {
  operation: 'DeleteAlarms',
  kind: 'AlarmsDeleted',
  decide(view, command, given) {
    const names = checkAlarmNames(command.names);
    if (isRefusal(names)) return names;
    const { region } = command;
    const missing = names.filter((name) => view.get(tables.metricAlarms, [region, name]) === undefined);
    if (missing.length > 0) {
      return refuse('ResourceNotFound', `There is no alarm named ${missing.join(', ')} in ${region}.`);
    }
    return { kind: 'AlarmsDeleted', id: given.newId('change'), at: given.now, by: given.principal, region, names };
  },
  lanes: () => ({ advances: [lane.metricAlarms], reliesOn: [] }),
  apply(draft, { region, names }) {
    for (const name of names) {
      draft.remove(tables.metricAlarms, [region, name]);
      draft.remove(tables.tags, alarmTagsKey(region, name));
    }
    count(draft, 'metric-alarms', -names.length);
  },
  touches: () => [],
};

/** Each once; a request can name so many. */
export function checkAlarmNames(names: readonly string[]): readonly string[] | Refusal {
  const distinct = [...new Set(names)];
  if (distinct.length <= NAMES_MAX) return distinct;
  return refuse(
    'ValidationError',
    `1 validation error detected: Value '${distinct.length} names' at 'alarmNames' failed to satisfy constraint: ` +
      `Member must have length less than or equal to ${NAMES_MAX}`,
  );
}
