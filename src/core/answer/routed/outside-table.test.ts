import { expect, test } from 'vitest';
import { parseIpv4, parseIpv6 } from '../../dns/ip-address.ts';
import { ADDRESSES_MAX, createOutsideTable, OutsideTable, type Watched } from './outside-table.ts';

const v4 = (...texts: string[]): Uint8Array[] => texts.map((text) => parseIpv4(text) as Uint8Array);
const holds = (table: OutsideTable, { word, value }: Watched): boolean => table.holds(word, value);

test('another thread reads what was written, and sees when it is no more', () => {
  const buffer = createOutsideTable(100, 2);
  const [writer, reader] = [new OutsideTable(buffer), new OutsideTable(buffer)];
  expect(writer.slots).toBe(2);
  const nothing = reader.read(7);
  expect(nothing.answer).toBeUndefined();
  expect(holds(reader, nothing.watched)).toBe(true);

  writer.write(0, 60, v4('192.0.2.1', '192.0.2.2'));
  writer.assign(7, 0);
  expect(holds(reader, nothing.watched)).toBe(false);
  const first = reader.read(7);
  expect(first.answer).toEqual({ ttlSeconds: 60, values: ['192.0.2.1', '192.0.2.2'] });

  writer.write(1, 5, [parseIpv6('2001:db8::1') as Uint8Array]);
  writer.assign(8, 1);
  expect(holds(reader, first.watched)).toBe(true);
  expect(reader.read(8).answer).toEqual({ ttlSeconds: 5, values: ['2001:db8::1'] });

  writer.write(0, 60, []);
  expect(holds(reader, first.watched)).toBe(false);
  expect(reader.read(7).answer).toEqual({ ttlSeconds: 60, values: [] });
});

test('a slot that goes to another target is not taken for the first', () => {
  const table = new OutsideTable(createOutsideTable(100, 1));
  table.write(0, 60, v4('192.0.2.1'));
  table.assign(1, 0);
  const { watched } = table.read(1);
  table.release(1, 0);
  expect(table.read(1).answer).toBeUndefined();
  expect(holds(table, watched)).toBe(false);
  table.write(0, 60, v4('192.0.2.2'));
  table.assign(2, 0);
  expect(holds(table, watched)).toBe(false);
  expect(table.read(2).answer?.values).toEqual(['192.0.2.2']);
  expect(table.read(1).answer).toBeUndefined();
});

test('addresses beyond what a slot holds are left out', () => {
  const table = new OutsideTable(createOutsideTable(10, 2));
  const many = Array.from({ length: ADDRESSES_MAX + 5 }, (_, n) => Uint8Array.of(192, 0, 2, n));
  table.write(0, 60, many);
  table.assign(1, 0);
  expect(table.read(1).answer?.values).toHaveLength(ADDRESSES_MAX);
});
