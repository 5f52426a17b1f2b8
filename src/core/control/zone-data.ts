import type { ZoneData } from '../zone/zone-data.ts';
import { tables } from './tables.ts';
import type { View } from './view.ts';

/** The data plane's window on the state. */
export function zoneDataOf(view: View): ZoneData {
  return {
    zonesAt: (apex) => view.get(tables.zonesAtName, [apex]) ?? [],
    node: (zoneId, name) => view.get(tables.nodes, [zoneId, name]),
  };
}
