import { lane } from '../lanes.ts';
import { isRefusal, refuse, type ChangeBase, type Refusal, type WriteOperation } from '../operation.ts';
import { tables, type Tag } from '../tables.ts';
import type { View } from '../view.ts';

export interface ChangeAlarmTagsCommand {
  readonly region: string;
  readonly name: string;
  readonly add?: readonly Partial<Tag>[];
  readonly remove?: readonly string[];
}

export interface AlarmTagsChanged extends ChangeBase {
  readonly kind: 'AlarmTagsChanged';
  readonly region: string;
  readonly name: string;
  /** All that it has from then on. */
  readonly tags: readonly Tag[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html */
const TAGS_MAX = 50;
const KEY_MAX = 128;
const VALUE_MAX = 256;

/** What CloudWatch calls TagResource and UntagResource: a tag of the same key is replaced, one that is not there is no mistake. */
export const changeAlarmTags: WriteOperation<ChangeAlarmTagsCommand, AlarmTagsChanged> = {
  operation: 'ChangeAlarmTags',
  kind: 'AlarmTagsChanged',
  decide(view, { region, name, add = [], remove = [] }, given) {
    if (view.get(tables.metricAlarms, [region, name]) === undefined) return noSuchAlarm(region, name);
    const added = checkAlarmTags(add);
    if (isRefusal(added)) return added;
    const gone = new Set([...remove, ...added.map(({ key }) => key)]);
    const tags = [...alarmTags(view, region, name).filter(({ key }) => !gone.has(key)), ...added];
    if (tags.length > TAGS_MAX) return tooMany();
    return {
      kind: 'AlarmTagsChanged',
      id: given.newId('change'),
      at: given.now,
      by: given.principal,
      region,
      name,
      tags,
    };
  },
  lanes: () => ({ advances: [lane.metricAlarms], reliesOn: [] }),
  apply(draft, { region, name, tags }) {
    if (tags.length > 0) draft.put(tables.tags, alarmTagsKey(region, name), tags);
    else draft.remove(tables.tags, alarmTagsKey(region, name));
  },
  touches: () => [],
};

/** As CloudWatch knows the alarm's row of tags. */
export function alarmTagsKey(region: string, name: string): readonly [string, string] {
  return ['alarm', `${region}/${name}`];
}

export function alarmTags(view: View, region: string, name: string): readonly Tag[] {
  return view.get(tables.tags, alarmTagsKey(region, name)) ?? [];
}

/** The tags that somebody wants an alarm to have, if they are some. */
export function checkAlarmTags(tags: readonly Partial<Tag>[]): readonly Tag[] | Refusal {
  if (tags.length > TAGS_MAX) return tooMany();
  const checked = tags.map(({ key = '', value = '' }) => ({ key, value }));
  for (const { key, value } of checked) {
    if (key.length < 1 || key.length > KEY_MAX) return wrong(`A tag's Key must have from 1 to ${KEY_MAX} characters`);
    if (key.startsWith('aws:')) return wrong("A tag's Key must not begin with aws:");
    if (value.length > VALUE_MAX) return wrong(`A tag's Value must have at most ${VALUE_MAX} characters`);
  }
  const keys = checked.map(({ key }) => key);
  return new Set(keys).size === keys.length ? checked : wrong('Each tag Key may occur only once');
}

export function noSuchAlarm(region: string, name: string): Refusal {
  return refuse('ResourceNotFoundException', `There is no alarm named ${name} in ${region}.`);
}

function tooMany(): Refusal {
  return wrong(`An alarm can have at most ${TAGS_MAX} tags`);
}

function wrong(message: string): Refusal {
  return refuse('InvalidParameterValue', `${message}.`);
}
