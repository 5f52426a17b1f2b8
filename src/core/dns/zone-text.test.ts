import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseName, printName } from './name.ts';
import { PresentationError } from './presentation-error.ts';
import { typeName } from './record-type.ts';
import { parseZoneText, ZoneTextReader } from './zone-text.ts';

const origin = parseName('example.com.');
const read = (text: string): string[] =>
  parseZoneText(text, origin).map((each) =>
    [printName(each.name), each.ttlSeconds, typeName(each.type), each.text].join(' '),
  );

describe('a zone file is read as the records it stands for', () => {
  test.each<[behaviour: string, text: string, records: string[]]>([
    ['nothing', '', []],
    ['white space and comments only', ' \t\n; a comment\n\n   ; another', []],
    ['relative names', 'www 60 MX 10 mail', ['www.example.com. 60 MX 10 mail.example.com.']],
    ['absolute names', 'www.example.net. 60 NS ns.example.org.', ['www.example.net. 60 NS ns.example.org.']],
    ['@ for the origin', '@ 60 NS @', ['example.com. 60 NS example.com.']],
    ['$ORIGIN', '$ORIGIN a.test.\nwww 60 CNAME b', ['www.a.test. 60 CNAME b.a.test.']],
    ['a relative $ORIGIN', '$ORIGIN sub\n@ 60 A 192.0.2.1', ['sub.example.com. 60 A 192.0.2.1']],
    [
      'a blank owner after $ORIGIN is still the last one',
      'a 60 A 192.0.2.1\n$ORIGIN b.test.\n 60 A 192.0.2.2',
      ['a.example.com. 60 A 192.0.2.1', 'a.example.com. 60 A 192.0.2.2'],
    ],
    [
      '$TTL',
      '$TTL 300\na A 192.0.2.1\nb 60 A 192.0.2.2\nc A 192.0.2.3',
      ['a.example.com. 300 A 192.0.2.1', 'b.example.com. 60 A 192.0.2.2', 'c.example.com. 300 A 192.0.2.3'],
    ],
    [
      'without $TTL, the last TTL',
      'a 60 A 192.0.2.1\n A 192.0.2.2',
      ['a.example.com. 60 A 192.0.2.1', 'a.example.com. 60 A 192.0.2.2'],
    ],
    [
      'without any TTL, the minimum of the SOA',
      '@ SOA ns admin 1 2 3 4 900\n NS ns',
      ['example.com. 900 SOA ns.example.com. admin.example.com. 1 2 3 4 900', 'example.com. 900 NS ns.example.com.'],
    ],
    [
      'units of time',
      '$TTL 1h30m\na A 192.0.2.1\nb 1W2d A 192.0.2.2',
      ['a.example.com. 5400 A 192.0.2.1', 'b.example.com. 777600 A 192.0.2.2'],
    ],
    [
      'units of time in an SOA',
      '@ 60 SOA ns admin 1 2h 15m 2W 1d',
      ['example.com. 60 SOA ns.example.com. admin.example.com. 1 7200 900 1209600 86400'],
    ],
    ['the largest TTL', 'a 2147483647 A 192.0.2.1', ['a.example.com. 2147483647 A 192.0.2.1']],
    ['class before TTL', 'a IN 60 A 192.0.2.1', ['a.example.com. 60 A 192.0.2.1']],
    ['TTL before class', 'a 60 IN A 192.0.2.1', ['a.example.com. 60 A 192.0.2.1']],
    ['lower case', 'a 60 in a 192.0.2.1', ['a.example.com. 60 A 192.0.2.1']],
    ['octets of a known type', 'a 60 A \\# 4 c0000201', ['a.example.com. 60 A 192.0.2.1']],
    ['a generic class and type', 'a 60 CLASS1 TYPE65280 \\# 2 0a0b', ['a.example.com. 60 TYPE65280 \\# 2 0A0B']],
    [
      'parentheses and comments',
      '@ 60 SOA ns admin ( 1 ; serial (\n 2 3\n\t4 5 ) ; end\nb 60 A 192.0.2.1',
      ['example.com. 60 SOA ns.example.com. admin.example.com. 1 2 3 4 5', 'b.example.com. 60 A 192.0.2.1'],
    ],
    ['parentheses that touch their neighbours', 'a 60 TXT("b"\n"c")', ['a.example.com. 60 TXT "b" "c"']],
    ['quoted semicolons and parentheses', 'a 60 TXT "b ; c" "(d" ; e', ['a.example.com. 60 TXT "b ; c" "(d"']],
    ['escaped semicolons', 'a 60 TXT b\\;c', ['a.example.com. 60 TXT "b;c"']],
    ['an escaped quotation mark', 'a 60 TXT "b\\"; c"', ['a.example.com. 60 TXT "b\\"; c"']],
    ['an escaped owner', '\\$a\\.b\\032c 60 A 192.0.2.1', ['\\$a\\.b\\032c.example.com. 60 A 192.0.2.1']],
    ['octets as they are', 'a 60 TXT "\xe9" \xff', ['a.example.com. 60 TXT "\\233" "\\255"']],
    ['generic data of a known type', 'a 60 TYPE1 \\# 4 c0000201', ['a.example.com. 60 A 192.0.2.1']],
    ['a known type with generic data', 'a 60 MX \\# 3 000a 00', ['a.example.com. 60 MX 10 .']],
    ['a wildcard owner', '* 60 A 192.0.2.1', ['*.example.com. 60 A 192.0.2.1']],
    [
      'CRLF',
      '$TTL 60\r\na A 192.0.2.1\r\n  A 192.0.2.2\r\n\r\n',
      ['a.example.com. 60 A 192.0.2.1', 'a.example.com. 60 A 192.0.2.2'],
    ],
    [
      'an owner that looks like a type or a TTL',
      'A 60 A 192.0.2.1\n10 60 PTR b',
      ['A.example.com. 60 A 192.0.2.1', '10.example.com. 60 PTR b.example.com.'],
    ],
  ])('%s', (_behaviour, text, records) => expect(read(text)).toEqual(records));
});

