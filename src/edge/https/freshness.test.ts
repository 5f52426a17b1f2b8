import { expect, test } from 'vitest';
import { ask, worldOf } from '../../core/answer/answer-text.ts';
import { zonesFromText } from '../../core/zone/zone-from-text.ts';
import { freshnessSeconds } from './freshness.ts';

const world = worldOf(
  zonesFromText(`
  $ZONE example.com.
  @     900 SOA   ns1.example.com. host.example.com. 1 7200 900 1209600 60
  @     300 NS    ns1.example.com.
  ns1   120 A     192.0.2.1
  www   60  CNAME ns1.example.com.
  zero  0   A     192.0.2.1
  sub   300 NS    ns1.sub.example.com.
  $ZONE short.example.
  @     30  SOA   ns1.example.com. host.example.com. 1 7200 900 1209600 600
`),
);

const rows: [string, number][] = [
  ['ns1.example.com A', 120],
  ['ns1.example.com A +do', 120],
  ['example.com NS', 300],
  ['www.example.com A', 60],
  ['zero.example.com A', 0],
  ['no.example.com A', 60],
  ['ns1.example.com TXT', 60],
  ['no.short.example A', 30],
  ['www.sub.example.com A', 0],
  ['example.net A', 0],
  ['ns1.example.com A +version=1', 0],
];

test.each(rows)('%s: %d s', (query, seconds) => expect(freshnessSeconds(ask(world, query))).toBe(seconds));
