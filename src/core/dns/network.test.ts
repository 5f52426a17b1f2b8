import { expect, test } from 'vitest';
import { parseIpv4, parseIpv6 } from './ip-address.ts';
import { networkHolds, parseNetwork } from './network.ts';

test.each([
  ['192.0.2.0/24', '192.0.2.255', true],
  ['192.0.2.0/24', '192.0.3.0', false],
  ['192.0.2.128/25', '192.0.2.127', false],
  ['192.0.2.128/25', '192.0.2.129', true],
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['0.0.0.0/0', '203.0.113.1', true],
  ['0.0.0.0/0', '::1', false],
  ['2001:db8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
  ['::1', '::1', true],
  ['::/0', '192.0.2.1', false],
])('%s holds %s: %s', (network, address, expected) => {
  const octets = parseIpv4(address) ?? parseIpv6(address) ?? new Uint8Array(0);
  const parsed = parseNetwork(network);
  expect(parsed !== undefined && networkHolds(parsed, octets)).toBe(expected);
});

test.each([
  '192.0.2.1/24',
  '192.0.2.0/33',
  '2001:db8::1/32',
  '::/129',
  '192.0.2.0/',
  '192.0.2.0/-1',
  '/8',
  'x',
  '1.2.3.0/024',
])('%s is no network', (text) => expect(parseNetwork(text)).toBeUndefined());
