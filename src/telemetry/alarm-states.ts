import { setImmediate } from 'node:timers/promises';
import { tables, type MetricAlarm } from '../core/control/tables.ts';
import type { View } from '../core/control/view.ts';
import type { AlarmIdentifier } from '../core/health/health-check-config.ts';
import type { MetricState } from '../core/health/status.ts';
import type { AlarmState } from '../core/metrics/alarm-rule.ts';
import { evaluate, evaluationRange } from '../core/metrics/evaluate.ts';
import { UNCHECKED } from '../core/metrics/reason.ts';
import type { AlarmConfiguration, MetricSource } from '../feed/metric-source.ts';
import { AlarmHistory } from './alarm-history.ts';
import type { MetricStore } from './metric-store.ts';

/**
 * The states of all alarms. They follow from data points, yet have a memory: where the data does not decide an alarm stays as it was,
 * and clients are told since when. Health checks ask here, too; what they are told is what the data says at that moment, never what
 * somebody set by hand, which is shown for some seconds (SetAlarmState).
 */
export class AlarmStates implements MetricSource {
  readonly history: AlarmHistory;
  readonly #metrics: MetricStore;
  readonly #view: () => View;
  readonly #now: () => number;
  readonly #states = new Map<string, StateOfAlarm>();
  /** By hand, until the data is looked at again. */
  readonly #set = new Map<string, StateOfAlarm>();
  #changes = 0;
  /** As long as data is still to be read: what is there of it decides nothing, and alarms stay as they were. */
  #waits = false;

  /** `now` in milliseconds since the epoch; the view is read at once and not kept. */
  constructor(metrics: MetricStore, view: () => View, now: () => number) {
    this.#metrics = metrics;
    this.#view = view;
    this.#now = now;
    this.history = new AlarmHistory(now);
  }

  /** Grows with every change. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether data is still to come that alarms have been judged by before. */
  waitForData(waits: boolean): void {
    this.#waits = waits;
  }

  /** Looks at the data now. */
  of(alarm: MetricAlarm): StateOfAlarm {
    const { region, rule } = alarm;
    const key = keyOf(region, alarm.name);
    const now = this.#now();
    const before = this.#states.get(key) ?? { ...NEW, updatedAt: alarm.updatedAt, changedAt: alarm.updatedAt };
    if (this.#waits) return before;
    const seconds = Math.floor(now / 1000);
    const [from, to] = evaluationRange(rule, seconds);
    const { unit, periodSeconds } = rule;
    const points = this.#metrics.between(region, rule.metric, {
      ...(unit === undefined ? {} : { unit }),
      periodSeconds,
      from,
      to,
    });
    const { state, reason } = evaluate(rule, points, seconds, before.state);
    const changed = state !== before.state;
    const isNews = changed || before.reason === UNCHECKED;
    if (!isNews) return before;
    const after = { state, reason, updatedAt: now, changedAt: changed ? now : before.changedAt };
    this.#states.set(key, after);
    this.#changes += 1;
    if (changed && !this.#set.has(key)) this.history.stateChanged(region, alarm.name, before, after);
    return after;
  }

  /** As clients see it. */
  shown(alarm: MetricAlarm): StateOfAlarm {
    return this.#set.get(keyOf(alarm.region, alarm.name)) ?? this.of(alarm);
  }

  /** Shows another state for a while. `data` is JSON. */
  set(alarm: MetricAlarm, state: AlarmState, reason: string, data: string | undefined): void {
    const before = this.shown(alarm);
    const at = this.#now();
    const changed = before.state !== state;
    const after = { state, reason, updatedAt: at, changedAt: changed ? at : before.changedAt };
    this.#set.set(keyOf(alarm.region, alarm.name), data === undefined ? after : { ...after, data });
    if (changed) this.history.stateChanged(alarm.region, alarm.name, before, after);
  }

  /** Goes back to what the data says, if the alarm's state was set by hand and not just now. */
  #unset(alarm: MetricAlarm): void {
    const key = keyOf(alarm.region, alarm.name);
    const set = this.#set.get(key);
    const at = this.#now();
    if (set === undefined || at - set.updatedAt < SET_MILLISECONDS_MIN) return;
    const actual = this.of(alarm);
    this.#set.delete(key);
    const changed = actual.state !== set.state;
    this.#states.set(key, { ...actual, updatedAt: at, changedAt: changed ? at : set.changedAt });
    this.#changes += 1;
    if (changed) this.history.stateChanged(alarm.region, alarm.name, set, actual);
  }

  /** Looks at the data of every alarm, a few at a time, and forgets the states of those that are no more. */
  async evaluateAll(): Promise<void> {
    const seen = new Set<string>();
    for (let from: readonly [string, string] = ['', '']; ;) {
      const rows = this.#view().range(tables.metricAlarms, { from, limit: ALARMS_AT_ONCE });
      for (const { value } of rows) {
        this.of(value);
        this.#unset(value);
        seen.add(keyOf(value.region, value.name));
      }
      const last = rows.at(-1)?.value;
      if (last === undefined || rows.length < ALARMS_AT_ONCE) break;
      from = [last.region, `${last.name}\0`];
      await setImmediate();
    }
    for (const key of this.#states.keys()) if (!seen.has(key)) this.#states.delete(key);
    for (const key of this.#set.keys()) if (!seen.has(key)) this.#set.delete(key);
  }

  state(alarm: AlarmIdentifier): MetricState {
    const found = this.#named(alarm);
    return found === undefined ? 'insufficient-data' : METRIC_STATES[this.of(found).state];
  }

  configuration(alarm: AlarmIdentifier): AlarmConfiguration | undefined {
    const rule = this.#named(alarm)?.rule;
    if (rule === undefined) return undefined;
    return {
      evaluationPeriods: rule.evaluationPeriods,
      threshold: rule.threshold,
      comparisonOperator: rule.comparison,
      periodSeconds: rule.periodSeconds,
      metricName: rule.metric.name,
      namespace: rule.metric.namespace,
      statistic: rule.statistic,
      dimensions: rule.metric.dimensions,
    };
  }

  /** The alarm was deleted: another of its name begins anew. */
  forget(region: string, name: string): void {
    this.#states.delete(keyOf(region, name));
    this.#set.delete(keyOf(region, name));
  }

  records(): AlarmStateRecord[] {
    return [...this.#states];
  }

  restore(records: readonly AlarmStateRecord[]): void {
    for (const [key, state] of records) this.#states.set(key, state);
  }

  #named({ region, name }: AlarmIdentifier): MetricAlarm | undefined {
    return this.#view().get(tables.metricAlarms, [region, name]);
  }
}

export interface StateOfAlarm {
  readonly state: AlarmState;
  readonly reason: string;
  /** When state and reason were settled, milliseconds since the epoch. */
  readonly updatedAt: number;
  /** When the state was last another one before. */
  readonly changedAt: number;
  /** JSON that came with a state that was set by hand. */
  readonly data?: string;
}

export type AlarmStateRecord = readonly [key: string, state: StateOfAlarm];

const NEW = { state: 'INSUFFICIENT_DATA', reason: UNCHECKED } as const;

/** CloudWatch shows a state that was set for some seconds, too. */
const SET_MILLISECONDS_MIN = 5000;
/** Between two turns of the event loop: some milliseconds. */
const ALARMS_AT_ONCE = 200;

const METRIC_STATES: Readonly<Record<AlarmState, MetricState>> = {
  OK: 'ok',
  ALARM: 'alarm',
  INSUFFICIENT_DATA: 'insufficient-data',
};

function keyOf(region: string, name: string): string {
  return `${region}/${name}`;
}
