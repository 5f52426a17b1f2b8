import type { Latencies } from '../geo/latencies.ts';
import { placeOf, NOWHERE, type Place } from '../geo/place.ts';
import type { LocatedNetworks } from '../geo/located-networks.ts';
import { PrefixTable } from '../geo/prefix-table.ts';
import { parseIpv4, parseIpv6 } from '../dns/ip-address.ts';
import { nameKey } from '../dns/name-key.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { zonesFromText } from '../zone/zone-from-text.ts';
import type { Asker } from './asker.ts';
import { buildTree } from './build-tree.ts';
import { choose, CHOSEN_MAX } from './choose.ts';
import { encode, layOut } from './encode.ts';
import { nothingSeen, UNHEALTHY } from './program.ts';

/** For tests: zone text in, which sets answer whom out. Health checks are named as they come; `down` lists the unhealthy ones. */
export interface Scenario {
  readonly words: Int32Array;
  readonly groups: number;
  /** By the places of their leaves. */
  readonly leaves: ReadonlyMap<number, RecordSet>;
  readonly collections: readonly LocatedNetworks[];
  readonly checks: readonly string[];
}

export interface Client {
  /** `192.0.2.0/24`; the place that it is in is said apart. */
  readonly network?: string;
  readonly place?: string;
  readonly latencies?: Latencies;
  readonly down?: readonly string[];
  /** What the dice say, in turn; 0 when they have said it all. */
  readonly dice?: readonly number[];
}

const ZONE_ID = 'Z1';
/** Behind other words, as in the plan cache. */
const ROOT = 3;

export function scenarioOf(text: string, name: string, collections: Readonly<Record<string, string>> = {}): Scenario {
  const zones = zonesFromText(text);
  const leaves: RecordSet[] = [];
  const checks: string[] = [];
  const known: LocatedNetworks[] = [];
  const sets = (zones.node(ZONE_ID, nameKey(name))?.recordSets ?? []).filter((set) => set.type === 'A');
  const tree = buildTree(name, sets, {
    node: (key) => zones.node(ZONE_ID, key),
    checkIndex(id) {
      if (!checks.includes(id)) checks.push(id);
      return checks.indexOf(id);
    },
    collection(id) {
      if (!(id in collections)) return undefined;
      const networks = collectionOf(collections[id] as string);
      return { number: known.push(networks) - 1, networks };
    },
    leaf: (set) => leaves.push(set) - 1,
    outside: (set) => ({
      kind: 'leaf',
      index: leaves.push(set) - 1,
      empty: set.alias?.name.startsWith('empty.') ?? false,
    }),
  });
  const layout = layOut(tree, ROOT);
  const leafAt = (index: number): number => layout.end + index;
  const { words, groups } = encode(layout, leafAt, new Int32Array(layout.end));
  return {
    words,
    groups: groups.size,
    leaves: new Map(leaves.map((set, index) => [leafAt(index), set])),
    checks,
    collections: known,
  };
}

/** `office 192.0.2.0/24, home 198.51.100.0/25` */
function collectionOf(text: string): LocatedNetworks {
  const locations: string[] = [];
  const blocks = new PrefixTable();
  for (const entry of text.split(/,\s*/)) {
    const [location = '', block = ''] = entry.split(' ');
    if (!locations.includes(location)) locations.push(location);
    const { address, bits } = network(block);
    blocks.add(address, bits, locations.indexOf(location));
  }
  return { locations, blocks };
}

function network(text: string): { address: Uint8Array; bits: number } {
  const [host = '', bits = ''] = text.split('/');
  const address = parseIpv4(host) ?? parseIpv6(host);
  if (address === undefined) throw new Error(`${text} is no network`);
  return { address, bits: bits === '' ? address.length * 8 : Number(bits) };
}

/** Of a database that knows a handful of places by their codes. */
const PLACES: Readonly<Record<string, Place>> = {
  '': NOWHERE,
  paris: placeOf({ continent: 'EU', country: 'FR', subdivision: '' }, { latitude: 48.85, longitude: 2.35 }),
  boston: placeOf({ continent: 'NA', country: 'US', subdivision: 'MA' }, { latitude: 42.36, longitude: -71.06 }),
  fresno: placeOf({ continent: 'NA', country: 'US', subdivision: 'CA' }, { latitude: 36.74, longitude: -119.79 }),
  windhoek: placeOf({ continent: 'AF', country: 'NA', subdivision: '' }, { latitude: -22.56, longitude: 17.08 }),
  sydney: placeOf({ continent: 'OC', country: 'AU', subdivision: '' }, { latitude: -33.87, longitude: 151.21 }),
};
const PLACE_BITS = 20;

let walk = 0;

export function askerOf(scenario: Scenario, client: Client): Asker {
  const statuses = new Uint8Array(scenario.checks.length);
  for (const id of client.down ?? []) statuses[scenario.checks.indexOf(id)] = UNHEALTHY;
  const { address, bits } = network(client.network ?? '0.0.0.0/0');
  const dice = [...(client.dice ?? [])];
  walk += 1;
  return {
    client: address,
    clientBits: bits,
    place: () => PLACES[client.place ?? ''] ?? NOWHERE,
    placeBits: () => PLACE_BITS,
    latencies: client.latencies,
    collection: (number) => scenario.collections[number],
    dice: () => dice.shift() ?? 0,
    walk,
    seenHealthy: nothingSeen(scenario.groups),
    statuses,
    scopeBits: 0,
    trace: undefined,
  };
}

/** Values of the sets that answer, in order, and the scope; `-` for none: `192.0.2.1 192.0.2.2 /20`. Of a host outside its name. */
export function answerOf(scenario: Scenario, client: Client): string {
  const asker = askerOf(scenario, client);
  const chosen = new Int32Array(CHOSEN_MAX);
  const count = choose(scenario.words, ROOT, asker, chosen);
  const values = [...chosen.subarray(0, count)].flatMap((leaf) => valuesOf(scenario.leaves.get(leaf) as RecordSet));
  return `${values.join(' ') || '-'} /${asker.scopeBits}`;
}

function valuesOf({ values, alias }: RecordSet): readonly string[] {
  return values ?? (alias === undefined ? [] : [alias.name]);
}
