import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_FLAGS, parseMessage, writeMessage, type Message, type MessageFlags } from './message.ts';
import { parseName } from './name.ts';
import { parseRdata } from './rdata-types.ts';
import { CLASS, TYPE } from './record-type.ts';
import { WireFormatError } from './wire-reader.ts';
import { WireOverflow } from './wire-writer.ts';

function record(name: string, type: number, text: string) {
  return { name: parseName(name), type, class: CLASS.IN, ttlSeconds: 60, value: parseRdata(type, text, 'zone-file') };
}

const response: Message = {
  id: 4711,
  opcode: 0,
  rcode: 0,
  flags: { ...NO_FLAGS, response: true, authoritative: true, recursionDesired: true },
  questions: [{ name: parseName('example.com.'), type: TYPE.MX, class: CLASS.IN }],
  answers: [record('example.com.', TYPE.MX, '10 mail.example.com.')],
  authorities: [record('example.com.', TYPE.NS, 'ns1.example.net.')],
  additionals: [record('mail.example.com.', TYPE.A, '192.0.2.1')],
  edns: {
    udpSize: 1232,
    extendedRcode: 0,
    version: 0,
    dnssecOk: true,
    options: [{ code: 65001, data: Uint8Array.of(1, 2) }],
  },
};

const name = fc
  .array(fc.constantFrom('a', 'www', '_tcp', 'example', 'com', 'net'), { maxLength: 5 })
  .map((labels) => parseName(labels.length === 0 ? '.' : labels.join('.')));
const octets = fc.uint8Array({ minLength: 1, maxLength: 40 });
const u16 = fc.nat(0xffff);
const data = fc.oneof(
  fc.record({ type: fc.constantFrom(TYPE.NS, TYPE.CNAME, TYPE.PTR), value: name }),
  fc.record({ type: fc.constant(TYPE.MX), value: fc.record({ preference: u16, exchange: name }) }),
  fc.record({ type: fc.constant(TYPE.A), value: fc.uint8Array({ minLength: 4, maxLength: 4 }) }),
  fc.record({ type: fc.constant(TYPE.TXT), value: fc.array(octets, { minLength: 1, maxLength: 3 }) }),
  fc.record({ type: fc.constant(65280), value: octets }),
);
const resourceRecord = fc
  .record({ name, class: u16, ttlSeconds: fc.nat(0xffffffff), data })
  .map(({ data: { type, value }, ...rest }) => ({ ...rest, type, value }));
const records = fc.array(resourceRecord, { maxLength: 6 });
const options = fc.array(fc.record({ code: u16, data: fc.uint8Array({ maxLength: 30 }) }), { maxLength: 4 });
const flags: fc.Arbitrary<MessageFlags> = fc.record({
  response: fc.boolean(),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  authenticData: fc.boolean(),
  checkingDisabled: fc.boolean(),
});
const plain = fc.record({
  id: u16,
  opcode: fc.nat(15),
  rcode: fc.nat(15),
  flags,
  questions: fc.array(fc.record({ name, type: u16, class: u16 }), { maxLength: 2 }),
  answers: records,
  authorities: records,
  additionals: records,
});
const extended = fc
  .tuple(
    plain,
    fc.record({ udpSize: u16, extendedRcode: fc.nat(255), version: fc.nat(255), dnssecOk: fc.boolean(), options }),
  )
  .map(([message, edns]) => ({ ...message, rcode: message.rcode | (edns.extendedRcode << 4), edns }));
const anyMessage: fc.Arbitrary<Message> = fc.oneof(plain, extended);

test('every message is read back as it was written', () => {
  fc.assert(
    fc.property(anyMessage, (each) => {
      expect(parseMessage(writeMessage(each, 65_535))).toEqual(each);
    }),
  );
});

test('in any size, a message is whole, or without additional records, or truncated', () => {
  fc.assert(
    fc.property(anyMessage, fc.nat(1500), (each, bytesMax) => {
      const withoutAdditional = { ...each, additionals: [] };
      const truncated = {
        ...withoutAdditional,
        answers: [],
        authorities: [],
        flags: { ...each.flags, truncated: true },
      };
      const fits = [each, withoutAdditional, truncated].find((part) => writeMessage(part, 65_535).length <= bytesMax);
      if (fits === undefined) expect(() => writeMessage(each, bytesMax)).toThrow(WireOverflow);
      else expect(parseMessage(writeMessage(each, bytesMax))).toEqual(fits);
    }),
  );
});

/** A message of `counts` records whose octets are `records`. */
function wireWith(counts: readonly [number, number, number], ...records: readonly number[][]): Uint8Array {
  return Uint8Array.from([0, 7, 0x80, 0, 0, 0, ...counts.flatMap((count) => [0, count]), ...records.flat()]);
}
const opt = (...rdata: number[]): number[] => [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, rdata.length, ...rdata];

test.each<[what: string, wire: Uint8Array]>([
  ['two OPT records', wireWith([0, 0, 2], opt(), opt())],
  ['OPT in the answer section', wireWith([1, 0, 0], opt())],
  ['OPT that the root does not own', wireWith([0, 0, 1], [1, 97, ...opt()])],
  ['an option longer than its record', wireWith([0, 0, 1], opt(0, 3, 0, 2, 1), [0, 0])],
  ['half an option', wireWith([0, 0, 1], opt(0, 3, 0), [0])],
  ['an OPT record longer than the message', wireWith([0, 0, 1], opt(0, 3, 0, 1, 1).slice(0, -1))],
  ['octets behind the message', wireWith([0, 0, 1], opt(), [0])],
  ['fewer records than counted', wireWith([0, 0, 2], opt())],
  ['half a header', Uint8Array.of(0, 7, 0x80)],
])('malformed: %s', (_what, wire) => expect(() => parseMessage(wire)).toThrow(WireFormatError));

test('an extended rcode is spread over the header and OPT', () => {
  const badVersion = { ...response, rcode: 16 };
  const wire = writeMessage(badVersion, 512);
  expect((wire[3] as number) & 15).toBe(0);
  expect(parseMessage(wire).rcode).toBe(16);
});

test('names are compressed against those before them', () => {
  // Header 12, question 17, MX 2+10+2+5+2, NS 2+10+(4+9+net…), A 2+10+4, OPT 11+6.
  const wire = writeMessage({ ...response, authorities: [], additionals: [] }, 512);
  expect(wire.length).toBe(12 + 17 + 21 + 17);
});

test('what does not fit goes without its additional records, then truncated', () => {
  const whole = writeMessage(response, 512).length;
  const withoutAdditional = parseMessage(writeMessage(response, whole - 1));
  expect(withoutAdditional.flags.truncated).toBe(false);
  expect(withoutAdditional.additionals).toEqual([]);
  const truncated = parseMessage(writeMessage(response, 60));
  expect(truncated.flags.truncated).toBe(true);
  expect(truncated.answers).toEqual([]);
});

test('any octets are read as a message or refused as malformed', () => {
  const wire = writeMessage(response, 512);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(wire.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
      const damaged = wire.slice();
      for (const [at, octet] of changes) damaged[at] = octet;
      try {
        parseMessage(damaged);
      } catch (error) {
        expect((error as Error).name).toBe('WireFormatError');
      }
    }),
    { numRuns: 3000 },
  );
});
