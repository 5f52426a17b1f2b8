import type { PrefixTable } from './prefix-table.ts';

/** Networks, each in one of some named locations: what IP-based routing looks clients up in. */
export interface LocatedNetworks {
  readonly locations: readonly string[];
  /** Leads to a place in `locations`. */
  readonly blocks: PrefixTable;
}
