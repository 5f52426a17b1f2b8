import type { ReadOperation } from '../operation.ts';
import { tables, type Tag } from '../tables.ts';
import { checkTagResource, type TagResource } from './tag-resource.ts';

export interface ResourceTags extends TagResource {
  readonly tags: readonly Tag[];
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListTagsForResource.html */
export const listTagsForResource: ReadOperation<TagResource, ResourceTags> = {
  operation: 'ListTagsForResource',
  read(view, { resourceType, resourceId }) {
    const refusal = checkTagResource(view, { resourceType, resourceId });
    if (refusal !== undefined) return refusal;
    return { resourceType, resourceId, tags: view.get(tables.tags, [resourceType, resourceId]) ?? [] };
  },
};
