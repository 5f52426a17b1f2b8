import { lane } from '../lanes.ts';
import type { ChangeBase, WriteOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import { isRefusal } from '../operation.ts';
import { checkAlarmNames } from './delete-alarms.ts';

export interface SwitchAlarmActionsCommand {
  readonly region: string;
  readonly names: readonly string[];
  readonly enabled: boolean;
}

export interface AlarmActionsSwitched extends ChangeBase {
  readonly kind: 'AlarmActionsSwitched';
  readonly region: string;
  /** Those that were the other way. */
  readonly names: readonly string[];
  readonly enabled: boolean;
}

/**
 * EnableAlarmActions and DisableAlarmActions. Neither has an error for an alarm that does not exist: it is passed over.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html
 */
export const switchAlarmActions: WriteOperation<SwitchAlarmActionsCommand, AlarmActionsSwitched> = {
  operation: 'SwitchAlarmActions',
  kind: 'AlarmActionsSwitched',
  decide(view, { region, names, enabled }, given) {
    const asked = checkAlarmNames(names);
    if (isRefusal(asked)) return asked;
    return {
      kind: 'AlarmActionsSwitched',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      region,
      names: asked.filter((name) => view.get(tables.metricAlarms, [region, name])?.actionsEnabled === !enabled),
      enabled,
    };
  },
  lanes: () => ({ advances: [lane.metricAlarms], reliesOn: [] }),
  apply(draft, { region, names, enabled, at }) {
    for (const name of names) {
      const alarm = draft.get(tables.metricAlarms, [region, name]);
      if (alarm === undefined) continue;
      draft.put(tables.metricAlarms, [region, name], { ...alarm, actionsEnabled: enabled, updatedAt: at });
    }
  },
  touches: () => [],
};
