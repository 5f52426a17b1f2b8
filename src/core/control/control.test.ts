import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deleteReusableDelegationSet } from './delegation-sets/delete-reusable-delegation-set.ts';
import { createReusableDelegationSet } from './delegation-sets/create-reusable-delegation-set.ts';
import { createHostedZone } from './hosted-zones/create-hosted-zone.ts';
import { deleteHostedZone } from './hosted-zones/delete-hosted-zone.ts';
import { listHostedZones } from './hosted-zones/list-hosted-zones.ts';
import { listHostedZonesByName } from './hosted-zones/list-hosted-zones-by-name.ts';
import { updateHostedZoneComment } from './hosted-zones/update-hosted-zone-comment.ts';
import { getHostedZoneLimit } from './limits/get-hosted-zone-limit.ts';
import { isRefusal } from './operation.ts';
import { tables } from './tables.ts';
import { changeTagsForResource } from './tags/change-tags-for-resource.ts';
import { listTagsForResource } from './tags/list-tags-for-resource.ts';
import { House } from './house-in-memory.ts';

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

  test('a new zone has the SOA and NS records that Route 53 gives it', () => {
    const { zone, apexRecordSets } = new House().zone('example.com');
    const servers = zone.nameServers.map((server) => `${server}.`);
    expect(apexRecordSets).toEqual([
      { type: 'NS', ttlSeconds: 172_800, values: servers },
      {
        type: 'SOA',
        ttlSeconds: 900,
        values: [`${servers[0]} hostmaster.example.com. 1 7200 900 1209600 86400`],
      },
    ]);
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
