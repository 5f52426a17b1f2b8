import type * as sdk from '@aws-sdk/client-cloudwatch';
import type { Dimension } from '../../core/metrics/metric.ts';

export function dimensionsOf(dimensions: readonly sdk.Dimension[] | undefined): Dimension[] {
  return (dimensions ?? []).map(({ Name, Value }) => ({ name: Name ?? '', value: Value ?? '' }));
}

export function dimensionShapes(dimensions: readonly Dimension[]): sdk.Dimension[] {
  return dimensions.map(({ name, value }) => ({ Name: name, Value: value }));
}
