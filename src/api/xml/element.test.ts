import { describe, expect, test } from 'vitest';
import { AwsError } from '../aws-error.ts';
import { parseXml } from './element.ts';

test.each([
  ['<a>x</a>', 'x'],
  ['<?xml version="1.0"?><a xmlns="urn:x">x</a>', 'x'],
  ['<n:a xmlns:n="urn:x">x</n:a>', 'x'],
  ['<a><!-- & <!DOCTYPE --></a>', ''],
  ['<a>&amp;amp;</a>', '&amp;'],
  ['<a>&lt;&gt;&quot;&apos;&#65;&#x1F600;</a>', '<>"\'A\u{1f600}'],
  ['<a><![CDATA[&amp;<b>]]></a>', '&amp;<b>'],
  ['<a> 1e3 </a>', ' 1e3 '],
  ['<a/>', ''],
  ['<a>&nbsp;</a>', undefined],
  ['<a>&#xD800;</a>', undefined],
  ['<a>&</a>', undefined],
  ['<a></b>', undefined],
  ['<a>x<b/></a>', undefined],
  ['', undefined],
  ['<a b=">/">x</a>', 'x'],
  ['<a b="<">x</a>', undefined],
  ['<a b=\'">x</a>', undefined],
  ['<!DOCTYPE a><a/>', undefined],
  ['<a><?b?></a>', undefined],
  [' <?xml version="1.0"?><a/>', undefined],
  ['<a><!-- </a>', undefined],
])('%s', (text, expected) => {
  if (expected === undefined) expect(() => parseXml(text)).toThrow(AwsError);
  else expect(parseXml(text)).toMatchObject({ name: 'a', text: expected });
});

const LONG = 300_000;

/** A reader that is quadratic in any of these is busy for minutes, and the test's time is up. */
describe('a long text gets its answer', () => {
  const pieces = [
    '<',
    '<a',
    '<a ',
    '<a>',
    '<a/>',
    '</',
    '</a>',
    '<b>x</b>',
    '<!',
    '<!--',
    '<!---->',
    '<![CDATA[',
    '<?',
    '<?a?>',
  ];
  const more = [
    '&',
    '&a;',
    '&#1;',
    ' ',
    '\n',
    '\0',
    'a="" ',
    "a='",
    'b ',
    '"',
    '>',
    ']]',
    '--',
    '<a b="',
    '<a b="1"/>',
  ];
  const places = [
    ['alone', '', ''],
    ['in an element', '<a>', '</a>'],
    ['in a tag', '<a ', '/>'],
    ['in a closing tag', '<a></a', '>'],
    ['in an attribute', '<a b="', '"/>'],
    ['in a comment', '<a><!--', '--></a>'],
    ['in a declaration', '<?xml ', '?><a/>'],
  ] as const;
  test.each(places)('%s', (_, head, tail) => {
    for (const piece of [...pieces, ...more]) {
      const text = head + piece.repeat(Math.floor(LONG / piece.length)) + tail;
      try {
        parseXml(text);
      } catch (error) {
        expect(error, piece).toBeInstanceOf(AwsError);
        expect((error as Error).message.length, piece).toBeLessThan(400);
      }
    }
  });
});
