import type * as sdk from '@aws-sdk/client-cloudwatch';
import { pageToken, readPageToken } from '../page-token.ts';
import { optional } from '../route53/door.ts';
import { pageSize, type MetricDoor } from './door.ts';

export const describeAlarmHistoryDoor: MetricDoor<sdk.DescribeAlarmHistoryInput, sdk.DescribeAlarmHistoryOutput> = {
  operation: 'DescribeAlarmHistory',
  handle(input, desk) {
    const limit = pageSize(input.MaxRecords);
    const oldestFirst = input.ScanBy === 'TimestampAscending';
    const [token] = readPageToken(input.NextToken, 1, 'InvalidNextToken') ?? [];
    const after = token === undefined ? undefined : Number(token);
    const items: sdk.AlarmHistoryItem[] = [];
    const from = input.StartDate?.getTime() ?? -Infinity;
    const to = input.EndDate?.getTime() ?? Infinity;
    // Composite alarms have none, and alarms have no contributors.
    const none =
      (input.AlarmTypes !== undefined && !input.AlarmTypes.includes('MetricAlarm')) ||
      input.AlarmContributorId !== undefined;
    let last = 0;
    for (const event of none ? [] : desk.telemetry.alarms.history.events(desk.region, oldestFirst)) {
      if (after !== undefined && (oldestFirst ? event.number <= after : event.number >= after)) continue;
      if ((input.AlarmName ?? event.alarmName) !== event.alarmName) continue;
      if ((input.HistoryItemType ?? event.kind) !== event.kind) continue;
      if (event.at < from || event.at > to) continue;
      if (items.length === limit) {
        return { AlarmHistoryItems: items, ...optional('NextToken', pageToken([String(last)])) };
      }
      items.push({
        AlarmName: event.alarmName,
        AlarmType: 'MetricAlarm',
        Timestamp: new Date(event.at),
        HistoryItemType: event.kind,
        HistorySummary: event.summary,
        HistoryData: event.data,
      });
      last = event.number;
    }
    return { AlarmHistoryItems: items };
  },
};
