import { expect, test } from 'vitest';
import { nextKeyName } from './next-key.ts';
import { NO_DNSSEC, type KeySigningKey } from './zone-dnssec.ts';

test.each([
  ['one', 'ksk_20261124'],
  ['ksk_20261123', 'ksk_20261124'],
  ['ksk_20261124', 'ksk_20261124_2'],
])('beside %s the next key is %s', (name, next) => {
  const keySigningKeys = [{ name } as KeySigningKey];
  expect(nextKeyName({ ...NO_DNSSEC, keySigningKeys }, Date.UTC(2026, 10, 24, 23, 59))).toBe(next);
});
