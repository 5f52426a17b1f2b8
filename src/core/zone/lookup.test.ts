import { expect, test } from 'vitest';
import { TYPE } from '../dns/record-type.ts';
import { findZone } from './find-zone.ts';
import { lookup } from './lookup.ts';
import { zonesFromText } from './zone-from-text.ts';

const chain = Array.from({ length: 30 }, (_, n) => `c${n} 60 CNAME c${n + 1}.example.com`).join('\n');
const aliases = Array.from({ length: 30 }, (_, n) => `a${n} ALIAS A a${n + 1}.example.com`).join('\n');
const zones = zonesFromText(`
$ZONE example.com. private
$ZONE example.com.
${chain}
${aliases}
a30       60 A     192.0.2.1
around    ALIAS A  around.example.com
down      60 CNAME www.child.example.com
self      60 CNAME self.example.com
*.cw      60 CNAME x.cw.example.com
$ZONE example.com.
$ZONE child.example.com.
$ZONE inner.example. private
`);
const EXAMPLE = { id: 'Z2', apex: 'com.example.', contested: true };

test.each([
  ['com.example.', TYPE.A, 'Z2'],
  ['com.example.www.', TYPE.A, 'Z2'],
  ['com.example.child.www.', TYPE.A, 'Z4'],
  ['com.example.child.', TYPE.A, 'Z4'],
  ['com.example.child.', TYPE.DS, 'Z2'],
  ['com.example.', TYPE.DS, 'Z2'],
  ['com.example.child.www.', TYPE.DS, 'Z4'],
  ['com.', TYPE.A, undefined],
  ['example.inner.', TYPE.A, undefined],
  ['', TYPE.DS, undefined],
])('the zone of %s for type %i is %s', (name, type, expected) =>
  expect(findZone(zones, name, type)?.id).toBe(expected),
);

test.each([
  [undefined, 'Z1', true],
  ['a', 'Z1', true],
  ['b', 'Z2', true],
  ['c', 'Z1', true],
])('of several zones of one name, by the name servers %s it is %s', (set, expected, contested) => {
  const several = zonesFromText('$ZONE e. set=a\n$ZONE e. set=b\n$ZONE e. private set=c\n$ZONE one.e. set=a');
  expect(findZone(several, 'e.www.', TYPE.A, set)).toMatchObject({ id: expected, contested });
  expect(findZone(several, 'e.one.', TYPE.A, set)).toMatchObject({ id: 'Z4', contested: false });
  expect(findZone(several, 'e.one.', TYPE.DS, set)).toMatchObject({ id: expected, contested });
});

test.each([
  ['c0', 'chain', 12],
  ['c29', 'nxdomain', 1],
  ['self', 'chain', 1],
  ['down', 'chain', 1],
  ['cw.y', 'chain', 2],
  ['a20', 'found', 0],
  ['a0', 'nodata', 0],
  ['around', 'nodata', 0],
])('%s ends as %s after %i CNAMEs', (name, kind, length) => {
  const result = lookup(zones, EXAMPLE, `com.example.${name}.`, TYPE.A);
  expect([result.kind, result.chain.length]).toEqual([kind, length]);
});
