import { expect, test } from 'vitest';
import { addressGuard, parseAddress, parseNetwork, type AddressRules } from './address-rules.ts';

const OPEN: AddressRules = { allow: [], deny: [] };

function reason(address: string, rules: AddressRules = OPEN): string {
  return addressGuard(rules)(parseAddress(address) as Uint8Array) ?? 'open';
}

test.each([
  ['192.0.2.1', 'open'],
  ['10.1.2.3', 'open'],
  ['127.0.0.1', 'open'],
  ['::1', 'open'],
  ['fd00::1', 'open'],
  ['2001:db8::1', 'open'],
  ['169.254.169.254', 'link-local'],
  ['169.254.0.0', 'link-local'],
  ['169.255.0.0', 'open'],
  ['fe80::1', 'link-local'],
  ['febf:ffff::1', 'link-local'],
  ['fec0::1', 'open'],
  ['100.100.100.200', 'a cloud metadata service'],
  ['168.63.129.16', 'a cloud metadata service'],
  ['fd00:ec2::254', 'a cloud metadata service'],
  ['fd00:ec2::253', 'open'],
  ['0.0.0.0', 'reserved'],
  ['::', 'reserved'],
  ['255.255.255.255', 'reserved'],
  ['224.0.0.1', 'multicast'],
  ['ff02::1', 'multicast'],
  ['::ffff:169.254.169.254', 'link-local'],
  ['::ffff:10.0.0.1', 'open'],
  ['::169.254.169.254', 'link-local'],
  ['64:ff9b::a9fe:a9fe', 'link-local'],
  ['2002:a9fe:a9fe::1', 'link-local'],
])('%s is %s', (address, expected) => {
  expect(reason(address)).toBe(expected);
});

test.each<[string, Partial<AddressRules>, string]>([
  ['10.0.0.1', { deny: ['10.0.0.0/8'] }, 'denied by the operator'],
  ['11.0.0.1', { deny: ['10.0.0.0/8'] }, 'open'],
  ['10.0.0.1', { allow: ['10.0.0.0/25'] }, 'open'],
  ['10.0.0.128', { allow: ['10.0.0.0/25'] }, 'not among those the operator allows'],
  ['::1', { allow: ['10.0.0.0/8'] }, 'not among those the operator allows'],
  ['10.0.0.1', { allow: ['10.0.0.0/8'], deny: ['10.0.0.1'] }, 'denied by the operator'],
  ['169.254.169.254', { allow: ['0.0.0.0/0'] }, 'link-local'],
  ['::ffff:10.0.0.1', { deny: ['10.0.0.0/8'] }, 'denied by the operator'],
  ['2001:db8:1::1', { deny: ['2001:db8:0::/47'] }, 'denied by the operator'],
  ['2001:db8:2::1', { deny: ['2001:db8:0::/47'] }, 'open'],
])('%s with %j is %s', (address, rules, expected) => {
  expect(reason(address, { ...OPEN, ...rules })).toBe(expected);
});

test.each(['10.0.0.0/33', '10.0.0/8', '::/129', '10.0.0.0/8/8', '10.0.0.0/', 'office', '/8'])(
  '%s is no network',
  (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  },
);
