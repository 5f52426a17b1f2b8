import { refuse, type Refusal } from '../operation.ts';
import type { Tag } from '../tables.ts';

/** https://docs.aws.amazon.com/kms/latest/developerguide/tagging-keys.html */
const TAGS_MAX = 50;
const KEY_MAX = 128;
const VALUE_MAX = 256;

/** What is wrong with tags that a key is to have beside those that it has. */
export function checkKmsTags(added: readonly Tag[], present: readonly Tag[] = []): Refusal | undefined {
  const keys = new Set(added.map(({ key }) => key));
  if (keys.size < added.length) return refuse('TagException', 'Duplicate tag keys');
  for (const [index, { key, value }] of added.entries()) {
    const at = `tags.${index + 1}.member`;
    if (key.length === 0) return form('', `${at}.tagKey`, 'have length greater than or equal to 1');
    if (key.length > KEY_MAX) return form(key, `${at}.tagKey`, `have length less than or equal to ${KEY_MAX}`);
    if (value.length > VALUE_MAX)
      return form(value, `${at}.tagValue`, `have length less than or equal to ${VALUE_MAX}`);
    if (/^aws:/i.test(key)) return refuse('TagException', 'Tags beginning with aws: are reserved');
  }
  const kept = present.filter(({ key }) => !keys.has(key)).length;
  return kept + keys.size > TAGS_MAX ? refuse('TagException', 'Too many tags') : undefined;
}

export function kmsTagsAfter(present: readonly Tag[], added: readonly Tag[], removed: readonly string[]): Tag[] {
  const gone = new Set([...removed, ...added.map(({ key }) => key)]);
  return [...present.filter(({ key }) => !gone.has(key)), ...added];
}

function form(value: string, member: string, must: string): Refusal {
  return refuse(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${must}`,
  );
}
