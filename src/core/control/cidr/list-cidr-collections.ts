import type { ReadOperation } from '../operation.ts';
import { tables, type CidrCollection } from '../tables.ts';

export interface CidrCollectionsListed {
  readonly collections: readonly CidrCollection[];
  /** Id of the next page's first collection. */
  readonly next?: string;
}

/** In the order of their ids. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListCidrCollections.html */
export const listCidrCollections: ReadOperation<
  { readonly from?: string; readonly maxResults: number },
  CidrCollectionsListed
> = {
  operation: 'ListCidrCollections',
  read(view, { from, maxResults }) {
    const rows = view.range(tables.cidrCollections, { from: [from ?? ''], limit: maxResults + 1 });
    const next = rows[maxResults];
    return {
      collections: rows.slice(0, maxResults).map((row) => row.value),
      ...(next === undefined ? {} : { next: next.value.id }),
    };
  },
};
