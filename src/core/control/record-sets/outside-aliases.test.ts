import { beforeEach, describe, expect, test } from 'vitest';
import { House } from '../house-in-memory.ts';
import { OUTSIDE_TARGETS_MAX } from '../outside-targets.ts';
import { tables } from '../tables.ts';

let house: House;
let zone: string;

beforeEach(() => {
  house = new House();
  zone = house.zone('example.com').zone.id;
});

/** The targets that are to be resolved: `number type name`. */
function targets(): string[] {
  const rows = house.draft.range(tables.outsideTargets, { limit: 100 });
  return rows.map(({ key, value }) => `${key[0]} ${value.type} ${value.name}`);
}

test.each([
  'CREATE example.com A ALIAS:host.example.net@ZOUTSIDE',
  'CREATE example.com AAAA ALIAS:Host_1.Example.NET@ZOUTSIDE',
  // As Terraform, external-dns and CDK send them.
  'CREATE example.com A ALIAS:d111111abcdef8.cloudfront.net@Z2FDTNDATAQYW2',
  'CREATE example.com A ALIAS:dualstack.lb-1.eu-west-1.elb.amazonaws.com@Z32O12XQLNTSW2',
  'CREATE example.com A ALIAS:s3-website-us-east-1.amazonaws.com@Z3AQBSTGFYJSTF',
  'CREATE example.com AAAA ALIAS:a1b2.awsglobalaccelerator.com@Z2BJ6XQ5FK7U4H',
  // Below our own name, but it may be delegated away.
  'CREATE example.com A ALIAS:www.sub.example.com@ZOUTSIDE',
])('%s', (line) => expect(house.batch(zone, line)).toBe('ok'));

const TRIED = 'InvalidChangeBatch: [Tried to create an alias that targets';

test.each([
  [
    'CREATE example.com A ALIAS:host.example.net@Z2FDTNDATAQYW2',
    /targets host\.example\.net\., type A in zone Z2FDTNDATAQYW2, but a target is in .* hosted zone Z\d+ or a host of AWS's; any other host is targeted in zone ZOUTSIDE\]$/,
  ],
  ['CREATE example.com A ALIAS:cloudfront.net@Z2FDTNDATAQYW2', /, but a target is in/],
  ['CREATE example.com A ALIAS:notcloudfront.net@Z2FDTNDATAQYW2', /, but a target is in/],
  ['CREATE example.com MX ALIAS:host.example.net@ZOUTSIDE', /, but only aliases of type A and AAAA can target/],
  ['CREATE www.example.com CNAME ALIAS:host.example.net@ZOUTSIDE', /, but only aliases of type A and AAAA can target/],
  ['CREATE example.com NS ALIAS:host.example.net@ZOUTSIDE', /cannot be an alias/],
  ['CREATE example.com A ALIAS:example.com@ZOUTSIDE', /, but an alias cannot target itself/],
  ['CREATE example.com A ALIAS:a\\052b.example.net@ZOUTSIDE', /, but that is not a host name/],
  ['CREATE example.com A ALIAS:.@ZOUTSIDE', /, but that is not a host name/],
])('%s is refused', (line, message) => expect(house.batch(zone, line)).toMatch(message));

test('the own zone’s id with a name outside it is refused in Route 53’s words', () => {
  expect(house.batch(zone, 'CREATE example.com A ALIAS:host.example.net')).toBe(
    `${TRIED} host.example.net., type A in zone ${zone}, but that target was not found, ` +
      `Tried to create an alias that targets host.example.net., type A in zone ${zone}, but the alias target name does not lie within the target zone]`,
  );
});

test('without a resolver the setting is named', () => {
  house = new House({ resolvesHosts: false });
  zone = house.zone('example.com').zone.id;
  expect(house.batch(zone, 'CREATE example.com A ALIAS:host.example.net@ZOUTSIDE')).toBe(
    `${TRIED} host.example.net., type A in zone ZOUTSIDE, but this member has no resolver to look hosts up with: set WAYPOST_RESOLVERS]`,
  );
});

