import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareCanonical, parseName, printName, type Name } from '../dns/name.ts';
import { nsec } from '../dns/rdata/nsec.ts';
import { TYPE } from '../dns/record-type.ts';
import { compactNsec, NO_NAME } from './compact-denial.ts';

const x63 = 'x'.repeat(63);
/** 254 octets: no name lies below it. */
const long254 = `${'y'.repeat(60)}.${x63}.${x63}.${x63}.`;

describe('the next name', () => {
  test.each([
    ['a.example.', '\\000.a.example.'],
    ['A.Example.', '\\000.a.example.'],
    ['.', '\\000.'],
    ['*.example.', '\\000.*.example.'],
    [long254, `${'y'.repeat(60)}\\000.${x63}.${x63}.${x63}.`],
    [`y${long254}`, `${'y'.repeat(60)}z.${x63}.${x63}.${x63}.`],
    [`\\@${long254}`, `\\@${'y'.repeat(59)}z.${x63}.${x63}.${x63}.`],
    [`${'y'.repeat(59)}\\@\\@.${x63}.${x63}.${x63}.`, `${'y'.repeat(59)}\\@[.${x63}.${x63}.${x63}.`],
    [`${'y'.repeat(60)}\\255.${x63}.${x63}.${x63}.`, `${'y'.repeat(59)}z.${x63}.${x63}.${x63}.`],
    [`${'\\255'.repeat(61)}.${x63}.${x63}.${x63}.`, `${'x'.repeat(62)}y.${x63}.${x63}.`],
  ])('%s', (name, next) => {
    expect(printName(compactNsec(parseName(name), []).next)).toBe(next);
  });
});

const label = fc.uint8Array({ minLength: 1, maxLength: 63 });
const name = fc
  .array(label, { maxLength: 10 })
  .map((labels): Name => Uint8Array.from([...labels.flatMap((each) => [each.length, ...each]), 0]))
  .filter((each) => each.length <= 255);

test('it is behind the name, and no name that can be is in between', () => {
  fc.assert(
    fc.property(name, name, (each, other) => {
      const { next } = compactNsec(each, []);
      expect(next.length).toBeLessThanOrEqual(255);
      expect(compareCanonical(each, next)).toBeLessThan(0);
      const between = compareCanonical(each, other) < 0 && compareCanonical(other, next) < 0;
      expect(between).toBe(false);
    }),
  );
});

test.each([
  ['what is there and what denies it', [TYPE.MX, TYPE.A], '\\000.a.example. A MX RRSIG NSEC'],
  ['an empty non-terminal', [], '\\000.a.example. RRSIG NSEC'],
  ['a name that does not exist', NO_NAME, '\\000.a.example. RRSIG NSEC NXNAME'],
])('types: %s', (_, types, expected) => {
  expect(nsec.print(compactNsec(parseName('a.example.'), types))).toBe(expected);
});
