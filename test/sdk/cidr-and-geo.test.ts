import * as r53 from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestMember, type TestMember } from './member.ts';

let member: TestMember;
beforeAll(async () => {
  member = await startTestMember();
});
afterAll(async () => {
  await member.close();
  expect(member.failures).toEqual([]);
});

test('a CIDR collection is made, changed, listed and deleted', async () => {
  const { client } = member;
  const made = await client.send(new r53.CreateCidrCollectionCommand({ Name: 'offices', CallerReference: '1' }));
  expect(made.$metadata.httpStatusCode).toBe(201);
  const Id = made.Collection?.Id as string;
  expect(Id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(made.Collection).toMatchObject({
    Name: 'offices',
    Version: 1,
    Arn: `arn:aws:route53::123456789012:cidrcollection/${Id}`,
  });
  const Changes = [{ LocationName: 'berlin', Action: 'PUT' as const, CidrList: ['10.0.0.0/8', '2001:db8::/32'] }];
  const changed = await client.send(new r53.ChangeCidrCollectionCommand({ Id, Changes, CollectionVersion: 1 }));
  const change = await client.send(new r53.GetChangeCommand({ Id: changed.Id as string }));
  expect(change.ChangeInfo?.Id).toBe(`/change/${changed.Id}`);
  await expect(
    client.send(new r53.ChangeCidrCollectionCommand({ Id, Changes, CollectionVersion: 1 })),
  ).rejects.toMatchObject({
    name: 'CidrCollectionVersionMismatchException',
    $metadata: { httpStatusCode: 409 },
  });
  const blocks: string[] = [];
  for await (const page of r53.paginateListCidrBlocks({ client, pageSize: 1 }, { CollectionId: Id })) {
    blocks.push(...(page.CidrBlocks ?? []).map((block) => `${block.LocationName} ${block.CidrBlock}`));
  }
  expect(blocks).toEqual(['berlin 10.0.0.0/8', 'berlin 2001:db8::/32']);
  const locations = await client.send(new r53.ListCidrLocationsCommand({ CollectionId: Id }));
  expect(locations.CidrLocations).toEqual([{ LocationName: 'berlin' }]);
  const collections = await client.send(new r53.ListCidrCollectionsCommand({}));
  expect(collections.CidrCollections).toMatchObject([{ Id, Name: 'offices', Version: 2 }]);
  await expect(client.send(new r53.DeleteCidrCollectionCommand({ Id }))).rejects.toMatchObject({
    name: 'CidrCollectionInUseException',
  });
  const gone = [
    { LocationName: 'berlin', Action: 'DELETE_IF_EXISTS' as const, CidrList: ['10.0.0.0/8', '2001:db8::/32'] },
  ];
  await client.send(new r53.ChangeCidrCollectionCommand({ Id, Changes: gone }));
  await client.send(new r53.DeleteCidrCollectionCommand({ Id }));
  await expect(client.send(new r53.ListCidrLocationsCommand({ CollectionId: Id }))).rejects.toMatchObject({
    name: 'NoSuchCidrCollectionException',
    $metadata: { httpStatusCode: 404 },
  });
  await expect(client.send(new r53.ListCidrCollectionsCommand({ NextToken: 'x' }))).rejects.toMatchObject({
    name: 'InvalidInput',
  });
});

test('geo locations are listed once each, countries before continents', async () => {
  const { client } = member;
  const codes: string[] = [];
  for (let start: Partial<r53.ListGeoLocationsCommandInput> = {}; ;) {
    const page = await client.send(new r53.ListGeoLocationsCommand({ ...start, MaxItems: 50 }));
    for (const { ContinentCode, CountryCode, SubdivisionCode } of page.GeoLocationDetailsList ?? []) {
      codes.push(ContinentCode ?? [CountryCode, SubdivisionCode].filter(Boolean).join('-'));
    }
    if (!page.IsTruncated) break;
    start = {
      StartContinentCode: page.NextContinentCode,
      StartCountryCode: page.NextCountryCode,
      StartSubdivisionCode: page.NextSubdivisionCode,
    };
  }
  // AF, AS, NA and SA are both countries and continents.
  expect(new Set(codes).size).toBe(codes.length - 4);
  expect(codes.slice(-7)).toEqual(['AF', 'AN', 'AS', 'EU', 'NA', 'OC', 'SA']);
  expect(codes.slice(codes.indexOf('US'), codes.indexOf('US') + 3)).toEqual(['US', 'US-AK', 'US-AL']);
  expect(codes[0]).toBe('*');
  const state = await client.send(new r53.GetGeoLocationCommand({ CountryCode: 'US', SubdivisionCode: 'CA' }));
  expect(state.GeoLocationDetails).toEqual({
    CountryCode: 'US',
    CountryName: 'United States',
    SubdivisionCode: 'CA',
    SubdivisionName: 'California',
  });
  await expect(client.send(new r53.GetGeoLocationCommand({ CountryCode: 'EH' }))).rejects.toMatchObject({
    name: 'NoSuchGeoLocation',
    $metadata: { httpStatusCode: 404 },
  });
});
