import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RECORD_SET_TYPES } from '../record-sets/request-shape.ts';
import { tables } from '../tables.ts';
import type { Table } from '../view.ts';
import { plain } from './plain.ts';
import { RowReader } from './row-reader.ts';
import { RowWriter } from './row-writer.ts';

const writer = new RowWriter();
const reader = new RowReader();

function octetsOf<V>(table: Table<V>, value: V): Uint8Array {
  writer.restart();
  (table.codec ?? plain).write(value, writer);
  return writer.copy();
}

function roundTrip<V>(table: Table<V>, value: V): unknown {
  reader.restart(octetsOf(table, value));
  const read = (table.codec ?? plain).read(reader);
  expect(reader.atEnd).toBe(true);
  return read;
}

const text = fc.string({ unit: 'binary', maxLength: 20 });
const whole = fc.oneof(fc.nat(), fc.constantFrom(0, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1));
const simple = fc.record({
  type: fc.constantFrom(...RECORD_SET_TYPES),
  ttlSeconds: fc.nat({ max: 2 ** 31 - 1 }),
  values: fc.array(text, { maxLength: 3 }),
});
const alias = fc.record(
  {
    type: fc.constantFrom('A', 'AAAA'),
    setIdentifier: text,
    alias: fc.record({ hostedZoneId: text, name: text, evaluateTargetHealth: fc.boolean() }),
    healthCheckId: text,
  },
  { requiredKeys: ['type', 'alias'] },
);
const recordSet = fc.oneof(simple, alias);

test('every row is read as it was written', () => {
  const node = fc.record({ children: whole, recordSets: fc.array(recordSet, { maxLength: 3 }) });
  const zone = fc.record(
    {
      id: text,
      name: text,
      callerReference: text,
      comment: text,
      private: fc.boolean(),
      recordSetCount: whole,
      nameServers: fc.array(text, { maxLength: 4 }),
      nameServerSet: text,
      delegationSetId: text,
      createdAt: whole,
    },
    { requiredKeys: ['id', 'name', 'callerReference', 'private', 'recordSetCount', 'nameServers', 'nameServerSet'] },
  );
  const difference = fc.record({ name: text, before: recordSet, after: recordSet }, { requiredKeys: ['name'] });
  const entry = fc.record(
    { changeId: text, at: whole, kind: text, comment: text, by: text, records: fc.array(difference, { maxLength: 3 }) },
    { requiredKeys: ['changeId', 'at', 'kind', 'by', 'records'] },
  );
  const round = <V>(table: Table<V>, values: fc.Arbitrary<unknown>): void =>
    fc.assert(
      fc.property(values, (value) => {
        expect(roundTrip(table, value as V)).toEqual(value);
      }),
    );
  round(tables.nodes, node);
  round(tables.hostedZones, zone);
  round(tables.history, entry);
  round(tables.counters, whole);
  round(tables.callerReferences, text);
  round(tables.tags, fc.jsonValue());
});

test('what a type comes to have is kept, though no codec knows it', () => {
  const set = {
    type: 'A',
    ttlSeconds: 60,
    values: ['192.0.2.1'],
    setIdentifier: 'a',
    weight: 10,
    geo: { country: 'DE' },
  };
  const node = { children: 0, recordSets: [set] };
  expect(roundTrip(tables.nodes, node)).toEqual(node);
  const zone = { id: 'Z1', name: 'a.test.', vpcs: [{ id: 'vpc-1' }] };
  expect(roundTrip(tables.hostedZones as unknown as Table<object>, zone)).toEqual(zone);
});

test('plain data keeps its octets and every number', () => {
  const value = { octets: Uint8Array.of(0, 255), numbers: [0, -1, 0.5, 2 ** 60, -0, Infinity], nothing: null };
  expect(roundTrip({ name: 'log' }, value)).toEqual(value);
  expect(() => octetsOf({ name: 'log' }, { f: () => 1 })).toThrow('is not plain data');
  const hostile: unknown = JSON.parse('{"__proto__": {"a": 1}}');
  expect(Object.keys(roundTrip({ name: 'log' }, hostile) as object)).toEqual(['__proto__']);
});

test('a node with one address takes seventeen octets', () => {
  const set = { type: 'A', ttlSeconds: 300, values: ['192.0.2.1'] };
  expect(octetsOf(tables.nodes, { children: 0, recordSets: [set] })).toHaveLength(17);
});

test('a row that ends too early is an error, not a guess', () => {
  const octets = octetsOf(tables.nodes, {
    children: 1,
    recordSets: [{ type: 'A', ttlSeconds: 300, values: ['192.0.2.1'] }],
  });
  for (let length = 0; length < octets.length; length += 1) {
    reader.restart(octets.subarray(0, length));
    expect(() => tables.nodes.codec?.read(reader)).toThrow('a stored row ends too early');
  }
});
