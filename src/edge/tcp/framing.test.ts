import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitMessages } from './framing.ts';

test('however a stream is cut, the same messages come out of it', () => {
  const message = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
      (messages, cuts) => {
        const stream = Uint8Array.from(messages.flatMap((each) => [each.length >>> 8, each.length & 255, ...each]));
        const seen: number[][] = [];
        let rest: Uint8Array = new Uint8Array(0);
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = cuts[turn % cuts.length] as number;
          const split = splitMessages(rest, stream.subarray(at, at + size));
          seen.push(...split.messages.map((each) => [...each]));
          rest = split.rest;
          at += size;
        }
        expect(seen).toEqual(messages.map((each) => [...each]));
        expect(rest).toHaveLength(0);
      },
    ),
  );
});

test('a message that is not whole is kept', () => {
  expect(splitMessages(new Uint8Array([0]), new Uint8Array([3, 1, 2]))).toEqual({
    messages: [],
    rest: new Uint8Array([0, 3, 1, 2]),
  });
});
