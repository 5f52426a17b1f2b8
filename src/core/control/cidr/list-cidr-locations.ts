import type { ReadOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import { noSuchCidrCollection } from './no-such-cidr.ts';

export interface CidrLocationsListed {
  readonly locations: readonly string[];
  /** The next page's first location. */
  readonly next?: string;
}

export interface ListCidrLocationsCommand {
  readonly id: string;
  readonly from?: string;
  readonly maxResults: number;
}

/** By name; one look for each, however many blocks it has. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListCidrLocations.html */
export const listCidrLocations: ReadOperation<ListCidrLocationsCommand, CidrLocationsListed> = {
  operation: 'ListCidrLocations',
  read(view, { id, from, maxResults }) {
    if (view.get(tables.cidrCollections, [id]) === undefined) return noSuchCidrCollection(id);
    const locations: string[] = [];
    for (let start = from ?? ''; ;) {
      const row = view.range(tables.cidrBlocks, { prefix: [id], from: [id, start], limit: 1 })[0];
      if (row === undefined) return { locations };
      const location = row.key[1] as string;
      if (locations.length === maxResults) return { locations, next: location };
      locations.push(location);
      start = `${location}\uffff`;
    }
  },
};
