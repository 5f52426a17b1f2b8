import type { LocatedNetworks } from '../geo/located-networks.ts';
import { PrefixTable } from '../geo/prefix-table.ts';
import type { ZoneData } from '../zone/zone-data.ts';
import { parseCidrBlock } from './cidr/cidr-block.ts';
import { nameKey } from '../dns/name-key.ts';
import { outsideTargetNumber } from './outside-targets.ts';
import { tables } from './tables.ts';
import type { View } from './view.ts';

/** The data plane's window on the state. */
export function zoneDataOf(view: View): ZoneData {
  const collections = new Map<string, { readonly version: number; readonly networks: LocatedNetworks }>();
  return {
    zonesAt: (apex) => view.get(tables.zonesAtName, [apex]) ?? [],
    hasZonesBelow(name) {
      const rows = view.range(tables.zonesAtName, { textPrefix: name, limit: 2 });
      return rows.some(({ key }) => key[0] !== name);
    },
    node: (zoneId, name) => view.get(tables.nodes, [zoneId, name]),
    signing: (zoneId) => view.get(tables.zoneSignings, [zoneId]),
    healthCheckIndex: (id) => view.get(tables.healthChecks, [id])?.index,
    outsideNumber: (name, type) => outsideTargetNumber(view, name, type),
    copiedHost: (name, type) => view.get(tables.copiedHosts, [nameKey(name), type])?.values ?? [],
    networks(id) {
      const version = view.get(tables.cidrCollections, [id])?.version;
      if (version === undefined) return undefined;
      const known = collections.get(id);
      if (known?.version === version) return known.networks;
      if (collections.size >= COLLECTIONS_MAX) collections.clear();
      const networks = networksOf(view, id);
      collections.set(id, { version, networks });
      return networks;
    },
  };
}

/** Collections kept ready, so that the plans of many names share one; they are as large as their blocks are many. */
const COLLECTIONS_MAX = 100;
const BLOCKS_AT_ONCE = 1000;

function networksOf(view: View, id: string): LocatedNetworks {
  const locations: string[] = [];
  const blocks = new PrefixTable();
  for (let from: readonly string[] = [id]; ;) {
    const rows = view.range(tables.cidrBlocks, { prefix: [id], from, limit: BLOCKS_AT_ONCE });
    for (const { key } of rows) {
      const location = key[1] as string;
      if (locations.at(-1) !== location) locations.push(location);
      const block = parseCidrBlock(key[2] as string);
      if (block !== undefined) blocks.add(block.address, block.prefixLength, locations.length - 1);
    }
    const last = rows.at(-1)?.key;
    if (last === undefined || rows.length < BLOCKS_AT_ONCE) return { locations, blocks };
    from = [id, last[1] as string, `${last[2] as string}\0`];
  }
}
