import { EXTENSION_PREFIX, extensionProblem } from '../../health/extensions.ts';
import { isZoneTag, zoneTagProblem } from '../dnssec/zone-tags.ts';
import { lookAfter } from '../dnssec/due.ts';
import { healthCheckTouched } from '../health-checks/health-check-touched.ts';
import { lane } from '../lanes.ts';
import { refuse, type ChangeBase, type Refusal, type WriteOperation } from '../operation.ts';
import { tables, type Tag } from '../tables.ts';
import { checkTagResource, type TagResource } from './tag-resource.ts';

export interface ChangeTagsForResourceCommand extends TagResource {
  readonly addTags?: readonly { readonly key?: string; readonly value?: string }[];
  readonly removeTagKeys?: readonly string[];
}

export interface TagsChanged extends ChangeBase, TagResource {
  readonly kind: 'TagsChanged';
  readonly add: readonly Tag[];
  readonly remove: readonly string[];
}

const TAGS_PER_CALL_MAX = 10;
/** https://docs.aws.amazon.com/general/latest/gr/aws_tagging.html */
const TAGS_PER_RESOURCE_MAX = 50;
const KEY_MAX = 128;
const VALUE_MAX = 256;

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html */
export const changeTagsForResource: WriteOperation<ChangeTagsForResourceCommand, TagsChanged> = {
  operation: 'ChangeTagsForResource',
  kind: 'TagsChanged',
  decide(view, command, given) {
    const refusal = checkTagResource(view, command) ?? checkTags(command);
    if (refusal !== undefined) return refusal;
    const add = (command.addTags ?? []).map((tag) => ({ key: tag.key ?? '', value: tag.value ?? '' }));
    const change: TagsChanged = {
      kind: 'TagsChanged',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      resourceType: command.resourceType,
      resourceId: command.resourceId,
      add,
      remove: command.removeTagKeys ?? [],
    };
    const current = view.get(tables.tags, [command.resourceType, command.resourceId]) ?? [];
    if (tagsAfter(current, change).length > TAGS_PER_RESOURCE_MAX) {
      return refuse('InvalidInput', `A resource can have at most ${TAGS_PER_RESOURCE_MAX} tags`);
    }
    return change;
  },
  lanes: ({ resourceType, resourceId }) => ({
    advances: [resourceType === 'healthcheck' ? lane.healthCheck(resourceId) : lane.zone(resourceId)],
    reliesOn: [],
  }),
  apply(draft, change) {
    const key = [change.resourceType, change.resourceId];
    const tags = tagsAfter(draft.get(tables.tags, key) ?? [], change);
    if (tags.length > 0) draft.put(tables.tags, key, tags);
    else draft.remove(tables.tags, key);
    const said = [...change.remove, ...change.add.map((tag) => tag.key)];
    if (change.resourceType === 'hostedzone' && said.some(isZoneTag)) lookAfter(draft, change.resourceId, change.at);
  },
  // How a health check is probed may be said in its tags.
  touches: (_view, { resourceType, resourceId }) =>
    resourceType === 'healthcheck' ? [healthCheckTouched(resourceId)] : [],
};

function checkTags(command: ChangeTagsForResourceCommand): Refusal | undefined {
  const { addTags, removeTagKeys } = command;
  if (addTags === undefined && removeTagKeys === undefined) {
    return refuse('InvalidInput', 'Either AddTags or RemoveTagKeys must be given');
  }
  for (const [what, list] of [
    ['AddTags', addTags],
    ['RemoveTagKeys', removeTagKeys],
  ] as const) {
    if (list !== undefined && (list.length < 1 || list.length > TAGS_PER_CALL_MAX)) {
      return refuse('InvalidInput', `${what} must have from 1 to ${TAGS_PER_CALL_MAX} items`);
    }
  }
  const keys = (addTags ?? []).map((tag) => tag.key ?? '');
  if ([...keys, ...(removeTagKeys ?? [])].some((key) => key.length < 1 || key.length > KEY_MAX)) {
    return refuse('InvalidInput', `A tag's Key must have from 1 to ${KEY_MAX} characters`);
  }
  if (keys.some((key) => key.startsWith('aws:'))) return refuse('InvalidInput', "A tag's Key must not begin with aws:");
  if ((addTags ?? []).some((tag) => (tag.value ?? '').length > VALUE_MAX)) {
    return refuse('InvalidInput', `A tag's Value must have at most ${VALUE_MAX} characters`);
  }
  if (new Set(keys).size < keys.length || keys.some((key) => removeTagKeys?.includes(key))) {
    return refuse('InvalidInput', 'Each tag Key may occur only once');
  }
  return checkExtensions(addTags ?? [], command.resourceType === 'healthcheck' ? extensionProblem : zoneTagProblem);
}

function checkExtensions(
  tags: NonNullable<ChangeTagsForResourceCommand['addTags']>,
  problemOf: (tag: Tag) => string | undefined,
): Refusal | undefined {
  for (const { key = '', value = '' } of tags) {
    const problem = key.startsWith(EXTENSION_PREFIX) ? problemOf({ key, value }) : undefined;
    if (problem !== undefined) return refuse('InvalidInput', `Invalid parameter : ${problem}`);
  }
  return undefined;
}

function tagsAfter(tags: readonly Tag[], change: TagsChanged): Tag[] {
  const gone = new Set([...change.remove, ...change.add.map((tag) => tag.key)]);
  return [...tags.filter((tag) => !gone.has(tag.key)), ...change.add];
}