describe('what is refused is refused with its line', () => {
  test.each<[text: string, explanation: string]>([
    ['$INCLUDE other.zone', '$INCLUDE is not supported, line 1'],
    ['\n$include other.zone sub.example.com. ; why', '$INCLUDE is not supported, line 2'],
    ['a 60 A \\# 3 c00002', 'Data is not of its type, line 1'],
    ['$RETAIN 1', '$RETAIN is not supported, line 1'],
    ['$GENERATE 1-9 a$ A', '$GENERATE takes a range, an owner, a type and data, line 1'],
    ['$GENERATE 9-1 a$ 60 A 192.0.2.$', '9-1 is not a range like 1-100 or 0-100/2, line 1'],
    ['$GENERATE 1-9/0 a$ 60 A 192.0.2.$', '1-9/0 is not a range like 1-100 or 0-100/2, line 1'],
    ['$GENERATE 0-65536 a$ 60 A 192.0.2.1', '0-65536 makes more than 65536 records, line 1'],
    ['$GENERATE 1-9 a${x} 60 A 192.0.2.1', '${x} is not an offset, a width and a base like ${0,3,d}, line 1'],
    ['$GENERATE 1-9 a${-2} 60 A 192.0.2.1', '${-2} makes -1 of 1, line 1'],
    ['$GENERATE 1-300 a$ 60 A 192.0.2.$', 'Value is not a valid IPv4 address, line 1'],
    ['$INCLUDE a b c', '$INCLUDE takes a file and at most an origin, line 1'],
    ['$ORIGIN', '$ORIGIN takes one argument, line 1'],
    ['$TTL 1 2', '$TTL takes one argument, line 1'],
    ['$TTL soon', '$TTL takes a number of seconds, line 1'],
    ['$TTL 2147483648', '$TTL takes a number of seconds, line 1'],
    ['a 60 A 192.0.2.1\na 2147483648 A 192.0.2.1', '2147483648 is not a TTL, line 2'],
    ['a 4000w A 192.0.2.1', '4000w is not a TTL, line 1'],
    ['a 1h30 A 192.0.2.1', '1h30 is not a TTL, line 1'],
    ['a A 192.0.2.1', 'A TTL is missing and there is none to take over, line 1'],
    [' 60 A 192.0.2.1', 'The first record needs an owner, line 1'],
    ['a 60 BAD 1', 'BAD is not a record type, line 1'],
    ['a 60 CH TXT "b"', 'CH is not a record type, line 1'],
    ['a 60 OPT \\# 0', 'OPT is not a record type, line 1'],
    ['a 60 IN', 'Nothing is not a record type, line 1'],
    ['a 60 TXT (\n"b"\n\nc 60 A 192.0.2.1', 'A parenthesis is not closed, line 1'],
    ['\na 60 TXT "b" )', 'Parentheses do not match, line 2'],
    ['a 60 TXT "b\n"', 'A quotation mark is not closed, line 1'],
    ['a 60 SOA ns admin (\n1\n2 3 4 )', 'Minimum is missing, line 3'],
    ['; one\n; two\r\nc 60 A 192.0.2.256', 'Value is not a valid IPv4 address, line 3'],
    ['a..b 60 A 192.0.2.1', 'Domain label is empty, line 1'],
  ])('%j: %s', (text, explanation) => {
    expect(() => read(text)).toThrow(PresentationError);
    expect(() => read(text)).toThrow(`(${explanation})`);
  });
});

