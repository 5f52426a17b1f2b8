import { beforeEach, describe, expect, test } from 'vitest';
import { House } from '../house-in-memory.ts';
import type { ChangeBase, WriteOperation } from '../operation.ts';
import { tables, type Tag } from '../tables.ts';
import { adoptMasterKey } from './adopt-master-key.ts';
import { createKmsAlias, deleteKmsAlias, updateKmsAlias } from './aliases.ts';
import { createKmsKey, type CreateKmsKeyCommand } from './create-kms-key.ts';
import { deleteKmsKey, dueKmsDeletions, nextKmsDeletion } from './delete-kms-key.ts';
import { kmsKeyNamed } from './find-kms-key.ts';
import { putKmsKeyPolicy, tagKmsKey, untagKmsKey, updateKmsKeyDescription } from './key-members.ts';
import { cancelKmsKeyDeletion, disableKmsKey, enableKmsKey, scheduleKmsKeyDeletion } from './key-states.ts';
import { listKmsAliases, listKmsKeys } from './list-kms.ts';

const region = 'us-east-1';
const KEY = '11111111-2222-4333-8444-555555555555';
const OTHER = '22222222-2222-4333-8444-555555555555';
const ARN = `arn:aws:kms:us-east-1:000000000000:key/${KEY}`;
const DAY = 86_400_000;

let house: House;
const run = <C, Ch extends ChangeBase>(operation: WriteOperation<C, Ch>, command: C): string => {
  const change = house.run(operation, command);
  return typeof change === 'string' ? change : 'ok';
};
const create = (id: string, more: Partial<CreateKmsKeyCommand> = {}): string =>
  run(createKmsKey, {
    region,
    id,
    spec: 'ECC_NIST_P256',
    publicKey: 'AA==',
    wrapped: 'AQ==',
    description: 'of a zone',
    bypassPolicyCheck: false,
    tags: [],
    ...more,
  });
const key = (id = KEY) => house.draft.get(tables.kmsKeys, [region, id]);
const named = (name: string) => {
  const found = kmsKeyNamed(house.draft, name, { region, accountId: '000000000000' });
  return 'refused' in found ? `${found.refused}: ${found.message}` : found.id;
};
const tagsOf = (count: number): Tag[] => Array.from({ length: count }, (_, at) => ({ key: `k${at}`, value: '' }));

beforeEach(() => {
  house = new House();
  house.now(1000);
  create(KEY);
});

test("a key is made with KMS's defaults", () => {
  expect(key()).toMatchObject({ state: 'Enabled', description: 'of a zone', createdAt: 1000, tags: [] });
  expect(JSON.parse(key()?.policy ?? '')).toMatchObject({ Id: 'key-default-1' });
});

test.each<[string, Partial<CreateKmsKeyCommand>, string]>([
  ['tags twice', { tags: [...tagsOf(1), ...tagsOf(1)] }, 'TagException: Duplicate tag keys'],
  ['too many tags', { tags: tagsOf(51) }, 'TagException: Too many tags'],
  ["a tag of AWS's", { tags: [{ key: 'AWS:x', value: '' }] }, 'TagException: Tags beginning with aws: are reserved'],
  [
    'a long tag',
    { tags: [{ key: 'a', value: 'v'.repeat(257) }] },
    `ValidationException: 1 validation error detected: Value '${'v'.repeat(257)}' at 'tags.1.member.tagValue' failed to satisfy constraint: Member must have length less than or equal to 256`,
  ],
  ['no policy', { policy: '?' }, 'MalformedPolicyDocumentException: The key policy is malformed: it is not JSON.'],
  [
    'a policy that nobody could change',
    { policy: '{"Statement":[]}' },
    'MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.',
  ],
])('a key with %s is refused', (_, more, message) => {
  expect(create(OTHER, more)).toBe(message);
});

test('who says so has a policy that nobody can change', () => {
  expect(create(OTHER, { policy: '{"Statement":[]}', bypassPolicyCheck: true })).toBe('ok');
});

describe('states', () => {
  const on = { region, keyId: KEY };

  test('a key is enabled, disabled, and named by its ARN', () => {
    expect([run(disableKmsKey, { region, keyId: ARN }), key()?.state]).toEqual(['ok', 'Disabled']);
    expect([run(enableKmsKey, on), key()?.state]).toEqual(['ok', 'Enabled']);
  });

  test('a key that is about to be deleted is left alone but for its policy', () => {
    run(scheduleKmsKeyDeletion, { ...on, days: 7 });
    const refusal = `KMSInvalidStateException: ${ARN} is pending deletion.`;
    expect([
      run(enableKmsKey, on),
      run(disableKmsKey, on),
      run(scheduleKmsKeyDeletion, on),
      run(updateKmsKeyDescription, { ...on, description: '' }),
      run(tagKmsKey, { ...on, tags: [] }),
      run(untagKmsKey, { ...on, tagKeys: [] }),
      run(createKmsAlias, { ...on, alias: 'alias/a' }),
    ]).toEqual(Array(7).fill(refusal));
    expect(run(putKmsKeyPolicy, { ...on, policy: '{"Statement":[]}', bypassPolicyCheck: true })).toBe('ok');
  });

  test('a deletion waits from 7 to 30 days, 30 unless said', () => {
    const message = 'ValidationException: PendingWindowInDays must be between 7 and 30 inclusive';
    expect([6, 31, NaN].map((days) => run(scheduleKmsKeyDeletion, { ...on, days }))).toEqual(Array(3).fill(message));
    expect(run(scheduleKmsKeyDeletion, on)).toBe('ok');
    expect(key()).toMatchObject({ state: 'PendingDeletion', deletionAt: 1000 + 30 * DAY });
  });

  test('a deletion that is called off leaves the key disabled', () => {
    expect(run(cancelKmsKeyDeletion, on)).toBe(`KMSInvalidStateException: ${ARN} is not pending deletion.`);
    run(scheduleKmsKeyDeletion, on);
    expect(run(cancelKmsKeyDeletion, on)).toBe('ok');
    expect(key()).not.toHaveProperty('deletionAt');
    expect(key()?.state).toBe('Disabled');
    expect(nextKmsDeletion(house.draft)).toBeUndefined();
  });

  test('a key is deleted when it is due, and nothing of it is left', () => {
    run(createKmsAlias, { ...on, alias: 'alias/a' });
    run(scheduleKmsKeyDeletion, { ...on, days: 7 });
    const at = 1000 + 7 * DAY;
    expect(nextKmsDeletion(house.draft)).toBe(at);
    expect(dueKmsDeletions(house.draft, at - 1, 10)).toEqual([]);
    expect(run(deleteKmsKey, on)).toBe(`KMSInvalidStateException: The deletion of ${KEY} is not due.`);
    house.now(at);
    const due = dueKmsDeletions(house.draft, at, 10);
    expect(due).toEqual([on]);
    expect(due.map((command) => run(deleteKmsKey, command))).toEqual(['ok']);
    expect(house.draft.rowCounts()).toEqual({ counters: 1 });
    expect(house.draft.get(tables.counters, ['kms-keys'])).toBe(0);
  });
});

