import { beforeEach, describe, expect, test } from 'vitest';
import { parseIpv4 } from '../dns/ip-address.ts';
import { PrefixTable } from '../geo/prefix-table.ts';
import { NOWHERE, placeOf, type Place } from '../geo/place.ts';
import { UNHEALTHY } from '../routing/program.ts';
import { zonesFromText } from '../zone/zone-from-text.ts';
import { answerText, ask, textOf, worldOf } from './answer-text.ts';
import { COUNTER, COUNTERS } from './counters.ts';
import { PLAIN_ANSWERS } from './settings.ts';
import { createWorld, type World } from './world.ts';

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
geo   60 A 192.0.2.2 [geolocation country=US, id us]
many  60 A 192.0.2.1 [multivalue, id 1]
many  60 A 192.0.2.2 [multivalue, id 2, check h2]
many  60 A 192.0.2.3 [multivalue, id 3]
*.wild 60 A 192.0.2.1 [weighted 1, id a]
*.wild 60 A 192.0.2.2 [weighted 1, id b]
mx    60 MX 10 mail.example.com. [weighted 1, id a]
mail  60 A 192.0.2.25
c     60 CNAME www.example.com. [weighted 1, id a]
c     60 CNAME pair.example.com. [weighted 1, id b]
c     60 CNAME www.example.org. [weighted 1, id c]
www   60 A 192.0.2.80
to    60 CNAME pair.example.com.
apex  ALIAS A pair.example.com.
`;

const PLACES: Readonly<Record<string, Place>> = {
  '198.51.100': placeOf({ continent: 'EU', country: 'FR', subdivision: '' }),
  '203.0.113': placeOf({ continent: 'NA', country: 'US', subdivision: 'CA' }),
};

let world: World;
let statuses: Uint8Array;

beforeEach(() => {
  statuses = new Uint8Array(8);
  const zones = zonesFromText(ZONE);
  zones.healthCheckIndex('h0');
  zones.healthCheckIndex('h1');
  zones.healthCheckIndex('h2');
  const counters = new Float64Array(COUNTERS);
  world = createWorld({ zones, planBytesMax: 1 << 16, settings: PLAIN_ANSWERS, counters, statuses });
  world.places = { place: (address) => PLACES[[...address.subarray(0, 3)].join('.')] ?? NOWHERE, bitsUsed: 24 };
});

/** The addresses, or whatever the answer's records say. */
function records(query: string): string[] {
  return answerText(world, query)
    .split('\n')
    .slice(1)
    .filter((line) => line.startsWith('answer'))
    .map((line) => line.split(' ').slice(3).join(' '));
}

describe('answers that routing chooses', () => {
  test('change with health, from the same plan', () => {
    expect(records('pair.example.com. A')).toEqual(['A 192.0.2.1']);
    statuses[0] = UNHEALTHY;
    expect(records('pair.example.com. A')).toEqual(['A 192.0.2.2']);
    statuses[0] = 0;
    expect(records('pair.example.com. A')).toEqual(['A 192.0.2.1']);
    expect(world.counters[COUNTER.planMisses]).toBe(1);
  });

  test.each([
    ['w.example.com. A +draw=0.2', ['A 192.0.2.1']],
    ['a.wild.example.com. A +draw=0.3', ['A 192.0.2.1']],
    ['very.long.name.below.wild.example.com. A +draw=0.7', ['A 192.0.2.2']],
    ['geo.example.com. A +client=198.51.100.7', ['A 192.0.2.1']],
    ['geo.example.com. A +client=203.0.113.7', ['A 192.0.2.2']],
    ['geo.example.com. A +client=192.0.2.7', []],
    ['to.example.com. A', ['CNAME pair.example.com.', 'A 192.0.2.1']],
    ['apex.example.com. A', ['A 192.0.2.1']],
    ['mx.example.com. MX', ['MX 10 mail.example.com.']],
    ['c.example.com. A +draw=0.1', ['CNAME www.example.com.', 'A 192.0.2.80']],
    ['c.example.com. A +draw=0.9', ['CNAME www.example.org.']],
    ['c.example.com. CNAME +draw=0.1', ['CNAME www.example.com.']],
    ['w.example.com. AAAA', []],
    ['w.example.com. ANY +draw=0.2', ['A 192.0.2.1']],
  ])('%s', (query, expected) => expect(records(query)).toEqual(expected));

  test('a CNAME that routing chose ends where routing would have to choose again', () => {
    expect(records('c.example.com. A +draw=0.5')).toEqual(['CNAME pair.example.com.']);
  });

  test('a client for whom there is no set gets NODATA with the SOA', () => {
    expect(answerText(world, 'geo.example.com. A')).toBe(
      'NOERROR aa rd\nquestion geo.example.com. A\n' +
        'authority example.com. 60 SOA ns.example.net. host.example.com. 1 7200 900 1209600 60',
    );
  });

  test('several sets are one answer, in turns', () => {
    const first = (draw: number): string => records(`many.example.com. A +draw=${draw}`)[0] as string;
    expect(records('many.example.com. A').toSorted()).toEqual(['A 192.0.2.1', 'A 192.0.2.2', 'A 192.0.2.3']);
    expect(new Set(Array.from({ length: 40 }, (_, n) => first(n / 40))).size).toBe(3);
    statuses[2] = UNHEALTHY;
    expect(records('many.example.com. A').toSorted()).toEqual(['A 192.0.2.1', 'A 192.0.2.3']);
  });

  test('which set is drawn says nothing about which of its records comes first', () => {
    const firsts = Array.from(
      { length: 200 },
      (_, n) => records(`w.example.com. A +draw=${0.25 + (n / 200) * 0.75}`)[0],
    );
    const share = firsts.filter((each) => each === 'A 192.0.2.2').length / 200;
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.65);
  });

  test('client subnet: the place is the client network, and the scope is told back', () => {
    const told = (name: string, subnet: string): string =>
      textOf(ask(world, `${name}.example.com. A +client_subnet=${subnet}`)).replace(/^.*client_subnet=/, '');
    expect(told('geo', '00011800c63364')).toMatch(/^00011818c63364\n[^]* A 192.0.2.1$/);
    expect(told('geo', '00011800cb0071')).toMatch(/^00011818cb0071\n[^]* A 192.0.2.2$/);
    expect(told('w', '00011800cb0071')).toMatch(/^00011800cb0071\n/);
    // A client that does not want its network told on: its resolver's address decides, and nothing is told back.
    expect(told('geo', '00010000')).toMatch(/^00010000\n/);
  });

  test('a plan that is too large to be kept answers all the same', () => {
    const value = (set: string): string => JSON.stringify(set.repeat(250));
    const lines = ['a', 'b'].flatMap((set) =>
      Array.from({ length: 100 }, () => `big 60 TXT ${value(set)} [weighted 1, id ${set}]`),
    );
    world = worldOf(zonesFromText(['$ZONE example.com.', '@ 900 SOA a. b. 1 2 3 4 5', ...lines].join('\n')));
    for (const draw of [0.1, 0.9, 0.1]) {
      const [first, ...others] = records(`big.example.com. TXT +tcp +draw=${draw}`);
      expect([first, others.length]).toEqual([`TXT ${value(draw < 0.5 ? 'a' : 'b')}`, 99]);
    }
    expect(world.counters[COUNTER.planEntries]).toBe(0);
  });

  test('a collection of networks that changes is looked up as it is now', () => {
    const zones = zonesFromText(`$ZONE example.com.
