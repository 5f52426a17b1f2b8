import { tables, type MetricAlarm } from '../tables.ts';
import type { View } from '../view.ts';

export interface DescribeAlarmsCommand {
  readonly region: string;
  /** Only these; every one when left out. */
  readonly names?: readonly string[];
  readonly namePrefix?: string;
  /** The name that the page begins behind. */
  readonly after?: string;
  readonly limit: number;
  /** What the caller knows beside the configuration: whether the alarm is asked for. */
  readonly accepts: (alarm: MetricAlarm) => boolean;
}

export interface AlarmsDescribed {
  readonly alarms: readonly MetricAlarm[];
  /** The last alarm's name, when there may be more behind it. */
  readonly next?: string;
}

/**
 * Alarms of a region by name. Their states are not configuration: who asks adds them.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export function describeAlarms(
  view: View,
  { region, names, namePrefix = '', after = '', limit, accepts }: DescribeAlarmsCommand,
): AlarmsDescribed {
  if (names !== undefined) {
    const found = [...new Set(names)].flatMap((name) => view.get(tables.metricAlarms, [region, name]) ?? []);
    return { alarms: found.filter(accepts) };
  }
  const alarms: MetricAlarm[] = [];
  for (let from = after === '' ? '' : `${after}\0`; ;) {
    const rows = view.range(tables.metricAlarms, {
      prefix: [region],
      from: [region, from],
      textPrefix: namePrefix,
      limit: ROWS_AT_ONCE,
    });
    for (const { value } of rows) {
      if (!accepts(value)) continue;
      if (alarms.length === limit) return { alarms, next: alarms.at(-1)?.name ?? '' };
      alarms.push(value);
    }
    if (rows.length < ROWS_AT_ONCE) return { alarms };
    from = `${rows.at(-1)?.value.name ?? ''}\0`;
  }
}

/** A page of the API has as many at most. */
const ROWS_AT_ONCE = 100;
