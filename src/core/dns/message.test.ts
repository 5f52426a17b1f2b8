import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMessage, writeMessage, type Message } from './message.ts';
import { parseName } from './name.ts';
import { parseRdata } from './rdata-types.ts';
import { CLASS, TYPE } from './record-type.ts';

function record(name: string, type: number, text: string) {
  return { name: parseName(name), type, class: CLASS.IN, ttlSeconds: 60, value: parseRdata(type, text, 'zone-file') };
}

const response: Message = {
  id: 4711,
  opcode: 0,
  rcode: 0,
  flags: {
    response: true,
    authoritative: true,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
  },
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

test('a message is read back as it was written', () => {
  expect(parseMessage(writeMessage(response, 512))).toEqual(response);
});

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
