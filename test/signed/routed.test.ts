import { describe, expect, test } from 'vitest';
import { COUNTER } from '../../src/core/answer/counters.ts';
import { NOWHERE, placeOf } from '../../src/core/geo/place.ts';
import { UNHEALTHY } from '../../src/core/routing/program.ts';
import { shortText, SignedWorld } from './ask-signed.ts';

const ZONE = `
$ZONE example.com.
@     900 SOA ns.example.net. host.example.com. 1 7200 900 1209600 60
@     900 NS  ns.example.net.
pair  60 A 192.0.2.1 [failover PRIMARY, id p, check h0]
pair  60 A 192.0.2.2 [failover SECONDARY, id s]
w     60 A 192.0.2.1 [weighted 1, id a]
w     60 A 192.0.2.2 [weighted 3, id b]
w     60 A 192.0.2.3 [weighted 3, id b]
geo   60 A 192.0.2.1 [geolocation continent=EU, id eu]
geo   60 TXT "all"
many  60 A 192.0.2.1 [multivalue, id 1]
many  30 A 192.0.2.2 [multivalue, id 2, check h0]
many  60 A 192.0.2.3 [multivalue, id 3]
${Array.from({ length: 20 }, (_, n) => `more 60 A 192.0.2.${n} [multivalue, id ${n}]`).join('\n')}
*.wild 60 A 192.0.2.1 [weighted 1, id a]
*.wild 60 A 192.0.2.2 [weighted 1, id b]
c     60 CNAME www.example.com. [weighted 1, id a]
c     60 CNAME gone.example.com. [weighted 1, id b]
c     60 CNAME x.sub.example.com. [weighted 1, id c]
c     60 CNAME mail.example.com. [weighted 1, id d]
www   60 A 192.0.2.80
mail  60 MX 10 mx.example.net.
to    60 CNAME geo.example.com.
sub   60 NS ns.sub.example.com.
ns.sub 60 A 192.0.2.9
apex  ALIAS A pair.example.com.
`;

function routedWorld(): { signed: SignedWorld; statuses: Uint8Array } {
  const statuses = new Uint8Array(8);
  const signed = new SignedWorld(ZONE, {}, { statuses });
  signed.zones.healthCheckIndex('h0');
  signed.world.places = {
    place: (address) => (address[0] === 198 ? placeOf({ continent: 'EU', country: 'FR', subdivision: '' }) : NOWHERE),
    bitsUsed: 24,
  };
  return { signed, statuses };
}

describe('what routing chooses is signed', () => {
  const { signed } = routedWorld();
  test.each([
    ['w.example.com A +do +draw=0', 'answer', '192.0.2.1'],
    ['w.example.com A +do +draw=0.9', 'answer', '192.0.2.3'],
    ['pair.example.com A +do', 'answer', 'answer pair 60 A 192.0.2.1'],
    ['apex.example.com A +do', 'answer', 'answer apex 60 A 192.0.2.1'],
    ['a.wild.example.com A +do +draw=0', 'answer', 'answer a.wild 60 A 192.0.2.1'],
    ['b.a.wild.example.com A +do +draw=0.9', 'answer', 'answer b.a.wild 60 A 192.0.2.2'],
    ['geo.example.com A +do +client=198.51.100.1', 'answer', '192.0.2.1'],
    ['geo.example.com A +do', 'nodata', 'NSEC \\000.geo TXT RRSIG NSEC'],
    ['geo.example.com MX +do', 'nodata', 'NSEC \\000.geo A TXT RRSIG NSEC'],
    ['to.example.com A +do', 'nodata', 'answer to 60 RRSIG CNAME'],
    ['to.example.com A +do +client=198.51.100.1', 'answer', 'answer geo 60 A 192.0.2.1'],
    ['many.example.com A +do', 'answer', '192.0.2.3'],
    ['c.example.com A +do +draw=0', 'answer', 'answer www 60 A 192.0.2.80'],
    ['c.example.com A +do +draw=0.3', 'no such name', 'NSEC \\000.gone RRSIG NSEC NXNAME'],
    ['c.example.com A +do +draw=0.6', 'insecure referral', 'authority sub 60 NSEC \\000.sub NS RRSIG NSEC'],
    ['c.example.com A +do +draw=0.9', 'nodata', 'NSEC \\000.mail MX RRSIG NSEC'],
  ])('%s: %s', (query, proof, part) => {
    expect(shortText(signed.ask(query))).toContain(part);
    expect(signed.prove(query)).toBe(proof);
  });
});

test('several sets that answer together are one RRset, with one TTL and one signature for each selection', () => {
  const { signed, statuses } = routedWorld();
  const ask = () => shortText(signed.ask('many.example.com A +do')).split('\n');
  expect(ask().at(-1)).toBe('answer many 30 RRSIG A labels=3 by example.com.');
  expect(ask().filter((line) => line.includes('RRSIG'))).toHaveLength(1);
  expect(ask().filter((line) => line.startsWith('answer many 30 A'))).toHaveLength(3);
  expect(signed.prove('many.example.com A +do')).toBe('answer');
  statuses[0] = UNHEALTHY;
  expect(ask().filter((line) => line.includes(' A 192'))).toHaveLength(2);
  expect(signed.prove('many.example.com A +do')).toBe('answer');
  statuses[0] = 0;
  ask();
  expect(signed.world.counters[COUNTER.signatures]).toBe(2);
});

test('selections of many are as few as can be signed', () => {
  const { signed } = routedWorld();
  const seen = new Set<string>();
  for (let n = 0; n < 4000; n += 1) {
    const message = signed.ask(`more.example.com A +do +draw=${n / 4000}`);
    expect(message.answers).toHaveLength(9);
    seen.add(
      message.answers
        .map(({ value }) => String(value))
        .toSorted()
        .join(),
    );
  }
  expect(seen.size).toBeGreaterThan(300);
  expect(signed.world.counters[COUNTER.signatures]).toBeLessThanOrEqual(1100);
  expect(signed.prove('more.example.com A +do +draw=0.7')).toBe('answer');
});

test('a leaf is signed once, and the choice is made anew for every query', () => {
  const { signed, statuses } = routedWorld();
  const answer = () => shortText(signed.ask('pair.example.com A +do')).split('\n')[1];
  expect(answer()).toBe('answer pair 60 A 192.0.2.1');
  statuses[0] = UNHEALTHY;
  expect(answer()).toBe('answer pair 60 A 192.0.2.2');
  statuses[0] = 0;
  expect(answer()).toBe('answer pair 60 A 192.0.2.1');
  expect(signed.world.counters[COUNTER.signatures]).toBe(2);
});

test('without DO the choice is the same, without signatures', () => {
  const { signed } = routedWorld();
  for (const query of ['w.example.com A', 'pair.example.com A', 'geo.example.com A', 'c.example.com A +draw=0.6']) {
    const plain = shortText(signed.ask(query)).split('\n').slice(1);
    const withDo = shortText(signed.ask(`${query} +do`)).split('\n');
    expect(withDo.filter((line) => plain.includes(line))).toEqual(plain);
    expect(plain.join()).not.toContain('RRSIG');
  }
});
