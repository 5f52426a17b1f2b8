import type * as sdk from '@aws-sdk/client-route-53';
import { listTagsForResource, type ResourceTags } from '../../core/control/tags/list-tags-for-resource.ts';
import { listTagsForResources } from '../../core/control/tags/list-tags-for-resources.ts';
import { bareId, optional, read, write, type Door } from './door.ts';

export const changeTagsForResourceDoor: Door<sdk.ChangeTagsForResourceRequest, sdk.ChangeTagsForResourceResponse> = {
  operation: 'ChangeTagsForResource',
  async handle(input, desk) {
    await write(desk, 'ChangeTagsForResource', {
      resourceType: input.ResourceType ?? '',
      resourceId: bareId(input.ResourceId),
      ...optional(
        'addTags',
        input.AddTags?.map((tag) => ({ ...optional('key', tag.Key), ...optional('value', tag.Value) })),
      ),
      ...optional('removeTagKeys', input.RemoveTagKeys),
    });
    return {};
  },
};

export const listTagsForResourceDoor: Door<sdk.ListTagsForResourceRequest, sdk.ListTagsForResourceResponse> = {
  operation: 'ListTagsForResource',
  handle: (input, desk) => ({
    ResourceTagSet: tagSetShape(
      read(desk, listTagsForResource, { resourceType: input.ResourceType ?? '', resourceId: bareId(input.ResourceId) }),
    ),
  }),
};

export const listTagsForResourcesDoor: Door<sdk.ListTagsForResourcesRequest, sdk.ListTagsForResourcesResponse> = {
  operation: 'ListTagsForResources',
  handle: (input, desk) => ({
    ResourceTagSets: read(desk, listTagsForResources, {
      resourceType: input.ResourceType ?? '',
      resourceIds: (input.ResourceIds ?? []).map(bareId),
    }).map(tagSetShape),
  }),
};

function tagSetShape(tags: ResourceTags): sdk.ResourceTagSet {
  return {
    ResourceType: tags.resourceType as sdk.TagResourceType,
    ResourceId: tags.resourceId,
    Tags: tags.tags.map((tag) => ({ Key: tag.key, Value: tag.value })),
  };
}
