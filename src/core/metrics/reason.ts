import type { AlarmRule, AlarmState, Comparison } from './alarm-rule.ts';
import type { EvaluatedPoint } from './evaluate.ts';

/** StateReason of an alarm that nobody has looked at yet. */
export const UNCHECKED = 'Unchecked: Initial alarm creation';

/** Shown of an alarm's data points; a day of minutes would be a page of text. */
const SHOWN_MAX = 5;

const WORDS: Readonly<Record<Comparison, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** Why an alarm is in its state, in CloudWatch's words. */
export function reasonFor(
  rule: AlarmRule,
  looked: readonly EvaluatedPoint[],
  missing: number,
  state: AlarmState,
): string {
  const { evaluationPeriods: periods, treatMissingData } = rule;
  if (looked.length === 0) {
    if (treatMissingData === 'breaching' || treatMissingData === 'notBreaching') {
      const treated = treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
      return `Threshold Crossed: no datapoints were received for ${counted(periods, 'period')} and ${counted(periods, 'missing datapoint')} ${were(periods)} treated as [${treated}].`;
    }
    if (state === 'INSUFFICIENT_DATA')
      return `Insufficient Data: ${counted(periods, 'datapoint')} ${were(periods)} unknown.`;
  }
  const crossing = looked.filter((point) => point.breaching);
  const told = state === 'ALARM' && crossing.length > 0 ? crossing : looked.filter((point) => !point.breaching);
  const shown = told.length === 0 ? looked : told;
  const breaching = shown.length > 0 && shown[0]?.breaching === true;
  const values = shown
    .slice(-SHOWN_MAX)
    .toReversed()
    .map(({ at, value }) => `${decimal(value)} (${dayAndTime(at)})`);
  const of =
    state === 'ALARM'
      ? `${shown.length} out of the last ${counted(periods, 'datapoint')}`
      : counted(shown.length, 'datapoint');
  const less = missing > 0 ? ` ${counted(missing, 'datapoint')} ${were(missing)} missing.` : '';
  return (
    `Threshold Crossed: ${of} [${values.join(', ')}] ${were(shown.length)} ${breaching ? '' : 'not '}${WORDS[rule.comparison]} the threshold ` +
    `(${decimal(rule.threshold)})${state === 'ALARM' ? ` (minimum ${counted(rule.datapointsToAlarm, 'datapoint')} for OK -> ALARM transition)` : ''}.${less}`
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function were(count: number): string {
  return count === 1 ? 'was' : 'were';
}

/** As Java prints a double: `3.0`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function dayAndTime(atSeconds: number): string {
  const [date = '', time = ''] = new Date(atSeconds * 1000).toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}
