import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameKey } from '../dns/name-key.ts';
import { deleteReusableDelegationSet } from './delegation-sets/delete-reusable-delegation-set.ts';
import { createReusableDelegationSet } from './delegation-sets/create-reusable-delegation-set.ts';
import { createHostedZone } from './hosted-zones/create-hosted-zone.ts';
import { deleteHostedZone } from './hosted-zones/delete-hosted-zone.ts';
import { listHostedZones } from './hosted-zones/list-hosted-zones.ts';
import { listHostedZonesByName } from './hosted-zones/list-hosted-zones-by-name.ts';
import { updateHostedZoneComment } from './hosted-zones/update-hosted-zone-comment.ts';
import { getHostedZoneLimit } from './limits/get-hosted-zone-limit.ts';
import { MemoryDraft } from './memory-draft.ts';
import { isRefusal, type ChangeBase, type Given, type WriteOperation } from './operation.ts';
import { changeResourceRecordSets } from './record-sets/change-resource-record-sets.ts';
import { listResourceRecordSets } from './record-sets/list-resource-record-sets.ts';
import { tables } from './tables.ts';
import { changeTagsForResource } from './tags/change-tags-for-resource.ts';
import { listTagsForResource } from './tags/list-tags-for-resource.ts';

/** A state and the settings that commands meet. */
class House {
  readonly draft = new MemoryDraft();
  #ids = 0;
  #sequence = 0;
  readonly given: Given = {
    now: 0,
    principal: 'AKTEST',
    newId: (kind) => `${{ 'hosted-zone': 'Z', change: 'C', 'delegation-set': 'N' }[kind]}${(this.#ids += 1)}`,
    settings: {
      accountId: '000000000000',
      nameServerSets: ['a', 'b'].map((set) => ({
        servers: [1, 2].map((n) => ({ name: `${set}${n}.ns.test`, addresses: [] })),
      })),
      quotas: { hostedZonesMax: 500, recordSetsPerZoneMax: 100, delegationSetsMax: 10, zonesPerDelegationSetMax: 10 },
    },
  };

