import { expect, test } from 'vitest';
import { nameKey } from '../../core/dns/name-key.ts';
import { parseMessage } from '../../core/dns/message.ts';
import { parseName, printName } from '../../core/dns/name.ts';
import { rdataType } from '../../core/dns/rdata-types.ts';
import { TYPE, typeName } from '../../core/dns/record-type.ts';
import { WireOverflow } from '../../core/dns/wire-writer.ts';
import type { Rrset } from '../../core/zone/lookup.ts';
import { transferMessages } from './transfer-messages.ts';

const question = Uint8Array.of(...parseName('example.com'), 0, TYPE.AXFR, 0, 1);
const request = { id: 7, question, hasEdns: false };
const rrset = (name: string, type: number, ...values: string[]): Rrset => ({
  owner: nameKey(name),
  type,
  ttlSeconds: 60,
  values,
});
const soa = rrset('example.com.', TYPE.SOA, 'ns.example.com. host.example.com. 1 2 3 4 5');

function read(messages: Iterable<Uint8Array>): string[][] {
  return [...messages].map((octets, index) => {
    const { id, flags, rcode, questions, answers } = parseMessage(octets);
    expect([id, flags.response, flags.authoritative, rcode, questions.length]).toEqual([
      7,
      true,
      true,
      0,
      index === 0 ? 1 : 0,
    ]);
    return answers.map(
      ({ name, ttlSeconds, type, value }) =>
        `${printName(name)} ${ttlSeconds} ${typeName(type)} ${rdataType(type).print(value)}`,
    );
  });
}

test('a small zone is one message', () => {
  const www = rrset('www.example.com.', TYPE.A, '192.0.2.1', '192.0.2.2');
  const line = 'example.com. 60 SOA ns.example.com. host.example.com. 1 2 3 4 5';
  expect(read(transferMessages(request, [soa, www, soa], 0))).toEqual([
    [line, 'www.example.com. 60 A 192.0.2.1', 'www.example.com. 60 A 192.0.2.2', line],
  ]);
});

test('EDNS is answered once', () => {
  const many = Array.from({ length: 3000 }, (_, index) => rrset(`n${index}.example.com.`, TYPE.A, '192.0.2.1'));
  const messages = [...transferMessages({ ...request, hasEdns: true }, [soa, ...many, soa], 0)];
  expect(messages.map((each) => parseMessage(each).edns?.udpSize)).toEqual([
    1232,
    ...messages.slice(1).map(() => undefined),
  ]);
});

test('a large zone is many messages, none longer than a pointer reaches, each with room for a signature', () => {
  const many = Array.from({ length: 3000 }, (_, index) => rrset(`n${index}.example.com.`, TYPE.A, '192.0.2.1'));
  const messages = [...transferMessages(request, [soa, ...many, soa], 100)];
  expect(messages.length).toBeGreaterThan(3);
  expect(Math.max(...messages.map((each) => each.length))).toBeLessThanOrEqual(16_384);
  const lines = read(messages).flat();
  expect(lines).toHaveLength(3002);
  expect(new Set(lines.slice(1)).size).toBe(3001);
});

test('a record that is larger than that has a message for itself', () => {
  const text = Array.from({ length: 230 }, () => `"${'x'.repeat(255)}"`).join(' ');
  const messages = [...transferMessages(request, [soa, rrset('big.example.com.', TYPE.TXT, text, '"y"'), soa], 100)];
  expect(messages.map((each) => each.length > 16_384)).toEqual([false, true, false]);
  expect(read(messages).map((lines) => lines.length)).toEqual([1, 1, 2]);
});

test('one that no message holds is not sent', () => {
  const text = Array.from({ length: 255 }, () => `"${'x'.repeat(255)}"`).join(' ');
  const big = rrset(`${'a'.repeat(63)}.example.com.`, TYPE.TXT, text);
  expect(() => [...transferMessages(request, [soa, big], 300)]).toThrow(WireOverflow);
});
