import { isRefusal, refuse, type ReadOperation } from '../operation.ts';
import { listTagsForResource, type ResourceTags } from './list-tags-for-resource.ts';

export interface ListTagsForResourcesCommand {
  readonly resourceType: string;
  readonly resourceIds: readonly string[];
}

const RESOURCES_PER_CALL_MAX = 10;

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListTagsForResources.html */
export const listTagsForResources: ReadOperation<ListTagsForResourcesCommand, readonly ResourceTags[]> = {
  operation: 'ListTagsForResources',
  read(view, { resourceType, resourceIds }, given) {
    if (resourceIds.length < 1 || resourceIds.length > RESOURCES_PER_CALL_MAX) {
      return refuse('InvalidInput', `ResourceIds must have from 1 to ${RESOURCES_PER_CALL_MAX} items`);
    }
    const sets: ResourceTags[] = [];
    for (const resourceId of resourceIds) {
      const set = listTagsForResource.read(view, { resourceType, resourceId }, given);
      if (isRefusal(set)) return set;
      sets.push(set);
    }
    return sets;
  },
};