@   900 SOA a. b. 1 2 3 4 5
www 60 A 192.0.2.1 [ip-based C office, id o]
www 60 A 192.0.2.9 [ip-based C *, id any]`);
    world = worldOf(zones);
    const located = (location: string, network: string): void => {
      const blocks = new PrefixTable();
      blocks.add(parseIpv4(network) as Uint8Array, 16, 1);
      zones.networks = () => ({ locations: ['unused', location], blocks });
      world.versions.everythingChanged();
    };
    const asked = (): string[] => records('www.example.com. A +client=198.51.100.7');
    located('office', '198.51.0.0');
    expect([asked(), asked()]).toEqual([['A 192.0.2.1'], ['A 192.0.2.1']]);
    located('office', '203.0.0.0');
    expect(asked()).toEqual(['A 192.0.2.9']);
    located('office', '198.51.0.0');
    expect(asked()).toEqual(['A 192.0.2.1']);
  });

  test('routed plans that are pushed out of memory are compiled anew', () => {
    const lines = Array.from({ length: 300 }, (_, n) => `n${n} 60 A 192.0.2.${n % 256} [weighted 1, id a]`);
    const zones = zonesFromText(`$ZONE example.com.\n@ 900 SOA a. b. 1 2 3 4 5\n${lines.join('\n')}`);
    const counters = new Float64Array(COUNTERS);
    world = createWorld({ zones, planBytesMax: 1 << 16, settings: PLAIN_ANSWERS, counters });
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 300; n += 1) expect(records(`n${n}.example.com. A`)).toEqual([`A 192.0.2.${n % 256}`]);
    }
  });
});
