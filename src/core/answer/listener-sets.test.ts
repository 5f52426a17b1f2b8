import { expect, test } from 'vitest';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { answerText, worldOf } from './answer-text.ts';
import { COUNTER } from './counters.ts';
import { PLAIN_ANSWERS } from './settings.ts';

const zones = zonesFromText(`
$ZONE example.com. set=old
@     900 SOA  old.example. host.example. 1 7200 900 1209600 60
www   60  A    192.0.2.1
*.w   60  A    192.0.2.1
$ZONE example.com. set=a
@     900 SOA  a.example. host.example. 1 7200 900 1209600 60
www   60  A    192.0.2.2
*.w   60  A    192.0.2.2
$ZONE example.com. set=b
@     900 SOA  b.example. host.example. 1 7200 900 1209600 60
www   60  A    192.0.2.3
*.w   60  A    192.0.2.3
$ZONE example.net. set=b
@     900 SOA  b.example. host.example. 1 7200 900 1209600 60
www   60  A    192.0.2.4
`);

const world = worldOf(zones, 1 << 16, { ...PLAIN_ANSWERS, listenerSets: [undefined, 'a', 'b', 'elsewhere', 'a'] });

/** The last word of the first record; asked twice, so the second time from its plan. */
function answered(query: string, listener: number): string | undefined {
  const text = answerText(world, `${query} +listener=${listener}`);
  return /^(?:answer|authority) \S+ \d+ (?:A|SOA) (\S+)/m.exec(text)?.[1];
}

test.each([
  ['www.example.com A', ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.1', '192.0.2.2', '192.0.2.1']],
  ['x.w.example.com A', ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.1', '192.0.2.2', '192.0.2.1']],
  ['no.example.com A', ['old.example.', 'a.example.', 'b.example.', 'old.example.', 'a.example.', 'old.example.']],
  ['www.example.net A', Array(6).fill('192.0.2.4')],
])('%s is answered from the zone of the name servers that were asked, else from the oldest', (query, expected) => {
  for (let round = 0; round < 2; round += 1) {
    expect(expected.map((_, listener) => answered(query, listener))).toEqual(expected);
  }
});

test('a plan of a name that one zone has is shared by all name servers; others have one for each', () => {
  const fresh = worldOf(zones, 1 << 16, { ...PLAIN_ANSWERS, listenerSets: [undefined, 'a', 'b'] });
  for (const listener of [0, 1, 2]) answerText(fresh, `www.example.net A +listener=${listener}`);
  expect(fresh.plans.entries).toBe(1);
  for (const listener of [0, 1, 2]) answerText(fresh, `www.example.com A +listener=${listener}`);
  expect(fresh.plans.entries).toBe(4);
  expect(fresh.counters[COUNTER.planMisses]).toBe(4);
});

test('when a second zone of a name comes, its servers answer from it', () => {
  const growing = zonesFromText('$ZONE example.com. set=a\nwww 60 A 192.0.2.1');
  const early = worldOf(growing, 1 << 16, { ...PLAIN_ANSWERS, listenerSets: ['a', 'b'] });
  for (const listener of [0, 1]) {
    expect(answerText(early, `www.example.com A +listener=${listener}`)).toContain('192.0.2.1');
  }
  const second = growing.addZone('example.com.', { nameServerSet: 'b', private: false });
  growing.addValue(second, 'www.example.com.', 'A', 60, '192.0.2.2');
  // As create-hosted-zone.ts says it to the workers.
  early.versions.zoneChanged('Z1');
  early.versions.zoneChanged(second);
  expect(answerText(early, 'www.example.com A +listener=0')).toContain('192.0.2.1');
  expect(answerText(early, 'www.example.com A +listener=1')).toContain('192.0.2.2');
});
