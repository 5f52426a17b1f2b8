import { describe, expect, test } from 'vitest';
import { fingerprintOf, Wrapping, wrappingKeyOf, type Purpose } from './wrapping.ts';

const MASTER = new Uint8Array(32).fill(7);
const OTHER_MASTER = new Uint8Array(32).fill(8);
const KEY = new Uint8Array(32).fill(0xab);
const wrappingOf = (master: Uint8Array, purpose: Purpose) => new Wrapping(wrappingKeyOf(master, purpose));

describe('a wrapped key', () => {
  const wrapping = wrappingOf(MASTER, 'kms-key');
  const wrapped = wrapping.wrap('key-1', KEY);
  const changed = (octet: number) => {
    const octets = Buffer.from(wrapped, 'base64');
    octets[octet] = (octets[octet] as number) ^ 1;
    return octets.toString('base64');
  };

  test('is unwrapped under its id', () => {
    expect(new Uint8Array(wrapping.unwrap('key-1', wrapped) ?? [])).toEqual(KEY);
  });

  test('differs from time to time', () => {
    expect(wrapping.wrap('key-1', KEY)).not.toBe(wrapped);
  });

  test.each<[string, Wrapping, string, string]>([
    ['under another id', wrapping, 'key-2', wrapped],
    ['with another master secret', wrappingOf(OTHER_MASTER, 'kms-key'), 'key-1', wrapped],
    ['for another purpose', wrappingOf(MASTER, 'zone-signing-key'), 'key-1', wrapped],
    ['of another form', wrapping, 'key-1', changed(0)],
    ['with another nonce', wrapping, 'key-1', changed(1)],
    ['with a bit of it turned', wrapping, 'key-1', changed(20)],
    ['with a bit of its tag turned', wrapping, 'key-1', changed(60)],
    ['cut short', wrapping, 'key-1', wrapped.slice(0, 24)],
    ['of nothing', wrapping, 'key-1', ''],
  ])('%s is nothing', (_, by, id, text) => {
    expect(by.unwrap(id, text)).toBeUndefined();
  });
});

test('a fingerprint tells master secrets apart', () => {
  expect(fingerprintOf(MASTER)).toMatch(/^[0-9a-f]{32}$/);
  expect(fingerprintOf(MASTER)).toBe(fingerprintOf(new Uint8Array(MASTER)));
  expect(fingerprintOf(MASTER)).not.toBe(fingerprintOf(OTHER_MASTER));
});
