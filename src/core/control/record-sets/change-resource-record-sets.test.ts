import { describe, expect, test } from 'vitest';
import { nameKey } from '../../dns/name-key.ts';
import { changeResourceRecordSets } from './change-resource-record-sets.ts';
import { tables } from '../tables.ts';
import { House } from '../house-in-memory.ts';

const ICB = 'InvalidChangeBatch: ';
const batches: readonly { case: string; before?: string; batch: string; says: string }[] = [
  { case: 'create', batch: 'CREATE a.example.com A 192.0.2.1', says: 'ok' },
  {
    case: 'create what exists',
    before: 'CREATE a.example.com A 192.0.2.1',
    batch: 'CREATE A.example.com. A 192.0.2.1',
    says: `${ICB}[Tried to create resource record set [name='a.example.com.', type='A'] but it already exists]`,
  },
  {
    case: 'delete what is missing, twice over: all messages',
    batch: 'DELETE a.example.com A 192.0.2.1\nDELETE b.example.com A 192.0.2.1',
    says:
      `${ICB}[Tried to delete resource record set [name='a.example.com.', type='A'] but it was not found, ` +
      `Tried to delete resource record set [name='b.example.com.', type='A'] but it was not found]`,
  },
  {
    case: 'delete with other values',
    before: 'CREATE a.example.com A 192.0.2.1',
    batch: 'DELETE a.example.com A 192.0.2.2',
    says: `${ICB}[Tried to delete resource record set [name='a.example.com.', type='A'] but the values provided do not match the current values]`,
  },
  {
    case: 'delete compares order and final dots by meaning',
    before: 'CREATE a.example.com MX 1 x.test.,2 y.test.',
    batch: 'DELETE a.example.com MX 2 y.test,1 x.test',
    says: 'ok',
  },
  {
    case: 'type change in order',
    before: 'CREATE a.example.com A 192.0.2.1',
    batch: 'DELETE a.example.com A 192.0.2.1\nCREATE a.example.com CNAME b.example.com',
    says: 'ok',
  },
  {
    case: 'type change in the wrong order',
    before: 'CREATE a.example.com A 192.0.2.1',
    batch: 'CREATE a.example.com CNAME b.example.com\nDELETE a.example.com A 192.0.2.1',
    says: `${ICB}[RRSet of type CNAME with DNS name a.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com.]`,
  },
  {
    case: 'beside a CNAME',
    before: 'CREATE a.example.com CNAME b.example.com',
    batch: 'CREATE a.example.com A 192.0.2.1',
    says: `${ICB}[RRSet of type A with DNS name a.example.com. is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone example.com.]`,
  },
  {
    case: 'CNAME at the apex',
    batch: 'CREATE example.com CNAME b.example.com',
    says: `${ICB}[RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.]`,
  },
  {
    case: 'outside the zone',
    batch: 'CREATE a.example.org A 192.0.2.1',
    says: `${ICB}[RRSet with DNS name a.example.org. is not permitted in zone example.com.]`,
  },
  {
    case: 'bad value',
    batch: 'CREATE a.example.com A x',
    says: `${ICB}[Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with 'x'']`,
  },
  {
    case: 'a fingerprint algorithm that Route 53 does not know',
    batch: 'CREATE a.example.com SSHFP 5 1 0a',
    says: `${ICB}[Invalid Resource Record: 'FATAL problem: InvalidSSHFPAlgorithm (Algorithm should be one of 1, 2, 3, 4 and 6) encountered with '5 1 0a'']`,
  },
  {
    case: 'a kind of fingerprint that Route 53 does not know',
    batch: 'CREATE a.example.com SSHFP 1 3 0a',
    says: `${ICB}[Invalid Resource Record: 'FATAL problem: InvalidSSHFPFingerprintType (Fingerprint type should be 1 or 2) encountered with '1 3 0a'']`,
  },
  {
    case: 'bad name',
    batch: 'CREATE a..example.com A 192.0.2.1',
    says: `${ICB}[FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'a..example.com']`,
  },
  {
    case: 'bad alias target: the message names the target',
    batch: 'CREATE a.example.com A ALIAS:b..example.com',
    says: `${ICB}[FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'b..example.com']`,
  },
  {
    case: 'delete, then create of one set',
    before: 'CREATE a.example.com A 192.0.2.1',
    batch: 'DELETE a.example.com A 192.0.2.1\nCREATE a.example.com A 192.0.2.2',
    says: 'ok',
  },
  {
    case: 'two values of a CNAME',
    batch: 'CREATE a.example.com CNAME x.test,y.test',
    says: `${ICB}[RRSet of type CNAME must have exactly one record]`,
  },
  {
    case: 'a value twice',
    batch: 'CREATE a.example.com A 192.0.2.1,192.0.2.1',
    says: `${ICB}[Duplicate Resource Record: '192.0.2.1']`,
  },
  {
    case: 'one set created twice',
    batch: 'CREATE a.example.com CNAME x.test\nCREATE a.example.com CNAME y.test',
    says: `${ICB}[The request contains an invalid set of changes for a resource record set 'CNAME a.example.com.']`,
  },
  {
    case: 'octoDNS order: targets, then aliases of them',
    batch:
      'CREATE _v.example.com A 192.0.2.1\nUPSERT _pool.example.com A ALIAS:_v.example.com\nUPSERT www.example.com A ALIAS:_pool.example.com',
    says: 'ok',
  },
  {
    case: 'alias before its target',
    batch: 'CREATE www.example.com A ALIAS:_v.example.com\nCREATE _v.example.com A 192.0.2.1',
    says: `${ICB}[Tried to create an alias that targets _v.example.com., type A in zone Z1, but that target was not found]`,
  },
  {
    case: 'the target of an alias deleted',
    before: 'CREATE a.example.com A 192.0.2.1\nCREATE www.example.com A ALIAS:a.example.com',
    batch: 'DELETE a.example.com A 192.0.2.1',
    says:
      `${ICB}[Tried to delete resource record set [name='a.example.com.', type='A'] ` +
      'but it is the target of the alias www.example.com.]',
  },
  {
    case: 'the target of an alias deleted with the alias, in either order',
    before: 'CREATE a.example.com A 192.0.2.1\nCREATE www.example.com A ALIAS:a.example.com',
    batch: 'DELETE a.example.com A 192.0.2.1\nDELETE www.example.com A ALIAS:a.example.com',
    says: 'ok',
  },
  {
    case: 'the former target of an alias deleted',
    before:
      'CREATE a.example.com A 192.0.2.1\nCREATE b.example.com A 192.0.2.2\nCREATE www.example.com A ALIAS:a.example.com',
    batch: 'UPSERT www.example.com A ALIAS:b.example.com\nDELETE a.example.com A 192.0.2.1',
    says: 'ok',
  },
  {
    case: 'an alias moved to a target that the batch deletes',
    before:
      'CREATE a.example.com A 192.0.2.1\nCREATE b.example.com A 192.0.2.2\nCREATE www.example.com A ALIAS:a.example.com',
    batch: 'UPSERT www.example.com A ALIAS:b.example.com\nDELETE b.example.com A 192.0.2.2',
    says:
      `${ICB}[Tried to delete resource record set [name='b.example.com.', type='A'] ` +
      'but it is the target of the alias www.example.com.]',
  },
  {
    case: 'another type at the name of an alias target deleted',
    before:
      'CREATE a.example.com A 192.0.2.1\nCREATE a.example.com TXT "x"\nCREATE www.example.com A ALIAS:a.example.com',
    batch: 'DELETE a.example.com TXT "x"',
    says: 'ok',
  },
  {
    case: 'alias out of the zone',
    batch: 'CREATE www.example.com A ALIAS:x.test',
    says:
      `${ICB}[Tried to create an alias that targets x.test., type A in zone Z1, but that target was not found, ` +
      'Tried to create an alias that targets x.test., type A in zone Z1, but the alias target name does not lie within the target zone]',
  },
  {
    case: '501 upserts count 1002',
    batch: Array.from({ length: 501 }, (_, n) => `UPSERT n${n}.example.com A 192.0.2.1`).join('\n'),
    says: `${ICB}[Number of records limit of 1000 exceeded.]`,
  },
];

