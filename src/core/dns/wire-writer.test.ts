import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseName, printName } from './name.ts';
import { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

const name = fc
  .array(fc.constantFrom('a', 'B', 'b', 'example', 'com'), { minLength: 1, maxLength: 6 })
  .map((labels) => parseName(labels.join('.')));

test('names written with compression are read back whole, but for their case', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 100 }), (names) => {
      const writer = new WireWriter(new Uint8Array(4096));
      for (const each of names) writer.name(each, true);
      const reader = new WireReader(writer.bytes, 0, writer.position);
      const read = names.map(() => printName(reader.name()).toLowerCase());
      expect(read).toEqual(names.map((each) => printName(each).toLowerCase()));
      expect(reader.position).toBe(writer.position);
    }),
  );
});

test('what is taken back is no target of compression', () => {
  const writer = new WireWriter(new Uint8Array(64));
  writer.name(parseName('example.com'), true);
  writer.rewind(0);
  writer.u8(0);
  writer.name(parseName('example.com'), true);
  expect(writer.position).toBe(1 + 13);
});
