import type * as sdk from '@aws-sdk/client-route-53';
import type { CidrCollectionChanged } from '../../core/control/cidr/change-cidr-collection.ts';
import type { CidrCollectionCreated } from '../../core/control/cidr/create-cidr-collection.ts';
import { listCidrBlocks } from '../../core/control/cidr/list-cidr-blocks.ts';
import { listCidrCollections } from '../../core/control/cidr/list-cidr-collections.ts';
import { listCidrLocations } from '../../core/control/cidr/list-cidr-locations.ts';
import type { CidrCollection } from '../../core/control/tables.ts';
import { optional, pageSize, read, write, type Desk, type Door } from './door.ts';
import { pageToken, readPageToken } from '../page-token.ts';

const PAGE_MAX = 100;

function collectionShape(collection: CidrCollection, desk: Desk): sdk.CidrCollection {
  return {
    Arn: `arn:aws:route53::${desk.settings.accountId}:cidrcollection/${collection.id}`,
    Id: collection.id,
    Name: collection.name,
    Version: collection.version,
  };
}

export const createCidrCollectionDoor: Door<sdk.CreateCidrCollectionRequest, sdk.CreateCidrCollectionResponse> = {
  operation: 'CreateCidrCollection',
  async handle(input, desk) {
    const { collection } = await write<CidrCollectionCreated>(desk, 'CreateCidrCollection', {
      name: input.Name ?? '',
      callerReference: input.CallerReference ?? '',
    });
    return {
      Collection: collectionShape(collection, desk),
      Location: `https://route53.amazonaws.com/2013-04-01/cidrcollection/${collection.id}`,
    };
  },
};

export const changeCidrCollectionDoor: Door<sdk.ChangeCidrCollectionRequest, sdk.ChangeCidrCollectionResponse> = {
  operation: 'ChangeCidrCollection',
  async handle(input, desk) {
    const change = await write<CidrCollectionChanged>(desk, 'ChangeCidrCollection', {
      id: input.Id ?? '',
      ...optional('version', input.CollectionVersion),
      changes: (input.Changes ?? []).map((each) => ({
        action: each.Action ?? '',
        location: each.LocationName ?? '',
        blocks: each.CidrList ?? [],
      })),
    });
    return { Id: change.id };
  },
};

export const deleteCidrCollectionDoor: Door<sdk.DeleteCidrCollectionRequest, sdk.DeleteCidrCollectionResponse> = {
  operation: 'DeleteCidrCollection',
  async handle(input, desk) {
    await write(desk, 'DeleteCidrCollection', { id: input.Id ?? '' });
    return {};
  },
};

export const listCidrCollectionsDoor: Door<sdk.ListCidrCollectionsRequest, sdk.ListCidrCollectionsResponse> = {
  operation: 'ListCidrCollections',
  handle(input, desk) {
    const [from] = readPageToken(input.NextToken, 1) ?? [];
    const maxResults = pageSize(input.MaxResults, PAGE_MAX, PAGE_MAX);
    const { collections, next } = read(desk, listCidrCollections, { maxResults, ...optional('from', from) });
    return {
      CidrCollections: collections.map((collection) => collectionShape(collection, desk)),
      ...optional('NextToken', pageToken(next === undefined ? undefined : [next])),
    };
  },
};

export const listCidrLocationsDoor: Door<sdk.ListCidrLocationsRequest, sdk.ListCidrLocationsResponse> = {
  operation: 'ListCidrLocations',
  handle(input, desk) {
    const [from] = readPageToken(input.NextToken, 1) ?? [];
    const maxResults = pageSize(input.MaxResults, PAGE_MAX, PAGE_MAX);
    const command = { id: input.CollectionId ?? '', maxResults, ...optional('from', from) };
    const { locations, next } = read(desk, listCidrLocations, command);
    return {
      CidrLocations: locations.map((LocationName) => ({ LocationName })),
      ...optional('NextToken', pageToken(next === undefined ? undefined : [next])),
    };
  },
};

export const listCidrBlocksDoor: Door<sdk.ListCidrBlocksRequest, sdk.ListCidrBlocksResponse> = {
  operation: 'ListCidrBlocks',
  handle(input, desk) {
    const [location, block] = readPageToken(input.NextToken, 2) ?? [];
    const { blocks, next } = read(desk, listCidrBlocks, {
      id: input.CollectionId ?? '',
      maxResults: pageSize(input.MaxResults, PAGE_MAX, PAGE_MAX),
      ...optional('location', input.LocationName),
      ...optional('from', location === undefined || block === undefined ? undefined : { location, block }),
    });
    return {
      CidrBlocks: blocks.map((each) => ({ CidrBlock: each.block, LocationName: each.location })),
      ...optional('NextToken', pageToken(next && [next.location, next.block])),
    };
  },
};