test('it is listed as it was written, and deleted by repeating it', () => {
  house.batch(zone, 'CREATE example.com A ALIAS:d1.cloudfront.net@Z2FDTNDATAQYW2 [evaluate]');
  const [set] = house.list(zone).recordSets;
  expect(set?.set.alias).toMatchObject({
    hostedZoneId: 'Z2FDTNDATAQYW2',
    name: 'd1.cloudfront.net.',
    evaluateTargetHealth: true,
  });
  expect(house.batch(zone, 'DELETE example.com A ALIAS:d1.cloudfront.net@ZOUTSIDE [evaluate]')).toMatch(/do not match/);
  expect(house.batch(zone, 'DELETE example.com A ALIAS:d1.cloudfront.net@Z2FDTNDATAQYW2 [evaluate]')).toBe('ok');
});

describe('which hosts are to be resolved', () => {
  test('each once, while an alias needs it; numbers are not given again', () => {
    const other = house.zone('example.org').zone.id;
    house.batch(zone, 'CREATE example.com A ALIAS:host.example.net@ZOUTSIDE');
    house.batch(zone, 'CREATE example.com AAAA ALIAS:host.example.net@ZOUTSIDE');
    house.batch(other, 'CREATE example.org A ALIAS:host.example.net@ZOUTSIDE');
    expect(targets()).toEqual(['1 A host.example.net.', '2 AAAA host.example.net.']);
    house.batch(zone, 'DELETE example.com A ALIAS:host.example.net@ZOUTSIDE');
    expect(targets()).toEqual(['1 A host.example.net.', '2 AAAA host.example.net.']);
    house.batch(other, 'UPSERT example.org A ALIAS:next.example.net@ZOUTSIDE');
    expect(targets()).toEqual(['2 AAAA host.example.net.', '3 A next.example.net.']);
    house.batch(other, 'UPSERT example.org A 192.0.2.1');
    house.batch(other, 'UPSERT example.org A ALIAS:host.example.net@ZOUTSIDE');
    expect(targets()).toEqual(['2 AAAA host.example.net.', '4 A host.example.net.']);
  });

  test('an alias that is written again keeps its target’s number', () => {
    house.batch(zone, 'CREATE example.com A ALIAS:host.example.net@ZOUTSIDE');
    house.batch(zone, 'UPSERT example.com A ALIAS:host.example.net@ZOUTSIDE [evaluate]');
    expect(targets()).toEqual(['1 A host.example.net.']);
  });

  test('routed aliases count one by one', () => {
    house.batch(zone, 'CREATE www.example.com A ALIAS:host.example.net@ZOUTSIDE [weighted 1, id a]');
    house.batch(zone, 'CREATE www.example.com A ALIAS:host.example.net@ZOUTSIDE [weighted 1, id b]');
    house.batch(zone, 'DELETE www.example.com A ALIAS:host.example.net@ZOUTSIDE [weighted 1, id a]');
    expect(targets()).toEqual(['1 A host.example.net.']);
    house.batch(zone, 'DELETE www.example.com A ALIAS:host.example.net@ZOUTSIDE [weighted 1, id b]');
    expect(targets()).toEqual([]);
  });

  test('a target in the zone with the name of one outside is another', () => {
    house.batch(zone, 'CREATE a.example.com A 192.0.2.1');
    house.batch(zone, 'CREATE b.example.com A ALIAS:a.example.com@ZOUTSIDE');
    expect(house.batch(zone, 'DELETE a.example.com A 192.0.2.1')).toBe('ok');
  });

  test('there is a limit', () => {
    house.draft.put(tables.counters, ['outside-targets'], OUTSIDE_TARGETS_MAX - 1);
    const batch =
      'CREATE a.example.com A ALIAS:a.example.net@ZOUTSIDE\nCREATE b.example.com A ALIAS:b.example.net@ZOUTSIDE';
    expect(house.batch(zone, batch)).toBe(
      `InvalidChangeBatch: [Number of outside alias targets limit of ${OUTSIDE_TARGETS_MAX} exceeded.]`,
    );
    expect(house.batch(zone, 'CREATE a.example.com A ALIAS:a.example.net@ZOUTSIDE')).toBe('ok');
    expect(house.batch(zone, 'CREATE b.example.com A ALIAS:a.example.net@ZOUTSIDE')).toBe('ok');
    expect(house.batch(zone, 'CREATE c.example.com A ALIAS:c.example.net@ZOUTSIDE')).toMatch(/limit/);
  });
});
