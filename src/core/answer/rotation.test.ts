import { describe, expect, test } from 'vitest';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { answerText, worldOf } from './answer-text.ts';

const ZONE = `
$ZONE example.com.
@       900 SOA  ns1.example.com. host.example.com. 1 7200 900 1209600 60
@       300 NS   ns1.example.com
@       300 NS   ns2.elsewhere.example
@       300 NS   ns3.example.com
ns1     300 A    192.0.2.53
ns3     300 A    192.0.2.54
one     60  A    192.0.2.1
four    60  A    192.0.2.1
four    60  A    192.0.2.2
four    60  A    192.0.2.3
four    60  A    192.0.2.4
text    60  TXT  "a"
text    60  TXT  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
text    60  TXT  "cc"
mx      60  MX   10 a.mail.example.com
mx      60  MX   10 b.mail.example.com
mx      60  MX   20 longer.mail.example.com
a.mail  60  A    192.0.2.25
b.mail  60  A    192.0.2.26
alias   ALIAS A  four.example.com
*.wild  60  A    192.0.2.1
*.wild  60  A    192.0.2.2
*.wild  60  A    192.0.2.3
chain   60  CNAME four.example.com
*.chain 60  CNAME four.example.com
$ZONE .
@       60  A    192.0.2.1
@       60  A    192.0.2.2
`;
const world = worldOf(zonesFromText(ZONE));

/** The last fields of the answers, in order; TXT by its first letter. Additional records and all else must parse. */
function values(query: string, draw: number): string {
  const lines = answerText(world, `${query} +draw=${draw}`).split('\n');
  return lines
    .filter((line) => line.startsWith('answer') && !line.includes('CNAME'))
    .map((line) =>
      line
        .split(' ')
        .at(-1)
        ?.replace('192.0.2.', '')
        .replace(/"(.).*/, '$1')
        .replace(/\..*/, ''),
    )
    .join(' ');
}

describe('each draw begins with another value and goes round', () => {
  const rows: [string, string[]][] = [
    ['one.example.com A', ['1', '1']],
    ['four.example.com A', ['1 2 3 4', '2 3 4 1', '3 4 1 2', '4 1 2 3']],
    ['text.example.com TXT', ['a b c', 'b c a', 'c a b']],
    ['mx.example.com MX', ['a b longer', 'b longer a', 'longer a b']],
    ['example.com NS', ['ns1 ns2 ns3', 'ns2 ns3 ns1', 'ns3 ns1 ns2']],
    ['alias.example.com A', ['1 2 3 4', '2 3 4 1', '3 4 1 2', '4 1 2 3']],
    ['x.wild.example.com A', ['1 2 3', '2 3 1', '3 1 2']],
    ['much.longer.wild.example.com A', ['1 2 3', '2 3 1', '3 1 2']],
    ['chain.example.com A', ['1 2 3 4', '2 3 4 1', '3 4 1 2', '4 1 2 3']],
    ['x.chain.example.com A', ['1 2 3 4', '2 3 4 1', '3 4 1 2', '4 1 2 3']],
    ['. A', ['1 2', '2 1']],
  ];
  test.each(rows)('%s', (query, expected) => {
    const draws = expected.flatMap((_, index) => [index / expected.length, (index + 0.999_999) / expected.length]);
    expect(draws.map((draw) => values(query, draw))).toEqual(expected.flatMap((each) => [each, each]));
  });
});

test('names behind the values are whole, whichever comes first', () => {
  for (const draw of [0, 0.4, 0.8]) {
    const text = answerText(world, `mx.example.com MX +draw=${draw}`);
    expect(text).toContain('additional a.mail.example.com. 60 A 192.0.2.25');
    expect(text).toContain('additional b.mail.example.com. 60 A 192.0.2.26');
  }
});

test('also where what only helps does not fit', () => {
  const wide = Array.from({ length: 40 }, (_, n) => `a.mail 60 A 192.0.2.${n}`).join('\n');
  const other = worldOf(
    zonesFromText(`$ZONE example.com.\n@ 60 MX 1 a.mail.example.com\n@ 60 MX 2 b.mail.example.com\n${wide}`),
  );
  expect(answerText(other, 'example.com MX +draw=0.7').split('\n').slice(2)).toEqual([
    'answer example.com. 60 MX 2 b.mail.example.com.',
    'answer example.com. 60 MX 1 a.mail.example.com.',
  ]);
});
