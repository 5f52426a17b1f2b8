import { describe, expect, test } from 'vitest';
import { House } from '../house-in-memory.ts';

const ICB = 'InvalidChangeBatch: ';
const WWW = 'www.example.com';
const LABEL = `RRSet with DNS name ${WWW}., type A`;

/** Sets at one name: `before` is there, `batch` is tried. */
const groups: readonly { case: string; before?: string; batch: string; says: string }[] = [
  {
    case: 'all sets of a group in one batch',
    batch: `CREATE ${WWW} A 192.0.2.1 [weighted 1, id a]\nCREATE ${WWW} A 192.0.2.2 [weighted 255, id b]`,
    says: 'ok',
  },
  {
    case: 'policies of other types at the name do not matter',
    before: `CREATE ${WWW} A 192.0.2.1 [weighted 1, id a]`,
    batch: `CREATE ${WWW} AAAA 2001:db8::1 [latency eu-west-1, id a]\nCREATE ${WWW} TXT "x"`,
    says: 'ok',
  },
  {
    case: 'simple beside weighted',
    before: `CREATE ${WWW} A 192.0.2.1 [weighted 1, id a]`,
    batch: `CREATE ${WWW} A 192.0.2.2`,
    says: `${ICB}[${LABEL} cannot be created as other RRSets exist with the same name and type.]`,
  },
  {
    case: 'weighted beside simple',
    before: `CREATE ${WWW} A 192.0.2.1`,
    batch: `CREATE ${WWW} A 192.0.2.2 [weighted 1, id b]`,
    says: `${ICB}[${LABEL}, SetIdentifier b cannot be created as a non-weighted set exists with the same name and type.]`,
  },
  {
    case: 'latency beside weighted',
    before: `CREATE ${WWW} A 192.0.2.1 [weighted 1, id a]`,
    batch: `CREATE ${WWW} A 192.0.2.2 [latency eu-west-2, id b]`,
    says: `${ICB}[${LABEL}, SetIdentifier b, and Region Name=eu-west-2 cannot be created because a non-latency RRSet with the same name and type already exists.]`,
  },
  {
    case: 'a region twice',
    before: `CREATE ${WWW} A 192.0.2.1 [latency eu-west-1, id a]`,
    batch: `CREATE ${WWW} A 192.0.2.2 [latency eu-west-1, id b]`,
    says: `${ICB}[${LABEL}, SetIdentifier b, and Region Name=eu-west-1 cannot be created because a latency RRSet with the same name, type and region already exists.]`,
  },
  {
    case: 'geolocation beside weighted',
    before: `CREATE ${WWW} A 192.0.2.1 [weighted 1, id a]`,
    batch: `CREATE ${WWW} A 192.0.2.2 [geolocation continent=NA, id b]`,
    says: `${ICB}[${LABEL}, SetIdentifier b, and routing to [continent = (NA, North America)] cannot be created because a non-GEO RRSet with the same name and type already exists]`,
  },
  {
    case: 'a location twice',
    before: `CREATE ${WWW} A 192.0.2.1 [geolocation country=US/CA, id a]`,
    batch: `CREATE ${WWW} A 192.0.2.2 [geolocation country=US/CA, id b]`,
    says: `${ICB}[${LABEL}, SetIdentifier b, and routing to [country = (US, United States), subdivision = (CA, California)] cannot be created because a GEO RRSet with the same name, type and location already exists]`,
  },
  {
    case: 'failover beside multivalue',
    before: `CREATE ${WWW} A 192.0.2.1 [multivalue, id a]`,
    batch: `CREATE ${WWW} A 192.0.2.2 [failover SECONDARY, id b]`,
    says: `${ICB}[${LABEL}, SetIdentifier b, marked as secondary cannot be created because a non-failover RRSet with the same name and type already exists]`,
  },
  {
    case: 'multivalue beside failover',
    before: `CREATE ${WWW} A 192.0.2.2 [failover SECONDARY, id b]`,
    batch: `CREATE ${WWW} A 192.0.2.1 [multivalue, id a]`,
    says: `${ICB}[${LABEL}, SetIdentifier a cannot be created because a non multivalue answer rrset exists with the same name and type.]`,
  },
  {
    case: 'a second secondary',
    before: `CREATE ${WWW} A 192.0.2.2 [failover SECONDARY, id a]`,
    batch: `CREATE ${WWW} A 192.0.2.1 [failover SECONDARY, id b]`,
    says: `${ICB}[${LABEL}, SetIdentifier b, marked as secondary cannot be created because a secondary RRSet with the same name and type already exists]`,
  },
  {
    case: 'a place twice, however it is written',
    before: `CREATE ${WWW} A 192.0.2.2 [geoproximity 48.5,2.30 0, id a]`,
    batch: `CREATE ${WWW} A 192.0.2.1 [geoproximity 48.50,2.3 10, id b]`,
    says: `${ICB}[${LABEL}, SetIdentifier b cannot be created because a geoproximity RRSet with the same name, type and location already exists.]`,
  },
  {
    case: 'another TTL than its siblings',
    before: `CREATE ${WWW} A 192.0.2.1 [weighted 1, id a]`,
    batch: `CREATE ${WWW} A 192.0.2.2 [weighted 1, id b, ttl 30]`,
    says: `${ICB}[RRSet with DNS name ${WWW}. and type A, SetIdentifier b cannot be created as weighted sets must contain the same TTL.]`,
  },
  {
    case: 'the TTL of the whole group in one batch',
    before: `CREATE ${WWW} A 192.0.2.1 [weighted 1, id a]\nCREATE ${WWW} A 192.0.2.2 [weighted 1, id b]`,
    batch: `UPSERT ${WWW} A 192.0.2.1 [weighted 1, id a, ttl 30]\nUPSERT ${WWW} A 192.0.2.2 [weighted 1, id b, ttl 30]`,
    says: 'ok',
  },
  {
    case: 'the policy of the whole group in one batch',
    before: `CREATE ${WWW} A 192.0.2.1 [weighted 1, id a]\nCREATE ${WWW} A 192.0.2.2 [weighted 1, id b]`,
    batch: `UPSERT ${WWW} A 192.0.2.1 [latency eu-west-1, id a]\nUPSERT ${WWW} A 192.0.2.2 [latency us-east-1, id b]`,
    says: 'ok',
  },
  {
    case: 'the policy of one set alone',
    before: `CREATE ${WWW} A 192.0.2.1 [weighted 1, id a]\nCREATE ${WWW} A 192.0.2.2 [weighted 1, id b]`,
    batch: `UPSERT ${WWW} A 192.0.2.1 [latency eu-west-1, id a]`,
    says: `${ICB}[${LABEL}, SetIdentifier a, and Region Name=eu-west-1 cannot be created because a non-latency RRSet with the same name and type already exists.]`,
  },
  {
    case: 'from simple to weighted in one batch',
    before: `CREATE ${WWW} A 192.0.2.1`,
    batch: `DELETE ${WWW} A 192.0.2.1\nCREATE ${WWW} A 192.0.2.1 [weighted 1, id a]`,
    says: 'ok',
  },
  {
    case: 'two CIDR collections',
    before: `CREATE ${WWW} A 192.0.2.1 [ip-based c1 one, id a]`,
    batch: `CREATE ${WWW} A 192.0.2.2 [ip-based c2 one, id b]`,
    says: `${ICB}[${LABEL}, SetIdentifier b cannot be created as all sets of a name and type must use the same CIDR collection.]`,
  },
  {
    case: 'a CIDR collection that is not there',
    batch: `CREATE ${WWW} A 192.0.2.2 [ip-based c9 one, id b]`,
    says: `${ICB}[${LABEL}, SetIdentifier b cannot be created as there is no CIDR collection c9.]`,
  },
  {
    case: 'a set identifier is part of what is deleted',
    before: `CREATE ${WWW} A 192.0.2.1 [weighted 1, id a]`,
    batch: `DELETE ${WWW} A 192.0.2.1 [weighted 1, id b]`,
    says: `${ICB}[Tried to delete resource record set [name='${WWW}.', type='A', set-identifier='b'] but it was not found]`,
  },
  {
    case: 'a delete says the policy as it is',
    before: `CREATE ${WWW} A 192.0.2.1 [weighted 1, id a]`,
    batch: `DELETE ${WWW} A 192.0.2.1 [weighted 2, id a]`,
    says: `${ICB}[Tried to delete resource record set [name='${WWW}.', type='A', set-identifier='a'] but the values provided do not match the current values]`,
  },
];

