import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareCanonical, isSubdomain, labelCount, parseName, parentOf, printName } from './name.ts';
import { keyOfName, keyToName, keyToText, nameKey, normaliseName, parentKey } from './name-key.ts';

test.each([
  ['WWW.Example.com', 'www.example.com.'],
  ['*.example.com.', '\\052.example.com.'],
  ['\\052.example.com', '\\052.example.com.'],
  ['a*b.example.com', 'a\\052b.example.com.'],
  ['@.example.com', '\\100.example.com.'],
  ['\\101bc.example.com', 'abc.example.com.'],
  ['_dmarc.ex-ample.com', '_dmarc.ex-ample.com.'],
  ['a\\056b.example.com', 'a\\056b.example.com.'],
])('normal form of %s is %s', (text, normal) => {
  expect(normaliseName(text)).toBe(normal);
  expect(normaliseName(normal)).toBe(normal);
});

test.each([
  ['www.example.com.', 'com.example.www.', 'com.example.'],
  ['com.', 'com.', ''],
  ['.', '', undefined],
])('key of %s', (text, key, parent) => {
  expect(nameKey(text)).toBe(key);
  expect(keyToText(key)).toBe(text);
  expect(parentKey(key)).toBe(parent);
});

test.each([
  ['', 'DomainNameEmpty'],
  ['a..b', 'DomainLabelEmpty'],
  ['.a', 'DomainLabelEmpty'],
  [`${'a'.repeat(64)}.b`, 'DomainLabelTooLong'],
  [`${'abcdefg.'.repeat(32)}`, 'DomainNameTooLong'],
  ['a b', 'UnsupportedCharacter'],
])('refused: %s', (text, code) => {
  expect(() => parseName(text, 'route53')).toThrow(code);
});

/** RFC 4034 §6.1. */
const canonical = [
  'example.',
  'a.example.',
  'yljkjljk.a.example.',
  'Z.a.example.',
  'zABC.a.EXAMPLE.',
  'z.example.',
  '\\001.z.example.',
  '*.z.example.',
  '\\200.z.example.',
];

test('canonical order', () => {
  const names = canonical.map((text) => parseName(text));
  expect(names.toReversed().toSorted(compareCanonical)).toEqual(names);
});

const name = fc
  .array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { maxLength: 7 })
  .map((labels) => Uint8Array.from([...labels.flatMap((label) => [label.length, ...label]), 0]));

test('printed names and keys are read back', () => {
  fc.assert(
    fc.property(name, (each) => {
      expect(parseName(printName(each))).toEqual(each);
      expect(keyOfName(keyToName(keyOfName(each)))).toBe(keyOfName(each));
      expect(isSubdomain(each, parentOf(each))).toBe(true);
      expect(labelCount(parentOf(each))).toBe(Math.max(0, labelCount(each) - 1));
    }),
  );
});

test('a name in normal form is told from others without being taken apart', () => {
  const label = fc.oneof(
    fc.stringMatching(/^[a-z0-9_-]{0,70}$/),
    fc.constantFrom('', 'A', '*', 'é', '\\052', 'a'.repeat(63), 'a'.repeat(64)),
  );
  const outcome = (read: () => string): string => {
    try {
      return read();
    } catch (error) {
      return String(error);
    }
  };
  fc.assert(
    fc.property(fc.array(label, { maxLength: 6 }), fc.constantFrom('', '.'), (labels, end) => {
      const text = `${labels.join('.')}${end}`;
      expect(outcome(() => normaliseName(text))).toBe(outcome(() => keyToText(keyOfName(parseName(text, 'route53')))));
    }),
    { numRuns: 3000 },
  );
});