  /** The change, or `code: message`. */
  run<C, Ch extends ChangeBase>(operation: WriteOperation<C, Ch>, command: C): Ch | string {
    const change = operation.decide(this.draft, command, this.given);
    if (isRefusal(change)) return `${change.refused}: ${change.message}`;
    operation.apply(this.draft, change, (this.#sequence += 1));
    return change;
  }

  zone(name: string, more: { delegationSetId?: string } = {}) {
    const change = this.run(createHostedZone, { name, callerReference: `ref-${(this.#ids += 1)}`, ...more });
    if (typeof change === 'string') throw new Error(change);
    return change;
  }

  /** Lines of `ACTION name type value,value`; `ALIAS:target` is an alias in the zone. `ok` or the message. */
  batch(hostedZoneId: string, text: string): string {
    const changes = text
      .trim()
      .split('\n')
      .map((line) => {
        const [action = '', name = '', type = '', ...rest] = line.trim().split(' ');
        const value = rest.join(' ');
        const content = value.startsWith('ALIAS:')
          ? { alias: { hostedZoneId, dnsName: value.slice(6), evaluateTargetHealth: false } }
          : { ttlSeconds: 60, values: value.split(',') };
        return { action, recordSet: { name, type, policies: [], ...content } };
      });
    const change = this.run(changeResourceRecordSets, { hostedZoneId, changes });
    return typeof change === 'string' ? change : 'ok';
  }

  list(hostedZoneId: string, maxItems = 300, start: { startName?: string; startType?: string } = {}) {
    const page = listResourceRecordSets.read(this.draft, { hostedZoneId, maxItems, ...start }, this.given);
    if (isRefusal(page)) throw new Error(page.message);
    return page;
  }
}

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
    expect(says({ policies: ['Weight'], setIdentifier: 's' })).toMatch(/^InvalidInput: .*Weight is not supported/);
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

describe('hosted zones', () => {
  test('same, ancestor and descendant names get another set; then they share', () => {
    const house = new House();
    const sets = ['example.com', 'x.example.com', 'other.com', 'example.com'].map((name) => {
      const { zone, sharedNameServers } = house.zone(name);
      return `${zone.nameServers[0]} ${sharedNameServers}`;
    });
    expect(sets).toEqual(['a1.ns.test false', 'b1.ns.test false', 'a1.ns.test false', 'a1.ns.test true']);
  });

  test('an explicit set that would clash', () => {
    const house = new House();
    const set = house.run(createReusableDelegationSet, { callerReference: '1' });
    if (typeof set === 'string') throw new Error(set);
    const delegationSetId = set.set.id;
    const { zone } = house.zone('example.com', { delegationSetId });
    const clash = { name: 'x.example.com', callerReference: '2', delegationSetId };
    expect(house.run(createHostedZone, clash)).toMatch(/^ConflictingDomainExists: /);
    expect(house.run(deleteReusableDelegationSet, { id: delegationSetId })).toMatch(/^DelegationSetInUse: /);
    house.run(deleteHostedZone, { id: zone.id });
    expect(typeof house.run(deleteReusableDelegationSet, { id: delegationSetId })).toBe('object');
  });

  test.each([
    ['com', 'InvalidDomainName'],
    ['*.example.com', 'InvalidDomainName'],
    ['a..com', 'InvalidDomainName'],
  ])('name %s: %s', (name, code) => {
    expect(new House().run(createHostedZone, { name, callerReference: '1' })).toMatch(new RegExp(`^${code}: `));
  });

  test('a caller reference is used once', () => {
    const house = new House();
    house.run(createHostedZone, { name: 'example.com', callerReference: '1' });
    expect(house.run(createHostedZone, { name: 'b.com', callerReference: '1' })).toMatch(/^HostedZoneAlreadyExists: /);
  });

  test('delete refuses what is not empty and leaves only changes behind', () => {
    const house = new House();
    const { zone } = house.zone('example.com');
    house.batch(zone.id, 'CREATE a.example.com A 192.0.2.1');
    expect(house.run(deleteHostedZone, { id: zone.id })).toMatch(/^HostedZoneNotEmpty: /);
    house.batch(zone.id, 'DELETE a.example.com A 192.0.2.1');
    expect(typeof house.run(deleteHostedZone, { id: zone.id })).toBe('object');
    expect(house.draft.rowCounts()).toEqual({ changes: 4, counters: 1 });
    expect(house.run(deleteHostedZone, { id: zone.id })).toBe(
      `NoSuchHostedZone: No hosted zone found with ID: ${zone.id}`,
    );
  });
});

describe('lists of hosted zones', () => {
  const names = ['b.com', 'a-b.com', 'a.com', 'x.a.com', 'a.com'];

  test('by id, one by one', () => {
    const house = new House();
    const ids = names.map((name) => house.zone(name).zone.id).sort();
    const seen: string[] = [];
    for (let marker: string | undefined = ''; marker !== undefined;) {
      const page = listHostedZones.read(house.draft, { maxItems: 1, marker }, house.given);
      if (isRefusal(page)) throw new Error(page.message);
      seen.push(...page.zones.map((zone) => zone.id));
      marker = page.nextMarker;
    }
    expect(seen).toEqual(ids);
  });

  test('by name: a start, not a filter', () => {
    const house = new House();
    for (const name of names) house.zone(name);
    const page = listHostedZonesByName.read(house.draft, { dnsName: 'A.com', maxItems: 3 }, house.given);
    if (isRefusal(page)) throw new Error(page.message);
    expect(page.zones.map((zone) => zone.name)).toEqual(['a.com.', 'a.com.', 'x.a.com.']);
    expect(page.next?.dnsName).toBe('b.com.');
  });
});

describe('tags, comments and limits', () => {
  test('tags are replaced by key, removed and refused', () => {
    const house = new House();
    const resource = { resourceType: 'hostedzone', resourceId: house.zone('example.com').zone.id };
    const pair = (key: string, value: string) => ({ key, value });
    house.run(changeTagsForResource, { ...resource, addTags: [pair('a', '1'), pair('b', '1')] });
    house.run(changeTagsForResource, { ...resource, addTags: [pair('a', '2')], removeTagKeys: ['b'] });
    const listed = listTagsForResource.read(house.draft, resource, house.given);
    expect(listed).toEqual({ ...resource, tags: [pair('a', '2')] });
    expect(house.run(changeTagsForResource, resource)).toMatch(/^InvalidInput: /);
    expect(house.run(changeTagsForResource, { ...resource, addTags: [pair('k'.repeat(129), '')] })).toMatch(
      /^InvalidInput: /,
    );
    expect(house.run(changeTagsForResource, { ...resource, resourceId: 'Z0', addTags: [] })).toMatch(
      /^NoSuchHostedZone: /,
    );
  });

  test('a comment is set and taken away', () => {
    const house = new House();
    const { id } = house.zone('example.com').zone;
    house.run(updateHostedZoneComment, { id, comment: 'c' });
    expect(house.draft.get(tables.hostedZones, [id])?.comment).toBe('c');
    house.run(updateHostedZoneComment, { id });
    expect(house.draft.get(tables.hostedZones, [id])).not.toHaveProperty('comment');
  });

  test('a public zone has no limit of VPCs', () => {
    const house = new House();
    const { id } = house.zone('example.com').zone;
    expect(getHostedZoneLimit.read(house.draft, { id, type: 'MAX_RRSETS_BY_ZONE' }, house.given)).toMatchObject({
      value: 100,
      count: 2,
    });
    expect(
      getHostedZoneLimit.read(house.draft, { id, type: 'MAX_VPCS_ASSOCIATED_BY_ZONE' }, house.given),
    ).toMatchObject({
      refused: 'HostedZoneNotPrivate',
    });
  });
});

test('whatever is accepted, nodes count their children and the zone its record sets', () => {
  const line = fc
    .tuple(
      fc.constantFrom('CREATE', 'UPSERT', 'DELETE'),
      fc.constantFrom('a', 'b.a', 'c.b.a', 'x.y', 'y', '*.y'),
      fc.constantFrom('A', 'TXT'),
    )
    .map(([action, name, type]) => `${action} ${name}.example.com ${type} ${type === 'A' ? '192.0.2.1' : '"t"'}`);
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const house = new House();
      const { id } = house.zone('example.com').zone;
      for (const each of lines) house.batch(id, each);
      const rows = house.draft.range(tables.nodes, { prefix: [id], limit: 100 });
      const keys = rows.map((row) => row.key[1] as string);
      for (const { key, value } of rows) {
        const below = keys.filter((each) => each !== key[1] && each.startsWith(key[1] as string));
        expect(value.children).toBe(
          below.filter((each) => each.split('.').length === (key[1] as string).split('.').length + 1).length,
        );
        expect(value.children + value.recordSets.length).toBeGreaterThan(0);
      }
      const stored = rows.reduce((sum, row) => sum + row.value.recordSets.length, 0);
      expect(house.draft.get(tables.hostedZones, [id])?.recordSetCount).toBe(stored);
    }),
  );
});