test.each(groups)('$case', ({ before, batch, says }) => {
  const house = new House();
  const { id } = house.zone('example.com').zone;
  const collections = ['c1', 'c2'].map((name) => house.collection(name).collection.id);
  const withIds = (text: string): string =>
    text.replace(/ip-based c([12])/g, (_, n) => `ip-based ${collections[n - 1]}`);
  if (before !== undefined) expect(house.batch(id, withIds(before))).toBe('ok');
  expect(house.batch(id, withIds(batch))).toBe(says);
});

describe('what is wrong with a policy by itself is InvalidInput', () => {
  test.each([
    ['[weighted 256, id a]', 'Weight must be from 0 to 255'],
    ['[weighted 1]', "Missing field 'SetIdentifier'"],
    ['[id a]', 'Expected exactly one of \\[Weight, Region.*found none'],
    ['[latency mars-1, id a]', 'Region must be one of \\[af-south-1, '],
    ['[failover TERTIARY, id a]', 'Failover must be one of \\[PRIMARY, SECONDARY\\]'],
    [
      '[failover PRIMARY, id a]',
      'A non-alias primary ResourceRecordSet must have an associated health check. No changes made.',
    ],
    ['[geolocation continent=XX, id a]', 'GeoLocation is not one'],
    ['[geolocation country=EH, id a]', 'GeoLocation is not one'],
    ['[geolocation country=FR/75, id a]', 'GeoLocation is not one'],
    ['[geoproximity us-east-1 100, id a]', 'Bias must be from -99 to 99'],
    ['[geoproximity mars-1 0, id a]', 'AWSRegion must be one of'],
    ['[geoproximity 90.01,0 0, id a]', 'Latitude must be from -90 to 90'],
    ['[geoproximity 1.234,0 0, id a]', 'Latitude must be from -90 to 90 with at most two decimals'],
    ['[geoproximity 0,-180.5 0, id a]', 'Longitude must be from -180 to 180'],
    ['[ip-based c1 a.b, id a]', 'LocationName must match'],
  ])('%s', (routing, says) => {
    const house = new House();
    const { id } = house.zone('example.com').zone;
    expect(house.batch(id, `CREATE ${WWW} A 192.0.2.1 ${routing}`)).toMatch(
      new RegExp(`^InvalidInput: Invalid request: ${says}.* in Change with \\[Action=CREATE, Name=${WWW}, Type=A, `),
    );
  });

  test.each([
    ['NS a.test.', 'weighted 1', 'a record set of type NS can only have simple routing'],
    // A referral has the DS record, or the proof that there is none, for every client the same (RFC 4035 §3.1.4).
    ...[
      'weighted 1',
      'failover SECONDARY',
      'geolocation country=FR',
      'latency eu-west-1',
      'geoproximity us-east-1 0',
      'multivalue',
      'ip-based cidr-1 x',
    ].map((policy) => [`DS 1,13,2,${'00'.repeat(32)}`, policy, 'a record set of type DS can only have simple routing']),
    ['CNAME a.test.', 'multivalue', 'a record set of type CNAME cannot be a multivalue answer'],
    ['A ALIAS:a.example.com', 'multivalue', 'an alias cannot be a multivalue answer'],
  ])('%s with %s', (record, policy, says) => {
    const house = new House();
    const { id } = house.zone('example.com').zone;
    expect(house.batch(id, `CREATE ${WWW} ${record} [${policy}, id a]`)).toContain(says);
  });
});

test('a group has at most a hundred sets, thirty with geoproximity', () => {
  const house = new House({ quotas: { recordSetsPerZoneMax: 1000 } });
  const { id } = house.zone('example.com').zone;
  const weighted = Array.from({ length: 101 }, (_, n) => `CREATE ${WWW} A 192.0.2.1 [weighted 1, id ${n}]`);
  expect(house.batch(id, weighted.slice(0, 100).join('\n'))).toBe('ok');
  expect(house.batch(id, weighted[100] as string)).toMatch(/a group has at most 100 sets/);
  const near = Array.from(
    { length: 31 },
    (_, n) => `CREATE near.example.com A 192.0.2.1 [geoproximity ${n},0 0, id ${n}]`,
  );
  expect(house.batch(id, near.join('\n'))).toMatch(/a group has at most 30 sets/);
});
