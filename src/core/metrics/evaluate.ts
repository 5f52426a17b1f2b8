import { breaches, type AlarmRule, type AlarmState } from './alarm-rule.ts';
import { byPeriod, type PeriodPoint } from './periods.ts';
import { reasonFor } from './reason.ts';
import { statisticOf } from './statistics.ts';

/**
 * From a metric's data to an alarm's state. Only periods that are over are looked at, so that a sum that is still growing raises no
 * alarm. The range is a little longer than EvaluationPeriods: data that is late or sparse is looked for there before anything counts
 * as missing.
 *
 * CLOUDWATCH_METRIC health checks go by the same evaluation. Deliberately not here: percentiles, metric math and anomaly detection,
 * which Route 53 does not follow either.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export interface Evaluation {
  readonly state: AlarmState;
  readonly reason: string;
}

export interface EvaluatedPoint {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly value: number;
  readonly breaching: boolean;
}

/** How many periods beyond EvaluationPeriods are looked at; the tables of CloudWatch's guide have two. */
const SPARE_PERIODS = 2;

/** The time that `evaluate` wants to see, in seconds since the epoch: from the first to before the second. */
export function evaluationRange(rule: AlarmRule, nowSeconds: number): readonly [from: number, to: number] {
  const { periodSeconds } = rule;
  const to = nowSeconds - (nowSeconds % periodSeconds);
  return [to - (rule.evaluationPeriods + SPARE_PERIODS) * periodSeconds, to];
}

/** `points` are those of `evaluationRange`; `current` is the state until now, which stays where the data does not decide. */
export function evaluate(
  rule: AlarmRule,
  points: Iterable<PeriodPoint>,
  nowSeconds: number,
  current: AlarmState,
): Evaluation {
  const [, to] = evaluationRange(rule, nowSeconds);
  const real: EvaluatedPoint[] = byPeriod(points, rule.periodSeconds).map(({ at, set }) => {
    const value = statisticOf(set, rule.statistic);
    return { at, value, breaching: breaches(rule, value) };
  });
  const looked = real.slice(-rule.evaluationPeriods);
  const missing = rule.evaluationPeriods - looked.length;
  const state = stateOf(rule, looked, missing, to, current);
  return { state, reason: reasonFor(rule, looked, missing, state) };
}

function stateOf(
  rule: AlarmRule,
  looked: readonly EvaluatedPoint[],
  missing: number,
  to: number,
  current: AlarmState,
): AlarmState {
  const { datapointsToAlarm, treatMissingData } = rule;
  const breaching = looked.filter((point) => point.breaching).length;
  if (breaching >= datapointsToAlarm) return 'ALARM';
  if (missing === 0 || treatMissingData === 'notBreaching') return 'OK';
  if (treatMissingData === 'breaching') return breaching + missing >= datapointsToAlarm ? 'ALARM' : 'OK';
  if (looked.length > breaching) return 'OK';
  if (treatMissingData === 'ignore') return current;
  const oldest = looked[0];
  if (oldest === undefined) return 'INSUFFICIENT_DATA';
  // All there is breaches, and began to so long ago that the alarm is not premature.
  const age = (to - oldest.at) / rule.periodSeconds;
  return age >= datapointsToAlarm ? 'ALARM' : current;
}
