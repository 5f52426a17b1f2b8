import { cbor, dateToTag } from '@smithy/core/cbor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCbor } from './cbor-items.ts';

const octets = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('what is taken', () => {
  test.each([
    ['an empty map', 'a0'],
    ['a map of a list of numbers', 'a1 61 61 83 01 18 ff fb 3ff8000000000000'],
    ['maps and lists that end with a break, as the SDK for Rust writes them', 'bf 61 61 9f 01 9f ff ff 61 62 f5 ff'],
    ['a moment', 'a1 61 74 c1 1a 5f5e1000'],
    ['null, true, half a float', '83 f6 f5 f9 3c00'],
  ])('%s', (_, hex) => {
    expect(() => checkCbor(octets(hex))).not.toThrow();
  });

  test('whatever the library writes', () => {
    const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.double(), fc.boolean(), fc.constant(null), fc.integer());
    const value = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('tree')), fc.dictionary(fc.string(), tie('tree'))),
    })).tree;
    fc.assert(
      fc.property(value, fc.nat(), (tree, cut) => {
        const written = Uint8Array.from(cbor.serialize({ tree, at: dateToTag(new Date(0)) }));
        checkCbor(written);
        expect(() => checkCbor(written.subarray(0, cut % written.length))).toThrow('not CBOR');
      }),
    );
  });
});

test.each([
  ['nothing', '', 'it ends too early'],
  ['a list that promises thirty million', '9a 01c9c380', 'it ends too early'],
  ['a map that promises all there is', 'bb ffffffffffffffff', 'it ends too early'],
  ['a text that is longer than the body', '7a 00010000 61', 'it ends too early'],
  ['a big number', 'c2 43 010000', 'the tag 2 is not supported'],
  ['a decimal fraction', 'c4 82 1a 10000000 01', 'the tag 4 is not supported'],
  ['text in pieces', '7f 61 61 ff', 'text in pieces'],
  ['a length that does not exist', '9c', 'a length of a kind that does not exist'],
  ['a break of nothing', 'ff', 'a break where none may be'],
  ['a break of a list of known length', '82 01 ff', 'a break where none may be'],
  ['two values', 'a0 a0', 'something stands behind it'],
  ['a hundred lists in each other', `${'81'.repeat(100)}00`, 'it is nested deeper than 24'],
  ['a hundred moments of each other', `${'c1'.repeat(100)}00`, 'it is nested deeper than 24'],
])('%s is refused', (_, hex, why) => {
  expect(() => checkCbor(octets(hex))).toThrow(`The request body is not CBOR that is understood: ${why}.`);
});
