import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verify, type SignedRequest } from './verify.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const DATE = '20260102T030405Z';
const SECRET = 'secret';

/** Signs a canonical request that the test writes out by hand, so that the verifier's own canonical form is what is tested. */
function signature(canonical: string): string {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  let key: Buffer | string = `AWS4${SECRET}`;
  for (const part of ['20260102', 'us-east-1', 'route53', 'aws4_request'])
    key = createHmac('sha256', key).update(part).digest();
  const text = ['AWS4-HMAC-SHA256', DATE, '20260102/us-east-1/route53/aws4_request', hash(canonical)].join('\n');
  return createHmac('sha256', key).update(text).digest('hex');
}

const EMPTY = createHash('sha256').digest('hex');

function check(
  path: string,
  query: string,
  canonicalPath: string,
  canonicalQuery: string,
  host = 'a',
  hostCanonical = 'a',
): void {
  const canonical = `GET\n${canonicalPath}\n${canonicalQuery}\nhost:${hostCanonical}\nx-amz-date:${DATE}\n\nhost;x-amz-date\n${EMPTY}`;
  const authorization =
    'AWS4-HMAC-SHA256 Credential=AK/20260102/us-east-1/route53/aws4_request, SignedHeaders=host;x-amz-date, ' +
    `Signature=${signature(canonical)}`;
  const request: SignedRequest = {
    method: 'GET',
    rawPath: path,
    rawQuery: query,
    headers: { host, 'x-amz-date': DATE, authorization },
    body: new Uint8Array(),
  };
  verify(request, NOW, () => ({ secretAccessKey: SECRET, principal: 'p' }));
}

describe('canonical requests', () => {
  test.each([
    ['/', '', '/', ''],
    ['/a/b', '', '/a/b', ''],
    ['/a/', '', '/a/', ''],
    ['/a%2Fb', '', '/a%252Fb', ''],
    ['/a%2Fb', '', '/a%2Fb', ''],
    ['/a//b/', '', '/a//b/', ''],
    ['/a//b/', '', '/a/b/', ''],
    ['/a/./c/../b', '', '/a/b', ''],
    ['//', '', '/', ''],
    ['/a//b%2F', '', '/a/b%252F', ''],
    ['/', 'b=2&a=1', '/', 'a=1&b=2'],
    ['/', 'a=2&a=1', '/', 'a=1&a=2'],
    ['/', 'a', '/', 'a='],
    ['/', 'a=', '/', 'a='],
    ['/', 'a=x+y', '/', 'a=x%20y'],
    ['/', 'a=*%7e', '/', 'a=%2A~'],
    ['/', 'name=%5C052.example.', '/', 'name=%5C052.example.'],
    // By name first, then by value: as whole strings, `a-b=` would sort before `a=`.
    ['/', 'a-b=1&a=2', '/', 'a=2&a-b=1'],
  ])('%s ? %s', (path, query, canonicalPath, canonicalQuery) => {
    expect(() => check(path, query, canonicalPath, canonicalQuery)).not.toThrow();
  });

  test('header values are trimmed and their runs of spaces are one', () => {
    expect(() => check('/', '', '/', '', '  a   b ', 'a b')).not.toThrow();
  });

  test('another path does not verify', () => {
    expect(() => check('/b', '', '/a', '')).toThrow(/does not match/);
  });
});
