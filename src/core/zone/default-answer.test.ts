import { expect, test } from 'vitest';
import { nameKey } from '../dns/name-key.ts';
import { typeName } from '../dns/record-type.ts';
import { defaultAnswer, defaultAnswers } from './default-answer.ts';
import { zonesFromText } from './zone-from-text.ts';

const chain = Array.from({ length: 20 }, (_, n) => `c${n} ALIAS A c${n + 1}.example.com`).join('\n');
const zones = zonesFromText(`
$ZONE example.com.
plain   60 A     192.0.2.1
plain   60 A     192.0.2.2
plain   30 TXT   "x"
alias   ALIAS A  chained.example.com
chained ALIAS A  plain.example.com
dead    ALIAS A  nowhere.example.com
round   ALIAS A  round.example.com
${chain}
c20     60 A     192.0.2.9
`);

/** Sets with routing, which the text of zones need not know. */
function routed(name: string, ...sets: object[]): void {
  for (const [index, set] of sets.entries()) {
    const { values = [], alias, ...routing } = set as { values?: string[]; alias?: string };
    const more = { setIdentifier: `s${index}`, routing: routing as never };
    if (alias !== undefined) zones.addAlias('Z1', `${name}.example.com.`, 'A', alias, false, more);
    for (const value of values) zones.addValue('Z1', `${name}.example.com.`, 'A', 60 - index, value, more);
  }
}
routed(
  'weighted',
  { policy: 'weighted', weight: 1, values: ['192.0.2.1'] },
  { policy: 'weighted', weight: 9, values: ['192.0.2.2'] },
);
routed(
  'failover',
  { policy: 'failover', role: 'SECONDARY', values: ['192.0.2.1'] },
  { policy: 'failover', role: 'PRIMARY', values: ['192.0.2.2'] },
);
routed(
  'geo',
  { policy: 'geolocation', location: { country: 'AT' }, values: ['192.0.2.1'] },
  { policy: 'geolocation', location: { country: '*' }, values: ['192.0.2.2'] },
);
routed(
  'ip',
  { policy: 'ip-based', collectionId: 'c', location: 'vienna', values: ['192.0.2.1'] },
  { policy: 'ip-based', collectionId: 'c', location: '*', values: ['192.0.2.2'] },
);
routed(
  'latency',
  { policy: 'latency', region: 'eu-west-1', values: ['192.0.2.1'] },
  { policy: 'latency', region: 'us-east-1', values: ['192.0.2.2'] },
);
routed('nowhere-else', { policy: 'geolocation', location: { country: 'AT' }, values: ['192.0.2.1'] });
routed('many', ...Array.from({ length: 10 }, (_, n) => ({ policy: 'multivalue', values: [`192.0.2.${n}`] })));
routed(
  'tree',
  { policy: 'failover', role: 'PRIMARY', alias: 'dead.example.com.' },
  { policy: 'failover', role: 'SECONDARY', alias: 'weighted.example.com.' },
);

const ZONE = { id: 'Z1', apex: 'com.example.' };

test.each([
  ['plain', '60 192.0.2.1,192.0.2.2'],
  ['alias', '60 192.0.2.1,192.0.2.2'],
  ['dead', 'nothing'],
  ['round', 'nothing'],
  ['c5', '60 192.0.2.9'],
  ['c0', 'nothing'],
  ['weighted', '59 192.0.2.2'],
  ['failover', '59 192.0.2.2'],
  ['geo', '59 192.0.2.2'],
  ['ip', '59 192.0.2.2'],
  ['latency', '60 192.0.2.1'],
  ['nowhere-else', '60 192.0.2.1'],
  ['many', `51 ${[0, 1, 2, 3, 4, 5, 6, 7].map((n) => `192.0.2.${n}`).join()}`],
  ['tree', '59 192.0.2.2'],
  ['gone', 'nothing'],
])('%s is copied as %s', (name, expected) => {
  const rrset = defaultAnswer(zones, ZONE, nameKey(`${name}.example.com.`), 'A');
  expect(rrset === undefined ? 'nothing' : `${rrset.ttlSeconds} ${rrset.values.join()}`).toBe(expected);
});

test('a node is copied as one RRset for each of its types', () => {
  zones.addValue('Z1', 'weighted.example.com.', 'TXT', 60, '"x"');
  const key = nameKey('weighted.example.com.');
  const node = zones.node('Z1', key);
  if (node === undefined) throw new Error('there is no node');
  expect(defaultAnswers(zones, ZONE, node, key).map(({ type, values }) => [typeName(type), values])).toEqual([
    ['A', ['192.0.2.2']],
    ['TXT', ['"x"']],
  ]);
});
