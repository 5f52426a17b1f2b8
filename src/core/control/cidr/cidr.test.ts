import { expect, test } from 'vitest';
import { House } from '../house-in-memory.ts';
import { changeCidrCollection } from './change-cidr-collection.ts';
import { createCidrCollection } from './create-cidr-collection.ts';
import { deleteCidrCollection } from './delete-cidr-collection.ts';
import { parseCidrBlock } from './cidr-block.ts';
import { listCidrBlocks } from './list-cidr-blocks.ts';
import { listCidrLocations } from './list-cidr-locations.ts';

test.each([
  ['192.0.2.0/24', '192.0.2.0/24'],
  ['2001:DB8:0:0::/48', '2001:db8::/48'],
  ['128.0.0.0/1', '128.0.0.0/1'],
  ['192.0.2.0/25', undefined],
  ['192.0.2.1/24', undefined],
  ['0.0.0.0/0', undefined],
  ['2001:db8::/49', undefined],
  ['2001:db8::1/48', undefined],
  ['192.0.2.0', undefined],
  ['192.0.2.0/-1', undefined],
  ['x/8', undefined],
])('the block %s is %s', (text, canonical) => expect(parseCidrBlock(text)?.text).toBe(canonical));

/** `PUT location block,block` lines; the new version, or the refusal. */
function change(house: House, id: string, text: string, version?: number): string {
  const changes = text.split('\n').map((line) => {
    const [action = '', location = '', blocks = ''] = line.trim().split(' ');
    return { action, location, blocks: blocks.split(',') };
  });
  const changed = house.run(changeCidrCollection, { id, changes, ...(version === undefined ? {} : { version }) });
  return typeof changed === 'string' ? changed : `version ${changed.collection.version}`;
}

function blocks(house: House, id: string): string[] {
  const listed = listCidrBlocks.read(house.draft, { id, maxResults: 100 }, house.given);
  if ('refused' in listed) return [listed.refused];
  return listed.blocks.map(({ location, block }) => `${location} ${block}`);
}

test('blocks are put, moved in one request, and deleted', () => {
  const house = new House();
  const { id } = house.collection('c').collection;
  expect(change(house, id, 'PUT berlin 10.0.0.0/8,192.0.2.0/24\nPUT paris 198.51.100.0/24')).toBe('version 2');
  expect(blocks(house, id)).toEqual(['berlin 10.0.0.0/8', 'berlin 192.0.2.0/24', 'paris 198.51.100.0/24']);
  expect(change(house, id, 'PUT paris 192.0.2.0/24')).toMatch(/^CidrBlockInUseException: .*192.0.2.0\/24/);
  expect(change(house, id, 'PUT paris 192.0.2.0/24\nDELETE_IF_EXISTS berlin 192.0.2.0/24')).toBe('version 3');
  expect(change(house, id, 'DELETE_IF_EXISTS berlin 203.0.113.0/24')).toBe('version 4');
  expect(blocks(house, id)).toEqual(['berlin 10.0.0.0/8', 'paris 192.0.2.0/24', 'paris 198.51.100.0/24']);
});

test('a change may say the version that it is meant for', () => {
  const house = new House();
  const { id } = house.collection('c').collection;
  expect(change(house, id, 'PUT a 10.0.0.0/8', 2)).toMatch(/^CidrCollectionVersionMismatchException: /);
  expect(change(house, id, 'PUT a 10.0.0.0/8', 1)).toBe('version 2');
});

test.each([
  ['MOVE a 10.0.0.0/8', 'Action must be one of'],
  ['PUT a.b 10.0.0.0/8', 'LocationName must match'],
  ['PUT * 10.0.0.0/8', 'LocationName must match'],
  ['PUT a 10.0.0.1/8', '10.0.0.1/8 is not an IPv4 network'],
])('%s is refused', (text, says) => {
  const house = new House();
  expect(change(house, house.collection('c').collection.id, text)).toContain(`InvalidInput: ${says}`);
});

test('names are taken once, and only unused collections go', () => {
  const house = new House();
  const { id } = house.collection('c').collection;
  expect(house.run(createCidrCollection, { name: 'c', callerReference: 'other' })).toMatch(
    /^CidrCollectionAlreadyExistsException: /,
  );
  change(house, id, 'PUT a 10.0.0.0/8');
  expect(house.run(deleteCidrCollection, { id })).toMatch(/^CidrCollectionInUseException: /);
  change(house, id, 'DELETE_IF_EXISTS a 10.0.0.0/8');
  const zone = house.zone('example.com').zone.id;
  house.batch(zone, `CREATE www.example.com A 192.0.2.1 [ip-based ${id} a, id x]`);
  expect(house.run(deleteCidrCollection, { id })).toMatch(/^CidrCollectionInUseException: /);
  house.batch(zone, `DELETE www.example.com A 192.0.2.1 [ip-based ${id} a, id x]`);
  expect(house.run(deleteCidrCollection, { id })).toMatchObject({ kind: 'CidrCollectionDeleted' });
  expect(house.run(deleteCidrCollection, { id })).toMatch(/^NoSuchCidrCollectionException: /);
  expect(house.collection('c').collection.name).toBe('c');
});

test('a change touches the zones that use the collection, each once', () => {
  const house = new House();
  const { id } = house.collection('c').collection;
  const zones = [house.zone('a.example').zone.id, house.zone('b.example').zone.id];
  house.zone('c.example');
  house.batch(zones[0] as string, `CREATE a.example A 192.0.2.1 [ip-based ${id} x, id x]`);
  house.batch(zones[0] as string, `CREATE www.a.example A 192.0.2.1 [ip-based ${id} x, id x]`);
  house.batch(zones[1] as string, `CREATE www.b.example A 192.0.2.1 [ip-based ${id} *, id x]`);
  const changed = house.run(changeCidrCollection, {
    id,
    changes: [{ action: 'PUT', location: 'x', blocks: ['10.0.0.0/8'] }],
  });
  if (typeof changed === 'string') expect.fail(changed);
  expect(changeCidrCollection.touches(house.draft, changed)).toEqual(zones);
});

test('locations and blocks are listed page by page', () => {
  const house = new House();
  const { id } = house.collection('c').collection;
  change(house, id, 'PUT b 10.0.0.0/8,10.1.0.0/16\nPUT a 192.0.2.0/24\nPUT c 198.51.100.0/24');
  expect(listCidrLocations.read(house.draft, { id, maxResults: 2 }, house.given)).toEqual({
    locations: ['a', 'b'],
    next: 'c',
  });
  expect(listCidrLocations.read(house.draft, { id, maxResults: 2, from: 'c' }, house.given)).toEqual({
    locations: ['c'],
  });
  expect(listCidrBlocks.read(house.draft, { id, location: 'b', maxResults: 1 }, house.given)).toEqual({
    blocks: [{ location: 'b', block: '10.0.0.0/8' }],
    next: { location: 'b', block: '10.1.0.0/16' },
  });
  expect(listCidrBlocks.read(house.draft, { id, location: 'z', maxResults: 1 }, house.given)).toMatchObject({
    refused: 'NoSuchCidrLocationException',
  });
});