describe('$GENERATE', () => {
  test.each<[text: string, records: string[]]>([
    ['1-3 h$ A 192.0.2.$', ['h1 60 A 192.0.2.1', 'h2 60 A 192.0.2.2', 'h3 60 A 192.0.2.3']],
    ['0-4/2 $ 30 IN PTR p$.test.', ['0 30 PTR p0.test.', '2 30 PTR p2.test.', '4 30 PTR p4.test.']],
    ['9-10 h${1,3} A 192.0.2.${-9,0,d}', ['h010 60 A 192.0.2.0', 'h011 60 A 192.0.2.1']],
    ['255-255 ${0,4,x} AAAA 2001:db8::${0,0,X}', ['00ff 60 AAAA 2001:db8::ff']],
    ['8-8 h${0,0,o} TXT "$ ${0,5,n}"', ['h10 60 TXT "8 8.0.0"']],
    ['171-171 ${0,3,N} TXT \\$$ $$', ['B.A 60 TXT "$171" "$"']],
  ])('%s', (text, records) => {
    const absolute = records.map((each) => each.replace(' ', '.example.com. '));
    expect(read(`$TTL 60\n$GENERATE ${text}`)).toEqual(absolute);
  });
});

describe('line by line', () => {
  function readLines(text: string): { seen: string[]; reader: ZoneTextReader } {
    const seen: string[] = [];
    const reader = new ZoneTextReader(origin, {
      record: (record) => seen.push(`${record.line} ${printName(record.name)} ${typeName(record.type)}`),
      problem: ({ line, column, explanation }) => seen.push(`${line}:${column} ${explanation}`),
      wants: (type) => type !== 'NSEC3PARAM',
    });
    for (const line of text.split('\n')) {
      const include = reader.read(line);
      if (include === undefined) continue;
      const { file, origin: from } = include;
      seen.push(`${include.line}:${include.column} include ${file} ${printName(from)}`);
      const inner = reader.included(include);
      for (const each of ['$ORIGIN in.', 'a 5 A 192.0.2.1', ' A 192.0.2.2', '( ']) inner.read(each);
      inner.end();
    }
    reader.end();
    return { seen, reader };
  }

  test('a bad entry does not hide the next, and each problem has its place', () => {
    const text = `$TTL x
a 60 A 192.0.2.1
b 60 A 192.0.2.999
c 60 (
  MX
  70000 mail )
d 60 TXT "open
e 60 XX 1
 60 SRV 1 2 3 4 5
f..g 60 A 192.0.2.1
  60 A 192.0.2.1
h 60 TXT ok )
i 60 A 192.0.2.1 (`;
    expect(readLines(text).seen).toEqual([
      '1:6 $TTL takes a number of seconds',
      '2 a.example.com. A',
      '3:8 Value is not a valid IPv4 address',
      '6:3 MX priority should be a number from 0 to 65535',
      '7:10 A quotation mark is not closed',
      '8:6 XX is not a record type',
      '9:17 Value has more fields than its type',
      '10:1 Domain label is empty',
      '11:3 The owner to take over could not be read',
      '12:13 Parentheses do not match',
      '13:1 A parenthesis is not closed',
    ]);
  });

  test('an included file begins with what was in force, and leaves nothing behind', () => {
    expect(readLines('$TTL 9\nx A 192.0.2.1\n$INCLUDE "other file" sub\n A 192.0.2.2\ny A 192.0.2.3').seen).toEqual([
      '2 x.example.com. A',
      '3:10 include other file sub.example.com.',
      '2 a.in. A',
      '3 a.in. A',
      '4:1 A parenthesis is not closed',
      '4 x.example.com. A',
      '5 y.example.com. A',
    ]);
  });

  test('what is not wanted is not judged', () => {
    expect(readLines('a 60 NSEC3PARAM this is no data\nb 60 A 192.0.2.1').seen).toEqual(['2 b.example.com. A']);
  });

  test('an entry has an end, though its parenthesis has none', () => {
    const { seen } = readLines(`a 60 TXT (\n${'"b"\n'.repeat(300_000)}`);
    expect(seen[0]).toBe('1:1 An entry is too long; is a parenthesis not closed?');
  });
});

