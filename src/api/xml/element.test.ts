import { expect, test } from 'vitest';
import { AwsError } from '../aws-error.ts';
import { parseXml } from './element.ts';

test.each([
  ['<a>x</a>', 'x'],
  ['<?xml version="1.0"?><a xmlns="urn:x">x</a>', 'x'],
  ['<n:a xmlns:n="urn:x">x</n:a>', 'x'],
  ['<a><!-- & <!DOCTYPE --></a>', undefined],
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
])('%s', (text, expected) => {
  if (expected === undefined) expect(() => parseXml(text)).toThrow(AwsError);
  else expect(parseXml(text)).toMatchObject({ name: 'a', text: expected });
});
