import type { AlarmState } from '../core/metrics/alarm-rule.ts';

/** What happened to alarms, as DescribeAlarmHistory tells it. Telemetry: bounded, this member's, and lost as data points are. */
export interface AlarmEvent {
  /** Later events have higher ones. */
  readonly number: number;
  readonly region: string;
  readonly alarmName: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: 'ConfigurationUpdate' | 'StateUpdate';
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

/** Less than a kilobyte each, most of it a state's reason. */
const EVENTS_MAX = 5000;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
const KEPT_MILLISECONDS = 30 * 86_400_000;
const SUMMARY_MAX = 255;
const VERSION = '1.0';

interface Told {
  readonly state: AlarmState;
  readonly reason: string;
}

export class AlarmHistory {
  readonly #now: () => number;
  #events: AlarmEvent[] = [];
  #next = 1;

  /** `now` in milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Grows with every event. */
  get changes(): number {
    return this.#next;
  }

  stateChanged(region: string, alarmName: string, before: Told, after: Told): void {
    const told = ({ state, reason }: Told): object => ({ stateValue: state, stateReason: reason });
    const data = { version: VERSION, oldState: told(before), newState: told(after) };
    this.#add(region, alarmName, 'StateUpdate', `Alarm updated from ${before.state} to ${after.state}`, data);
  }

  configured(region: string, alarmName: string, what: 'Create' | 'Update' | 'Delete'): void {
    const summary = `Alarm "${alarmName}" ${what.toLowerCase()}d`;
    this.#add(region, alarmName, 'ConfigurationUpdate', summary, { version: VERSION, type: what });
  }

  /** Those of a region, from the newest to the oldest or the other way round. */
  *events(region: string, oldestFirst: boolean): Generator<AlarmEvent> {
    const since = this.#now() - KEPT_MILLISECONDS;
    for (const event of oldestFirst ? this.#events : this.#events.toReversed()) {
      if (event.region === region && event.at >= since) yield event;
    }
  }

  records(): readonly AlarmEvent[] {
    return this.#events;
  }

  restore(events: readonly AlarmEvent[]): void {
    this.#events = events.slice(-EVENTS_MAX);
    this.#next = Math.max(0, ...this.#events.map(({ number }) => number)) + 1;
  }

  #add(region: string, alarmName: string, kind: AlarmEvent['kind'], summary: string, data: object): void {
    this.#events.push({
      number: this.#next,
      region,
      alarmName,
      at: this.#now(),
      kind,
      summary: summary.slice(0, SUMMARY_MAX),
      data: JSON.stringify(data),
    });
    this.#next += 1;
    // The oldest go by the hundred: one at a time would move all others each time.
    if (this.#events.length >= EVENTS_MAX + 100) this.#events = this.#events.slice(-EVENTS_MAX);
  }
}
