import { expect, test } from 'vitest';
import { TYPE } from '../../src/core/dns/record-type.ts';
import type { Rrsig } from '../../src/core/dns/rdata/rrsig.ts';
import { SignedWorld } from './ask-signed.ts';

/** The longest TTL that Route 53 serves of a signed zone. */
const WEEK = 604_800;

const ZONE = `
$ZONE example.com.
@    864000     SOA   ns1.example.com. host.example.com. 1 7200 900 1209600 700000
@    864000     NS    ns1.example.com.
ns1  864000     A     192.0.2.53
long 2147483647 A     192.0.2.1
week 604800     A     192.0.2.1
over 604801     TXT   "one" "two"
day  86400      A     192.0.2.1
c    864000     CNAME long.example.com.
al   ALIAS A    long.example.com.
*.w  864000     A     192.0.2.1
r    864000     A     192.0.2.1 [weighted 1, id a]
r    864000     A     192.0.2.2 [weighted 1, id b]
m    864000     A     192.0.2.1 [multivalue, id 1]
m    864000     A     192.0.2.2 [multivalue, id 2]
sub  864000     NS    ns.sub.example.com.
sub  864000     DS    1 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns.sub 864000   A     192.0.2.99
`;

const QUESTIONS = [
  'long.example.com A',
  'week.example.com A',
  'over.example.com TXT',
  'c.example.com A',
  'al.example.com A',
  'x.w.example.com A',
  'r.example.com A',
  'm.example.com A',
  'example.com SOA',
  'example.com NS',
  'nothing.example.com A',
  'day.example.com MX',
  'x.sub.example.com A',
  'sub.example.com DS',
];

test.each(QUESTIONS)('%s in a signed zone has no TTL above a week, and signatures say the same', (question) => {
  const world = new SignedWorld(ZONE);
  const { answers, authorities, additionals } = world.ask(`${question} +do`);
  const records = [...answers, ...authorities, ...additionals];
  expect(new Set(records.map(({ ttlSeconds }) => ttlSeconds))).toEqual(new Set([WEEK]));
  const signatures = records.filter(({ type }) => type === TYPE.RRSIG);
  expect(signatures.length).toBeGreaterThan(0);
  for (const { value } of signatures) expect((value as Rrsig).originalTtlSeconds).toBe(WEEK);
  expect(world.prove(`${question} +do`)).not.toBe('');
});

test.each(QUESTIONS)('%s without DO has the TTL that it has with DO', (question) => {
  const { answers, authorities, additionals } = new SignedWorld(ZONE).ask(question);
  const ttls = [...answers, ...authorities, ...additionals].map(({ ttlSeconds }) => ttlSeconds);
  expect(new Set(ttls)).toEqual(new Set([WEEK]));
});

test('shorter TTLs are as they were, and so are those of zones that are not signed', () => {
  expect(new SignedWorld(ZONE).ask('day.example.com A +do').answers[0]?.ttlSeconds).toBe(86_400);
  const unsigned = new SignedWorld(ZONE, { unsigned: ['example.com.'] });
  expect(unsigned.ask('long.example.com A +do').answers[0]?.ttlSeconds).toBe(2_147_483_647);
});
