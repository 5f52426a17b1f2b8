import type * as sdk from '@aws-sdk/client-cloudwatch';
import type { Dimension } from '../../core/metrics/metric.ts';
import type { MetricDesk } from './door.ts';

export function dimensionsOf(dimensions: readonly sdk.Dimension[] | undefined): Dimension[] {
  return (dimensions ?? []).map(({ Name, Value }) => ({ name: Name ?? '', value: Value ?? '' }));
}

export function dimensionShapes(dimensions: readonly Dimension[]): sdk.Dimension[] {
  return dimensions.map(({ name, value }) => ({ Name: name, Value: value }));
}

export function alarmArn(desk: MetricDesk, name: string): string {
  return `${arnPrefix(desk)}${name}`;
}

/** The alarm that the ARN names; undefined when it names no alarm of this account and region. */
export function alarmNameIn(arn: string, desk: MetricDesk): string | undefined {
  const prefix = arnPrefix(desk);
  return arn.startsWith(prefix) ? arn.slice(prefix.length) : undefined;
}

function arnPrefix({ region, settings }: MetricDesk): string {
  return `arn:aws:cloudwatch:${region}:${settings.accountId}:alarm:`;
}