test('tags are added, replaced and removed', () => {
  run(tagKmsKey, {
    region,
    keyId: KEY,
    tags: [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ],
  });
  run(tagKmsKey, { region, keyId: KEY, tags: [{ key: 'a', value: '3' }] });
  run(untagKmsKey, { region, keyId: KEY, tagKeys: ['b', 'c'] });
  expect(key()?.tags).toEqual([{ key: 'a', value: '3' }]);
  expect(run(tagKmsKey, { region, keyId: KEY, tags: tagsOf(50) })).toBe('TagException: Too many tags');
});

describe('aliases', () => {
  const alias = (name: string, keyId = KEY) => run(createKmsAlias, { region, alias: name, keyId });

  test('an alias names a key, and another one when it is moved', () => {
    create(OTHER);
    expect(alias('alias/a')).toBe('ok');
    expect(named('alias/a')).toBe(KEY);
    expect(run(updateKmsAlias, { region, alias: 'alias/a', keyId: OTHER })).toBe('ok');
    expect(named('arn:aws:kms:us-east-1:000000000000:alias/a')).toBe(OTHER);
    expect(run(deleteKmsAlias, { region, alias: 'alias/a' })).toBe('ok');
    expect(named('alias/a')).toBe('NotFoundException: Alias arn:aws:kms:us-east-1:000000000000:alias/a is not found.');
  });

  test.each([
    [
      'ksk',
      'ValidationException: Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    ],
    ['alias/', 'InvalidAliasNameException: An alias needs a name behind "alias/".'],
    ['alias/aws/x', 'NotAuthorizedException: '],
    [
      'alias/a b',
      "ValidationException: 1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
    ],
  ])('%s is no alias', (name, message) => {
    expect(alias(name)).toBe(message);
  });

  test('there is one of a name, and there may be so many of a key', () => {
    expect(alias('alias/a0')).toBe('ok');
    expect(alias('alias/a0')).toBe(
      'AlreadyExistsException: An alias with the name arn:aws:kms:us-east-1:000000000000:alias/a0 already exists',
    );
    for (let at = 1; at < 50; at += 1) expect(alias(`alias/a${at}`)).toBe('ok');
    expect(alias('alias/b')).toBe('LimitExceededException: A key can have at most 50 aliases.');
    expect(run(updateKmsAlias, { region, alias: 'alias/a0', keyId: KEY })).toBe('ok');
  });

  test('none is made of or moved to a key that is not there', () => {
    expect(alias('alias/a', 'x')).toBe("NotFoundException: Invalid keyId 'x'");
    expect(run(updateKmsAlias, { region, alias: 'alias/a', keyId: KEY })).toMatch(/^NotFoundException: Alias /);
    expect(run(deleteKmsAlias, { region, alias: 'alias/a' })).toMatch(/^NotFoundException: Alias /);
  });
});

test('keys and aliases are listed page by page, of one region', () => {
  create(OTHER);
  create(KEY, { region: 'eu-west-1' });
  run(createKmsAlias, { region, alias: 'alias/a', keyId: KEY });
  const first = listKmsKeys(house.draft, region, 1);
  expect([first.items.map(({ id }) => id), first.next]).toEqual([[KEY], KEY]);
  expect(listKmsKeys(house.draft, region, 1, first.next).items.map(({ id }) => id)).toEqual([OTHER]);
  expect(listKmsKeys(house.draft, region, 2)).not.toHaveProperty('next');
  expect(listKmsAliases(house.draft, region, 10).items.map(({ name }) => name)).toEqual(['alias/a']);
  expect(listKmsAliases(house.draft, 'eu-west-1', 10).items).toEqual([]);
});

test('data belongs to the master key that it adopted first', () => {
  expect([run(adoptMasterKey, { fingerprint: 'a' }), run(adoptMasterKey, { fingerprint: 'a' })]).toEqual(['ok', 'ok']);
  expect(run(adoptMasterKey, { fingerprint: 'b' })).toBe(
    'InvalidInput: The keys in this data were wrapped with another master key.',
  );
});