describe('ChangeResourceRecordSets', () => {
  test.each(batches)('$case', ({ before, batch, says }) => {
    const house = new House();
    const zoneId = house.zone('example.com').zone.id;
    if (before !== undefined) expect(house.batch(zoneId, before)).toBe('ok');
    const count = house.draft.get(tables.hostedZones, [zoneId])?.recordSetCount;
    expect(house.batch(zoneId, batch).replaceAll(`zone ${zoneId},`, 'zone Z1,')).toBe(says);
    const listed = house.list(zoneId).recordSets;
    expect(house.draft.get(tables.hostedZones, [zoneId])?.recordSetCount).toBe(listed.length);
    if (says !== 'ok') expect(listed.length).toBe(count);
  });

  test('the apex keeps its NS and SOA', () => {
    const house = new House();
    const change = house.zone('example.com');
    const changes = change.apexRecordSets.map(({ type, ttlSeconds = 0, values = [] }) => ({
      action: 'DELETE',
      recordSet: { name: 'example.com', policies: [], type, ttlSeconds, values },
    }));
    expect(house.run(changeResourceRecordSets, { hostedZoneId: change.zone.id, changes })).toBe(
      `${ICB}[A HostedZone must contain at least one NS record for the zone itself., A HostedZone must contain exactly one SOA record.]`,
    );
  });

  test('a difference of a final dot only is stored', () => {
    const house = new House();
    const { id } = house.zone('example.com').zone;
    house.batch(id, 'CREATE a.example.com CNAME b.test');
    house.batch(id, 'UPSERT a.example.com CNAME b.test.');
    expect(house.list(id).recordSets.at(-1)?.set.values).toEqual(['b.test.']);
  });

  test('empty non-terminals come and go with what is below them', () => {
    const house = new House();
    const { id } = house.zone('example.com').zone;
    house.batch(id, 'CREATE x.y.example.com A 192.0.2.1');
    expect(house.draft.get(tables.nodes, [id, nameKey('y.example.com.')])).toEqual({ children: 1, recordSets: [] });
    house.batch(id, 'DELETE x.y.example.com A 192.0.2.1');
    expect(
      house.draft.range(tables.nodes, { prefix: [id], limit: 9 }).map((row) => [row.key[1], row.value.children]),
    ).toEqual([['com.example.', 0]]);
  });

  test('a policy and a health check', () => {
    const house = new House();
    const { id } = house.zone('example.com').zone;
    const set = { name: 'a.example.com', type: 'A', ttlSeconds: 1, values: ['192.0.2.1'] };
    const says = (more: object) =>
      house.run(changeResourceRecordSets, {
        hostedZoneId: id,
        changes: [{ action: 'CREATE', recordSet: { policies: [], ...set, ...more } }],
      });
    expect(says({ setIdentifier: 's' })).toMatch(
      /^InvalidInput: Invalid request: Expected exactly one of \[Weight, Region.*found none/,
    );
    expect(says({ healthCheckId: 'h' })).toMatch(/^NoSuchHealthCheck: /);
    expect(says({ alias: { hostedZoneId: id, dnsName: 'x.example.com', evaluateTargetHealth: false } })).toMatch(
      /found more than one/,
    );
  });
});

test("paging one by one lists everything once, in Route 53's order", () => {
  const house = new House();
  const { id } = house.zone('example.com').zone;
  for (const name of ['a', 'a-b', '*', '_x', 'z.y', '0']) house.batch(id, `CREATE ${name}.example.com A 192.0.2.1`);
  house.batch(id, 'CREATE a.example.com TXT "t"');
  const seen: string[] = [];
  for (
    let page = house.list(id, 1);
    ;
    page = house.list(id, 1, { startName: page.next.name, startType: page.next.set.type })
  ) {
    seen.push(...page.recordSets.map((item) => `${item.name} ${item.set.type}`));
    if (page.next === undefined) break;
  }
  expect(seen).toEqual([
    'example.com. NS',
    'example.com. SOA',
    '0.example.com. A',
    '\\052.example.com. A',
    '_x.example.com. A',
    'a-b.example.com. A',
    'a.example.com. A',
    'a.example.com. TXT',
    'z.y.example.com. A',
  ]);
});
