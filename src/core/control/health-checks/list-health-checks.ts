import type { ReadOperation } from '../operation.ts';
import { tables, type HealthCheck } from '../tables.ts';

export interface ListHealthChecksCommand {
  readonly marker?: string;
  readonly maxItems: number;
}

export interface HealthChecksListed {
  readonly checks: readonly HealthCheck[];
  readonly nextMarker?: string;
}

/** In the order of their ids. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHealthChecks.html */
export const listHealthChecks: ReadOperation<ListHealthChecksCommand, HealthChecksListed> = {
  operation: 'ListHealthChecks',
  read(view, command) {
    const rows = view.range(tables.healthChecks, { from: [command.marker ?? ''], limit: command.maxItems + 1 });
    const next = rows[command.maxItems];
    return {
      checks: rows.slice(0, command.maxItems).map((row) => row.value),
      ...(next === undefined ? {} : { nextMarker: next.value.id }),
    };
  },
};
