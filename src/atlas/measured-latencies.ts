import { PrefixTable, type SharedPrefixes } from '../core/geo/prefix-table.ts';

/** Octets that all threads share: for each region the networks that it was measured from. */
export type SharedLatencies = readonly { readonly region: string; readonly networks: SharedPrefixes }[];

/**
 * Round trips that an operator has measured: client network × region → milliseconds. Each region has a table of its own, so that a
 * network need not be measured from everywhere: for a region, the longest network that was measured from it counts.
 */
export class MeasuredLatencies {
  readonly #tables: ReadonlyMap<string, PrefixTable>;
  /** Bits of the client's address that the last answer depended on. */
  bitsUsed = 0;

  constructor(shared: SharedLatencies) {
    this.#tables = new Map(shared.map(({ region, networks }) => [region, PrefixTable.over(networks)]));
  }

  /** NaN where nothing was measured. */
  milliseconds(client: Uint8Array, clientBits: number, region: string): number {
    const table = this.#tables.get(region);
    if (table === undefined) {
      this.bitsUsed = 0;
      return NaN;
    }
    const units = table.find(client, clientBits);
    this.bitsUsed = table.bitsUsed;
    return units < 0 ? NaN : units / UNITS_PER_MILLISECOND;
  }
}

/** Tables hold whole numbers: microseconds. */
export const UNITS_PER_MILLISECOND = 1000;