test('any text is read as records or refused as text', () => {
  const piece = fc.constantFrom(
    '$ORIGIN ',
    '$TTL ',
    '1h',
    '60 ',
    'IN ',
    'a',
    '@',
    ' ',
    '\t',
    '\n',
    '\r\n',
    ';',
    '(',
    ')',
    '"',
    '\\',
    '\\000',
    'A 192.0.2.1',
    'MX 1 b',
    'TXT "c"',
    'SOA a b 1 2 3 4 5',
    'HTTPS 1 . alpn=',
    'TYPE9 \\# ',
    '.',
    'ä',
    '\0',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (each) => {
      try {
        read(each);
      } catch (error) {
        expect(error).toBeInstanceOf(PresentationError);
      }
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['records', 'a 60 A 192.0.2.1\n'],
  ['comments', ';;;;;;;;;;\n'],
  ['blanks', '          \t'],
  ['strings of one record', '"bbbbbbbb" ', '(a 60 TXT ', ')'],
  ['digits of a TTL', '1111111111', 'a ', ''],
  ['units of a TTL', '1h1h1h1h1h', 'a ', ''],
  ['labels of a name', 'abcd.abcd.', '', ' 60 A 192.0.2.1'],
  ['escapes', '\\000\\000\\0', '', ''],
])('time grows with the length of the text: %s', (_what, piece, head = '', tail = '') => {
  const time = (count: number): number => {
    const text = head + piece.repeat(count) + tail;
    const runs = Array.from({ length: 5 }, () => {
      const start = process.threadCpuUsage();
      try {
        read(text);
      } catch (error) {
        expect(error).toBeInstanceOf(PresentationError);
      }
      // The thread's own time: a busy machine makes every run longer, and not all by as much.
      return process.threadCpuUsage(start).user / 1000;
    });
    return Math.min(...runs);
  };
  // Sixteen times the text: linear is 16 times the time, quadratic 256. One millisecond hides what is too short to measure.
  expect(time(16_000)).toBeLessThan(128 * Math.max(time(1000), 1));
});
