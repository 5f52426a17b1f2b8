import type * as sdk from '@aws-sdk/client-cloudwatch';
import type { AlarmActionsSwitched } from '../../core/control/alarms/switch-alarm-actions.ts';
import { tables } from '../../core/control/tables.ts';
import type { AlarmState } from '../../core/metrics/alarm-rule.ts';
import { AwsError } from '../aws-error.ts';
import { invalid, required, submit, type MetricDesk, type MetricDoor } from './door.ts';

const STATES: readonly AlarmState[] = ['INSUFFICIENT_DATA', 'ALARM', 'OK'];
const REASON_MAX = 1023;
const REASON_DATA_MAX = 4000;

/** For a few seconds, as with CloudWatch; health checks look at the data and not at this. */
export const setAlarmStateDoor: MetricDoor<sdk.SetAlarmStateInput, object> = {
  operation: 'SetAlarmState',
  handle(input, desk) {
    const name = required(input.AlarmName, 'AlarmName');
    const asked: string = required(input.StateValue, 'StateValue');
    const reason = required(input.StateReason, 'StateReason');
    const state = STATES.find((each) => each === asked);
    if (state === undefined) throw invalid('stateValue', asked, `satisfy enum value set: [${STATES.join(', ')}]`);
    atMost('stateReason', reason, REASON_MAX);
    const data = input.StateReasonData;
    if (data !== undefined) {
      atMost('stateReasonData', data, REASON_DATA_MAX);
      if (!isJson(data)) throw new AwsError('InvalidFormat', 'StateReasonData was not syntactically valid JSON.');
    }
    const alarm = desk.log.view().get(tables.metricAlarms, [desk.region, name]);
    if (alarm === undefined) {
      throw new AwsError('ResourceNotFound', `There is no alarm named ${name} in ${desk.region}.`);
    }
    desk.telemetry.alarms.set(alarm, state, reason, data);
    return {};
  },
};

export const enableAlarmActionsDoor: MetricDoor<sdk.EnableAlarmActionsInput, object> = {
  operation: 'EnableAlarmActions',
  handle: ({ AlarmNames }, desk) => switchActions(desk, AlarmNames, true),
};

export const disableAlarmActionsDoor: MetricDoor<sdk.DisableAlarmActionsInput, object> = {
  operation: 'DisableAlarmActions',
  handle: ({ AlarmNames }, desk) => switchActions(desk, AlarmNames, false),
};

async function switchActions(
  desk: MetricDesk,
  names: readonly string[] | undefined,
  enabled: boolean,
): Promise<object> {
  const command = { region: desk.region, names: required(names, 'AlarmNames'), enabled };
  const switched = await submit<AlarmActionsSwitched>(desk, 'SwitchAlarmActions', command);
  for (const name of switched.names) desk.telemetry.alarms.history.configured(desk.region, name, 'Update');
  return {};
}

function atMost(member: string, text: string, max: number): void {
  if (text.length > max) throw invalid(member, `${text.slice(0, max)}…`, `have length less than or equal to ${max}`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
