import type { ReadOperation } from '../operation.ts';
import { tables, type DelegationSet } from '../tables.ts';

export interface ListReusableDelegationSetsCommand {
  readonly marker?: string;
  readonly maxItems: number;
}

export interface DelegationSetsListed {
  readonly sets: readonly DelegationSet[];
  readonly nextMarker?: string;
}

/** In the order of their ids. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListReusableDelegationSets.html */
export const listReusableDelegationSets: ReadOperation<ListReusableDelegationSetsCommand, DelegationSetsListed> = {
  operation: 'ListReusableDelegationSets',
  read(view, command) {
    const rows = view.range(tables.delegationSets, { from: [command.marker ?? ''], limit: command.maxItems + 1 });
    const next = rows[command.maxItems];
    return {
      sets: rows.slice(0, command.maxItems).map((row) => row.value),
      ...(next === undefined ? {} : { nextMarker: next.value.id }),
    };
  },
};
