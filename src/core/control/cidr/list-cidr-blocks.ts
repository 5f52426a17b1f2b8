import type { ReadOperation } from '../operation.ts';
import { tables } from '../tables.ts';
import { noSuchCidrCollection, noSuchCidrLocation } from './no-such-cidr.ts';

export interface ListCidrBlocksCommand {
  readonly id: string;
  readonly location?: string;
  readonly from?: LocatedBlock;
  readonly maxResults: number;
}

export interface LocatedBlock {
  readonly location: string;
  readonly block: string;
}

export interface CidrBlocksListed {
  readonly blocks: readonly LocatedBlock[];
  /** The next page's first block. */
  readonly next?: LocatedBlock;
}

/** By location, then block. https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListCidrBlocks.html */
export const listCidrBlocks: ReadOperation<ListCidrBlocksCommand, CidrBlocksListed> = {
  operation: 'ListCidrBlocks',
  read(view, { id, location, from, maxResults }) {
    if (view.get(tables.cidrCollections, [id]) === undefined) return noSuchCidrCollection(id);
    const prefix = location === undefined ? [id] : [id, location];
    if (location !== undefined && view.range(tables.cidrBlocks, { prefix, limit: 1 }).length === 0) {
      return noSuchCidrLocation(location);
    }
    const start = from === undefined ? {} : { from: [id, from.location, from.block] };
    const rows = view.range(tables.cidrBlocks, { prefix, ...start, limit: maxResults + 1 });
    const blocks = rows.map(({ key }) => ({ location: key[1] as string, block: key[2] as string }));
    const next = blocks[maxResults];
    return { blocks: blocks.slice(0, maxResults), ...(next === undefined ? {} : { next }) };
  },
};
