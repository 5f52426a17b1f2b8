import { Buffer } from 'node:buffer';
import { Reader } from 'mmdb-lib';
import { printIpv4, printIpv6 } from '../core/dns/ip-address.ts';
import { NOWHERE, type Place } from '../core/geo/place.ts';
import { MmdbTree } from './mmdb-tree.ts';
import { PlaceMemo } from './place-memo.ts';
import { placeOfRecord } from './place-of-record.ts';

/**
 * Where clients are, by location databases: files in MaxMind's format, any of them, whose octets all threads of a member share. One
 * for IPv4 and one for IPv6, or one for both.
 *
 * A lookup walks the file's tree over octets; the record behind it is decoded once, by mmdb-lib, and kept. Deliberately not here:
 * what a place means for an answer (core/routing), and reading files (database-files.ts).
 */
export class Atlas {
  readonly #ipv4: LocationDatabase | undefined;
  readonly #ipv6: LocationDatabase | undefined;
  readonly #memo = new PlaceMemo();
  /** Bits of the address that the last answer depended on. */
  bitsUsed = 0;

  /** Throws `AtlasError` for octets that are no such database. */
  constructor(files: readonly Uint8Array[]) {
    const databases = files.map((bytes) => new LocationDatabase(bytes));
    this.#ipv6 = databases.find((each) => each.hasIpv6);
    this.#ipv4 = databases.find((each) => !each.hasIpv6) ?? this.#ipv6;
  }

  /** The place of a network of four or sixteen octets. */
  place(address: Uint8Array): Place {
    const known = this.#memo.find(address);
    if (known !== undefined) {
      this.bitsUsed = this.#memo.bitsUsed;
      return known;
    }
    const database = address.length === 4 ? this.#ipv4 : this.#ipv6;
    const place = database?.place(address) ?? NOWHERE;
    this.bitsUsed = database?.bitsUsed ?? 0;
    this.#memo.keep(address.length, place, this.bitsUsed);
    return place;
  }
}

export class AtlasError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AtlasError';
  }
}

/** Places kept for each database and thread, some hundred octets each; then all are forgotten. */
const PLACES_MAX = 50_000;

class LocationDatabase {
  readonly #reader: Reader<never>;
  readonly #tree: MmdbTree;
  readonly #places = new Map<number, Place>();

  constructor(bytes: Uint8Array) {
    try {
      this.#reader = new Reader<never>(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    } catch (error) {
      throw new AtlasError(`not a location database in MaxMind's format: ${(error as Error).message}`);
    }
    this.#tree = new MmdbTree(bytes, this.#reader.metadata);
  }

  get hasIpv6(): boolean {
    return this.#tree.hasIpv6;
  }

  get bitsUsed(): number {
    return this.#tree.bitsUsed;
  }

  place(address: Uint8Array): Place {
    const record = this.#tree.find(address);
    if (record === 0) return NOWHERE;
    const known = this.#places.get(record);
    if (known !== undefined) return known;
    const place = this.#decode(address);
    if (this.#places.size >= PLACES_MAX) this.#places.clear();
    this.#places.set(record, place);
    return place;
  }

  #decode(address: Uint8Array): Place {
    try {
      return placeOfRecord(this.#reader.get(address.length === 4 ? printIpv4(address) : printIpv6(address)));
    } catch {
      // A damaged record must not cost its clients their answer.
      return NOWHERE;
    }
  }
}
