import { describe, expect, test } from 'vitest';
import { parseMessage } from '../dns/message.ts';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { answerText, ask, queryOf, textOf, worldOf } from './answer-text.ts';
import { answerQuery } from './answer-query.ts';

const many = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join('\n');
const lines = (text: string, section: string): string[] => text.split('\n').filter((line) => line.startsWith(section));

describe('names of 255 octets', () => {
  // Three labels of 63 and one of 49 below example.com: 64 × 3 + 50 + 13.
  const longest = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(49)}.example.com`;
  const other = longest.replace(/^a/, 'x');
  const world = worldOf(
    zonesFromText(`$ZONE example.com.
@ 900 SOA ns1.example.com. host.example.com. 1 7200 900 1209600 60
${longest}. 60 A 192.0.2.1
*.${longest.slice(64)}. 60 TXT "wild"
c 60 CNAME ${longest}`),
  );
  const rows: [string, string, string][] = [
    ['that exist', `${longest} A`, `answer ${longest}. 60 A 192.0.2.1`],
    ['that a wildcard covers', `${other} TXT`, `answer ${other}. 60 TXT "wild"`],
    ['at the end of a chain', 'c.example.com A', `answer ${longest}. 60 A 192.0.2.1`],
    ['that do not exist', `${longest.replace('.dd', '.ee')} A`, 'authority example.com. 60 SOA'],
  ];
  test.each(rows)('%s', (_, query, expected) => expect(answerText(world, query)).toContain(expected));

  test('and no longer ones', () => {
    const query = queryOf(`${longest} A`);
    const packet = Uint8Array.from([...query.packet.subarray(0, 12), 1, 0x61, ...query.packet.subarray(12)]);
    const response = new Uint8Array(512);
    const length = answerQuery(world, { ...query, packet, length: packet.length }, response);
    expect(textOf(response.slice(0, length))).toBe('FORMERR rd');
  });
});

describe('TTLs', () => {
  const world = worldOf(
    zonesFromText(`
$ZONE example.com.
@   2147483647 SOA ns1.example.com. host.example.com. 1 7200 900 1209600 2147483646
max 2147483647 A   192.0.2.1
max 2147483647 A   192.0.2.2
nil 0          A   192.0.2.1
$ZONE short.example.
@   30 SOA ns1.example.com. host.example.com. 1 7200 900 1209600 86400
`),
  );
  const rows: [string, string, string[]][] = [
    ['of 2^31 - 1, the same in all of a set', 'max.example.com A', ['2147483647', '2147483647']],
    ['of 0', 'nil.example.com A', ['0']],
    ['of a negative answer: the minimum, if it is less (RFC 2308 §3)', 'no.example.com A', ['2147483646']],
    ["of a negative answer: the SOA record's, if that is less", 'no.short.example A', ['30']],
  ];
  test.each(rows)('%s', (_, query, expected) => {
    const records = answerText(world, query).split('\n').slice(2);
    expect(records.map((record) => record.split(' ')[2])).toEqual(expected);
  });
});

describe('large answers by TCP', () => {
  test('names beyond 14 bits are whole, and none is compressed against them (RFC 1035 §4.1.4)', () => {
    const bindings = many(110, (n) => `big 60 SVCB 1 t${n % 20}.example.com key65000=${'x'.repeat(200)}${n}`);
    const addresses = many(20, (n) => `t${n} 60 A 192.0.2.${n}\nt${n} 60 AAAA 2001:db8::${n}`);
    const world = worldOf(zonesFromText(`$ZONE example.com.\n${bindings}\n${addresses}`), 1 << 20);
    expect(ask(world, 'big.example.com SVCB +tcp').length).toBeGreaterThan(0x3fff + 20 * 40);
    const additional = lines(answerText(world, 'big.example.com SVCB +tcp'), 'additional');
    expect(additional).toEqual(
      many(
        20,
        (n) =>
          `additional t${n}.example.com. 60 A 192.0.2.${n}\nadditional t${n}.example.com. 60 AAAA 2001:db8::${n === 0 ? '' : n}`,
      ).split('\n'),
    );
  });

  /** A world with one set that makes the answer `octets` long, without EDNS: 33 of header and question, 12 before each value. */
  const worldWith = (octets: number): ReturnType<typeof worldOf> => {
    let left = octets - 33;
    const values: string[] = [];
    for (; left > 0; left -= 12 + 1 + (values.at(-1) as string).length) {
      const most = Math.min(255, left - 13);
      const length = left - 13 - most > 0 && left - 13 - most < 14 ? most - 14 : most;
      values.push(String(values.length).padEnd(length, 'x'));
    }
    return worldOf(zonesFromText(`$ZONE example.com.\n${values.map((each) => `big 60 TXT "${each}"`).join('\n')}`));
  };

  test('of 65,535 octets are whole', () => {
    const answer = ask(worldWith(65_535), 'big.example.com TXT +tcp +draw=0.5');
    expect(answer.length).toBe(65_535);
    expect(parseMessage(answer).answers.length).toBeGreaterThan(240);
  });

  test('one octet more is SERVFAIL', () => {
    expect(textOf(ask(worldWith(65_536), 'big.example.com TXT +tcp'))).toContain('SERVFAIL');
  });
});

test('types that have no name are stored and answered verbatim (RFC 3597)', () => {
  const world = worldOf(
    zonesFromText(`$ZONE example.com.
x 60 TYPE65280 \\# 6 0a0000010001
x 60 TYPE65280 \\# 0
*.w 60 TYPE65281 \\# 4 c00cc00c`),
  );
  expect(answerText(world, 'x.example.com TYPE65280').split('\n').slice(2)).toEqual([
    'answer x.example.com. 60 TYPE65280 \\# 6 0A0000010001',
    'answer x.example.com. 60 TYPE65280 \\# 0',
  ]);
  // Octets that look like pointers are data: nothing may move them.
  expect(answerText(world, 'longer.w.example.com TYPE65281')).toContain('\\# 4 C00CC00C');
});
