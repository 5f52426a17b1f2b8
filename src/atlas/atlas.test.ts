import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseIpv4, parseIpv6 } from '../core/dns/ip-address.ts';
import type { Place } from '../core/geo/place.ts';
import { Atlas, AtlasError } from './atlas.ts';
import { packagedDatabases, readDatabases } from './database-files.ts';
import { MmdbTree } from './mmdb-tree.ts';
import { placeOfRecord } from './place-of-record.ts';

const codes = ({ continent, country, subdivision, position }: Place): string =>
  `${continent} ${country} ${subdivision}${position === undefined ? '' : ' placed'}`;

describe('what a record says', () => {
  test.each([
    [{ country_code: 'US', state1: 'California', latitude: 37.4, longitude: -122.1 }, 'NA US US-CA placed'],
    [{ country_code: 'GB', state1: 'England', latitude: 51.5, longitude: -0.1 }, 'EU GB  placed'],
    [{ country_code: 'TR', state1: '', latitude: 41, longitude: 29 }, 'EU TR  placed'],
    [
      {
        continent: { code: 'AS' },
        country: { iso_code: 'TR' },
        subdivisions: [{ iso_code: '34' }],
        location: { latitude: 41, longitude: 29 },
      },
      'EU TR TR-34 placed',
    ],
    [{ country: { iso_code: 'US' }, subdivisions: [{ iso_code: 'NY' }] }, 'NA US US-NY'],
    [{ registered_country: { iso_code: 'FR' } }, 'EU FR '],
    [{ continent: { code: 'EU' } }, 'EU  '],
    [{ latitude: 'x' }, '  '],
    [null, '  '],
  ])('%j is %s', (record, expected) => expect(codes(placeOfRecord(record))).toBe(expected));
});

/** A tree of one node for each bit: 10/8 is record 1, the rest unknown. */
function treeOf(recordSize: number): Uint8Array {
  const nodeCount = 8;
  const octets = new Uint8Array((nodeCount * recordSize) / 4);
  const bits = [0, 0, 0, 0, 1, 0, 1, 0];
  bits.forEach((bit, node) => {
    const next = node === nodeCount - 1 ? nodeCount + 16 : node + 1;
    for (const side of [0, 1]) writeRecord(octets, recordSize, node, side, side === bit ? next : nodeCount);
  });
  return octets;
}

function writeRecord(octets: Uint8Array, recordSize: number, node: number, side: number, value: number): void {
  const at = (node * recordSize) / 4;
  const bytes = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  if (recordSize === 32) octets.set(bytes, at + side * 4);
  else octets.set(bytes.slice(1), at + side * (recordSize === 24 ? 3 : 4));
}

test.each([24, 28, 32])('a tree with records of %i bits', (recordSize) => {
  const tree = new MmdbTree(treeOf(recordSize), { recordSize, nodeCount: 8, ipVersion: 4 });
  expect([tree.find(Uint8Array.of(10, 1, 2, 3)), tree.bitsUsed]).toEqual([24, 8]);
  expect([tree.find(Uint8Array.of(11, 1, 2, 3)), tree.bitsUsed]).toEqual([0, 8]);
  expect([tree.find(Uint8Array.of(192, 0, 2, 1)), tree.bitsUsed]).toEqual([0, 1]);
});

test('a file that is no database is refused with its path', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waypost-atlas-'));
  const path = join(directory, 'x.mmdb');
  writeFileSync(path, 'no database');
  await expect(readDatabases([path])).rejects.toThrow(new RegExp(`^${path}: not a location database`));
  await expect(readDatabases([`${path}.gone`])).rejects.toThrow(`${path}.gone: cannot be read (ENOENT)`);
  rmSync(directory, { recursive: true });
  expect(() => new Atlas([new Uint8Array(100)])).toThrow(AtlasError);
});

const packaged = packagedDatabases();

describe.skipIf(packaged.length === 0)('the database that comes with Waypost', () => {
  test.each([
    ['73.162.0.1', 'NA US US-CA placed'],
    ['81.2.69.142', 'EU GB  placed'],
    ['2001:4860:4860::8888', 'NA CA  placed'],
    ['127.0.0.1', '  '],
  ])('%s is %s', async (text, expected) => {
    const atlas = new Atlas((await readDatabases(packaged)).map((bytes) => new Uint8Array(bytes)));
    const address = (parseIpv4(text) ?? parseIpv6(text)) as Uint8Array;
    expect(codes(atlas.place(address))).toBe(expected);
    expect(atlas.place(address)).toBe(atlas.place(address));
  });
});
