import { expect, test } from 'vitest';
import type { Asked } from './host-resolver.ts';
import { refreshAfter, servedTtl } from './refresh.ts';

const addresses = (ttlSeconds: number): Asked => ({ kind: 'addresses', addresses: ['192.0.2.1'], ttlSeconds });
const NONE: Asked = { kind: 'none', reason: 'NXDOMAIN' };
const FAILED: Asked = { kind: 'failed', reason: 'SERVFAIL' };

test.each<[string, Asked, number, number]>([
  ['at its TTL', addresses(60), 0, 60],
  ['a TTL of zero', addresses(0), 0, 5],
  ['a day', addresses(86_400), 0, 3600],
  ['no address', NONE, 0, 60],
  ['the first failure', FAILED, 1, 5],
  ['the third', FAILED, 3, 20],
  ['the hundredth', FAILED, 100, 60],
])('the next look: %s', (_, asked, failures, seconds) => {
  expect(refreshAfter(asked, failures, 0)).toBe(seconds * 1000);
  expect(refreshAfter(asked, failures, 0.999)).toBeGreaterThanOrEqual(seconds * 900);
  expect(refreshAfter(asked, failures, 0.999)).toBeLessThan(seconds * 1000);
});

test.each<[number, boolean, number]>([
  [20, false, 20],
  [300, false, 60],
  [0, false, 0],
  [300, true, 30],
  [5, true, 5],
])('a TTL of %i, stale %s, is served as %i', (told, stale, served) => expect(servedTtl(told, stale)).toBe(served));
