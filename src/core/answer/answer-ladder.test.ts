import { describe, expect, test } from 'vitest';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { answerQuery } from './answer-query.ts';
import { answerText, packetOf, queryOf, textOf, worldOf } from './answer-text.ts';
import { COUNTER } from './counters.ts';

const many = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join('\n');
const ZONE = `
$ZONE example.com.
@       900 SOA  ns1.example.com. host.example.com. 1 7200 900 1209600 60
@       300 NS   ns1.example.com
www     60  A    192.0.2.1
big     60  TXT  "${'x'.repeat(250)}"
big     60  TXT  "${'y'.repeat(250)}"
huge    60  TXT  "${'x'.repeat(250)}"
${many(6, (n) => `huge 60 TXT "${'z'.repeat(240)}${n}"`)}
mx      60  MX   10 many.example.com
${many(40, (n) => `many 60 A 192.0.2.${n}`)}
glue    60  NS   ns.glue.example.com
${many(40, (n) => `ns.glue 60 A 192.0.2.${n}`)}
sibling 60  NS   many.example.com
`;
const world = worldOf(zonesFromText(ZONE));

function answerTo(packet: Uint8Array): string {
  const buffer = new Uint8Array(2048);
  buffer.set(packet);
  const length = answerQuery(world, { ...queryOf(A), packet: buffer, length: packet.length }, buffer);
  return textOf(buffer.slice(0, length)).split('\n')[0] as string;
}

function changed(query: string, change: (packet: Uint8Array) => Uint8Array | void): Uint8Array {
  const packet = packetOf(query);
  return change(packet) ?? packet;
}

const A = 'www.example.com A';
const DO = 'www.example.com A +do';
const OPT_OCTETS = 11;

describe('the ladder', () => {
  const rows: [string, Uint8Array, string][] = [
    ['nothing', new Uint8Array(0), 'silence'],
    ['eleven octets', packetOf(A).slice(0, 11), 'silence'],
    ['a response', changed(A, (p) => void (p[2] = 0x81)), 'silence'],
    ['NOTIFY', changed(A, (p) => void (p[2] = 0x20)), 'NOTIMP'],
    ['UPDATE', changed(A, (p) => void (p[2] = 0x28)), 'NOTIMP'],
    ['an opcode that nobody knows, with EDNS', changed(DO, (p) => void (p[2] = 0x78)), 'NOTIMP edns=1232 do'],
    ['UPDATE of a record', changed(A, (p) => void ((p[2] = 0x28), (p[9] = 1))), 'NOTIMP'],
    ['a header alone', packetOf(A).slice(0, 12), 'FORMERR rd'],
    ['no question', changed(A, (p) => void (p[5] = 0)), 'FORMERR rd'],
    ['two questions', changed(A, (p) => void (p[5] = 2)), 'FORMERR rd'],
    ['a question cut short', packetOf(A).slice(0, -1), 'FORMERR rd'],
    ['a pointer in the question', changed(A, (p) => void (p[12] = 0xc0)), 'FORMERR rd'],
    ['a label of 64 octets', changed(A, (p) => void (p[12] = 64)), 'FORMERR rd'],
    ['OPT cut short', packetOf(DO).slice(0, -1), 'FORMERR rd'],
    ['OPT not at the root', changed(DO, (p) => void (p[p.length - OPT_OCTETS] = 0xc0)), 'FORMERR rd'],
    [
      'two OPT',
      changed(DO, (p) => {
        p[11] = 2;
        return Uint8Array.from([...p, ...p.slice(-OPT_OCTETS)]);
      }),
      'FORMERR rd',
    ],
    ['EDNS version 1', packetOf(`${A} +version=1`), 'BADVERS rd edns=1232'],
    ['no RD', changed(A, (p) => void (p[2] = 0)), 'NOERROR aa'],
    ['AD and CD are not kept', changed(A, (p) => void (p[3] = 0x30)), 'NOERROR aa rd'],
  ];
  test.each(rows)('%s', (_, packet, expected) => expect(answerTo(packet)).toBe(expected));
});

describe('truncation', () => {
  const first = (query: string): string => answerText(world, query).split('\n')[0] as string;
  const lines = (query: string, section: string): number =>
    answerText(world, query)
      .split('\n')
      .filter((line) => line.startsWith(section)).length;

  test('512 octets without EDNS, then TC and empty sections', () => {
    expect(answerText(world, 'big.example.com TXT')).toBe('NOERROR aa tc rd\nquestion big.example.com. TXT');
    expect(first('big.example.com TXT +edns=512')).toBe('NOERROR aa tc rd edns=1232');
    expect(first('big.example.com TXT +edns=100')).toBe('NOERROR aa tc rd edns=1232');
    expect(lines('big.example.com TXT +edns=1232', 'answer')).toBe(2);
  });

  test('our own limit counts even when the client takes more; TCP has none', () => {
    expect(first('huge.example.com TXT +edns=4096')).toBe('NOERROR aa tc rd edns=1232');
    expect(lines('huge.example.com TXT +tcp', 'answer')).toBe(7);
  });

  test('addresses that only help are left out before anything else (RFC 2181 §9)', () => {
    expect(answerText(world, 'mx.example.com MX')).toBe(
      'NOERROR aa rd\nquestion mx.example.com. MX\nanswer mx.example.com. 60 MX 10 many.example.com.',
    );
    expect(lines('mx.example.com MX +edns=1232', 'additional')).toBe(40);
    expect(first('x.sibling.example.com A')).toBe('NOERROR rd');
  });

  test('glue is not left out, however many servers there are (RFC 9471)', () => {
    const servers = many(50, (n) => `wide 60 NS n${n}.wide.example.com\nn${n}.wide 60 A 192.0.2.${n}`);
    const wide = answerText(worldOf(zonesFromText(`$ZONE example.com.\n${servers}`)), 'wide.example.com A +tcp');
    expect(wide.split('\n').filter((line) => line.startsWith('additional'))).toHaveLength(50);
  });

  test('glue is not left out for want of room', () => {
    expect(first('x.glue.example.com A')).toBe('NOERROR tc rd');
    expect(lines('x.glue.example.com A +edns=1232', 'additional')).toBe(40);
  });
});

test('a set that 64 KiB do not hold is SERVFAIL, and no defect', () => {
  const values = many(300, (n) => `vast 60 TXT "${n}${'x'.repeat(250)}"`);
  const vast = worldOf(zonesFromText(`$ZONE example.com.\n${values}`));
  for (const transport of ['', ' +tcp'])
    expect(answerText(vast, `vast.example.com TXT${transport}`)).toBe('SERVFAIL rd\nquestion vast.example.com. TXT');
  expect(vast.counters[COUNTER.internalErrors]).toBe(0);
});
