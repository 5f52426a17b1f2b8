import { describe, expect, test } from 'vitest';
import { isRefusal } from '../operation.ts';
import { allowsPolicyChange, allowsZoneSigning, defaultKeyPolicy, zoneSigningPolicy } from './key-policy.ts';
import { readPolicy } from './policy-document.ts';

const ACCOUNT = '111122223333';
const ARN = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234`;
const SERVICE = { Service: 'dnssec-route53.amazonaws.com' };
const ACTIONS = ['kms:DescribeKey', 'kms:GetPublicKey', 'kms:Sign'];
const allow = { Effect: 'Allow', Principal: SERVICE, Action: ACTIONS, Resource: '*' };

const document = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const signs = (policy: string, zoneId?: string) => allowsZoneSigning(policy, ARN, ACCOUNT, zoneId);

describe('zones may be signed', () => {
  test.each<[string, object[], boolean]>([
    ["by AWS's own example", [allow], true],
    ['by an action with a wildcard', [{ ...allow, Action: 'kms:*' }], true],
    ['by several wildcards', [{ ...allow, Action: ['KMS:describe*', 'kms:Get?ublicKey', 'k*:S*n'] }], true],
    ['by an action of everything', [{ ...allow, Action: '*' }], true],
    ['by statements together', ACTIONS.map((Action) => ({ ...allow, Action })), true],
    ['by a statement for everybody', [{ ...allow, Principal: '*' }], true],
    ['by a statement for every principal', [{ ...allow, Principal: { AWS: '*' } }], true],
    ['by a list of services', [{ ...allow, Principal: { Service: ['x.amazonaws.com', SERVICE.Service] } }], true],
    [
      'by what a statement does not list',
      [{ Effect: 'Allow', Principal: SERVICE, NotAction: 'kms:Delete*', Resource: '*' }],
      true,
    ],
    ['on this key', [{ ...allow, Resource: ARN }], true],
    ['on keys like this one', [{ ...allow, Resource: ['arn:aws:kms:*:key/9*', 'arn:aws:kms:*:key/1?3*'] }], true],
    ['of this account', [{ ...allow, Condition: { StringEquals: { 'aws:SourceAccount': [ACCOUNT] } } }], true],
    [
      'of this zone',
      [{ ...allow, Condition: { ArnEquals: { 'AWS:SourceArn': 'arn:aws:route53:::hostedzone/Z1' } } }],
      true,
    ],
    [
      'of any zone',
      [{ ...allow, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:route53:::hostedzone/*' } } }],
      true,
    ],
    [
      'beside a denial for others',
      [
        allow,
        { ...allow, Effect: 'Deny', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': false } } },
      ],
      true,
    ],
    ['not by one action less', [{ ...allow, Action: ACTIONS.slice(1) }], false],
    ['not by another service', [{ ...allow, Principal: { Service: 'dnssec.amazonaws.com' } }], false],
    ['not by an account', [{ ...allow, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }], false],
    ['not by everybody else', [{ Effect: 'Allow', NotPrincipal: SERVICE, Action: ACTIONS, Resource: '*' }], false],
    [
      'not by all actions but one',
      [{ Effect: 'Allow', Principal: SERVICE, NotAction: 'kms:Sign', Resource: '*' }],
      false,
    ],
    ['not on another key', [{ ...allow, Resource: `${ARN}5` }], false],
    [
      'not of another account',
      [{ ...allow, Condition: { StringEquals: { 'aws:SourceAccount': '999999999999' } } }],
      false,
    ],
    [
      'not of all accounts but this',
      [{ ...allow, Condition: { StringNotEquals: { 'aws:SourceAccount': ACCOUNT } } }],
      false,
    ],
    [
      'not of another zone',
      [{ ...allow, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:route53:::hostedzone/Z2' } } }],
      false,
    ],
    ['not by an unknown condition', [{ ...allow, Condition: { StringEquals: { 'aws:Moon': 'full' } } }], false],
    [
      'not by an unknown operator',
      [{ ...allow, Condition: { DateLessThan: { 'aws:SourceAccount': ACCOUNT } } }],
      false,
    ],
    ['not with a denial', [allow, { ...allow, Effect: 'Deny', Action: 'kms:Sign' }], false],
    [
      'not with a denial on terms that nobody knows',
      [allow, { ...allow, Effect: 'Deny', Condition: { StringEquals: { 'aws:Moon': 'new' } } }],
      false,
    ],
  ])('%s', (_, statements, expected) => {
    expect(signs(document(...statements), 'Z1')).toBe(expected);
  });

  test('of no zone in particular, when a zone is named', () => {
    const ofZone = { ...allow, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:route53:::hostedzone/*' } } };
    expect(signs(document(ofZone))).toBe(false);
    expect(signs(document(allow))).toBe(true);
  });

  test('not by the default policy', () => {
    expect(signs(defaultKeyPolicy(ACCOUNT))).toBe(false);
  });
});

test.each([
  ['no JSON', '{', 'it is not JSON'],
  ['no object', '[]', 'it is not a JSON object'],
  ['another version', '{"Version":"2020-01-01","Statement":[]}', 'its Version is not 2012-10-17'],
  ['no statement', '{}', 'a Statement is not an object'],
  ['no effect', document({ ...allow, Effect: 'allow' }), 'the Effect of a Statement is neither Allow nor Deny'],
  ['no principal', document({ ...allow, Principal: undefined }), 'a Statement needs a Principal'],
  ['two kinds of principal', document({ ...allow, NotPrincipal: '*' }), 'a Statement needs a Principal'],
  ['a principal of no kind', document({ ...allow, Principal: 'me' }), 'a Statement needs a Principal'],
  ['no action', document({ ...allow, Action: [] }), 'a Statement needs an Action'],
  ['a number of actions', document({ ...allow, Action: 3 }), 'a Statement needs an Action'],
  ['no resource', document({ ...allow, Resource: undefined }), 'a Statement needs a Resource'],
  [
    'a condition of nothing',
    document({ ...allow, Condition: { Bool: 'yes' } }),
    'a Condition is not made of operators, keys and values',
  ],
])('%s is no policy', (_, text, why) => {
  const message = `The key policy is malformed: ${why}.`;
  expect(readPolicy(text)).toEqual({ refused: 'MalformedPolicyDocumentException', message });
  expect(signs(text)).toBe(false);
});

test('a policy may have so many characters', () => {
  expect(readPolicy(document(allow) + ' '.repeat(32_768))).toMatchObject({ refused: 'LimitExceededException' });
});

test.each<[string, object[], boolean]>([
  ['the account', [{ ...allow, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*' }], true],
  ['the account by its number', [{ ...allow, Principal: { AWS: ACCOUNT }, Action: 'kms:Put*' }], true],
  [
    'its user',
    [{ ...allow, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/admin` }, Action: 'kms:PutKeyPolicy' }],
    true,
  ],
  ['another user', [{ ...allow, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/eve` }, Action: 'kms:*' }], false],
  ['only the service', [allow], false],
  ['the account, but not for policies', [{ ...allow, Principal: { AWS: ACCOUNT }, Action: 'kms:Sign' }], false],
])('a policy that lets %s: whether it can be changed again', (_, statements, expected) => {
  const policy = readPolicy(document(...statements));
  if (isRefusal(policy)) throw new Error(policy.message);
  expect(allowsPolicyChange(policy, ARN, ACCOUNT, 'admin')).toBe(expected);
});

test('a pattern of many wildcards is answered before long', () => {
  const resource = `arn:${'*a'.repeat(1000)}*`;
  expect(signs(document({ ...allow, Resource: resource }))).toBe(false);
});

test('a key that is made for a zone signs that zone alone, and its owner can change that', () => {
  const policy = zoneSigningPolicy(ACCOUNT, 'Z1');
  expect([signs(policy, 'Z1'), signs(policy, 'Z2'), signs(policy)]).toEqual([true, false, false]);
  const read = readPolicy(policy);
  expect(!isRefusal(read) && allowsPolicyChange(read, ARN, ACCOUNT, 'somebody')).toBe(true);
});
