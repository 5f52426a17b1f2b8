import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REGIONS } from '../geo/regions.ts';
import { distanceKilometres, unitVector, type UnitVector } from '../geo/sphere.ts';
import { nameKey } from '../dns/name-key.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { GeoLocationCode, GeoOrigin } from '../zone/routing.ts';
import { zonesFromText, type ZonesInMemory } from '../zone/zone-from-text.ts';
import { answerOf, askerOf, scenarioOf, type Client, type Scenario } from './scenario.ts';

/**
 * Programs held against a plain reading of the rules, set by set, with no words and no tree: for random zones, statuses and askers
 * both answer the same, with the same scope, from the same dice.
 */
class Reading {
  readonly #zones: ZonesInMemory;
  readonly #scenario: Scenario;
  readonly #client: Client;
  readonly #dice: number[];
  scope = 0;

  constructor(zones: ZonesInMemory, scenario: Scenario, client: Client) {
    this.#zones = zones;
    this.#scenario = scenario;
    this.#client = client;
    this.#dice = [...(client.dice ?? [])];
  }

  answer(name: string): readonly string[] {
    const sets = this.#sets(name);
    if (sets[0]?.routing?.policy === 'multivalue') return this.#several(sets).flatMap(({ values = [] }) => values);
    const set = this.#pick(sets);
    if (set?.alias === undefined) return set?.values ?? [];
    return set.alias.outside === true ? [set.alias.name] : this.answer(set.alias.name);
  }

  #sets(name: string): readonly RecordSet[] {
    return this.#zones.node('Z1', nameKey(name))?.recordSets ?? [];
  }

  #healthy(set: RecordSet): boolean {
    if (this.#client.down?.includes(set.healthCheckId ?? '')) return false;
    const { alias } = set;
    if (alias === undefined || !alias.evaluateTargetHealth) return true;
    if (alias.outside === true) return !alias.name.startsWith('empty.');
    return this.#sets(alias.name).some((each) => this.#healthy(each));
  }

  #roll(): number {
    return this.#dice.shift() ?? 0;
  }

  #dependsOn(bits: number): void {
    this.scope = Math.max(this.scope, bits);
  }

  /** The first of these lists that has any. */
  #first(...lists: readonly (readonly RecordSet[])[]): readonly RecordSet[] {
    return lists.find((list) => list.length > 0) ?? [];
  }

  #pick(sets: readonly RecordSet[]): RecordSet | undefined {
    const healthy = sets.filter((set) => this.#healthy(set));
    switch (sets[0]?.routing?.policy) {
      case 'weighted':
        return this.#weighted(this.#first(healthy.filter(weightOf), healthy, sets.filter(weightOf), sets));
      case 'failover':
        return this.#first(healthy, sets).toSorted((a, b) => roleOf(a) - roleOf(b))[0];
      case 'latency':
        return nearest(this.#first(healthy, sets), (set) => this.#milliseconds(set), regionOf);
      case 'geoproximity':
        return nearest(this.#first(healthy, sets), (set) => this.#kilometres(set), originOf);
      case 'geolocation':
        return this.#located(sets);
      case 'ip-based':
        return this.#inBlock(sets);
      default:
        return sets[0];
    }
  }

  #weighted(sets: readonly RecordSet[]): RecordSet | undefined {
    const weights = sets.map((set) => weightOf(set));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    let rest = this.#roll() * (sum === 0 ? sets.length : sum);
    return sets.find((_, index) => (rest -= sum === 0 ? 1 : (weights[index] as number)) < 0) ?? sets.at(-1);
  }

  #several(sets: readonly RecordSet[]): readonly RecordSet[] {
    const eligible = this.#first(
      sets.filter((set) => this.#healthy(set)),
      sets,
    );
    const picked = eligible.slice(0, 8);
    for (let count = 9; count <= eligible.length; count += 1) {
      const place = Math.floor(this.#roll() * count);
      if (place < 8) picked[place] = eligible[count - 1] as RecordSet;
    }
    return picked;
  }

  #place() {
    this.#dependsOn(20);
    return askerOf(this.#scenario, this.#client).place();
  }

  #milliseconds(set: RecordSet): number {
    const { latencies } = this.#client;
    const measured = latencies?.milliseconds(new Uint8Array(4), 0, regionOf(set)) ?? NaN;
    if (latencies !== undefined) this.#dependsOn(latencies.bitsUsed);
    if (!Number.isNaN(measured)) return measured;
    const [from, to] = [this.#place().position, REGIONS.get(regionOf(set))];
    return from === undefined || to === undefined ? 150 : 5 + distanceKilometres(from, to) * (1.5 / 100);
  }

  #kilometres(set: RecordSet): number {
    const { origin, bias = 0 } = set.routing as { readonly origin: GeoOrigin; readonly bias?: number };
    const [from, to] = [this.#place().position, positionOf(origin)];
    if (from === undefined || to === undefined) return Number.MAX_VALUE;
    return distanceKilometres(from, to) * (bias >= 0 ? 1 - bias / 100 : 1 / (1 + bias / 100));
  }

  #located(sets: readonly RecordSet[]): RecordSet | undefined {
    const texts = sets.map((set) => locationText((set.routing as { readonly location: GeoLocationCode }).location));
    const keys = ['*'];
    if (texts.some((text) => text !== '*')) {
      const { subdivision, country, continent } = this.#place();
      keys.unshift(subdivision, country, `continent ${continent}`);
    }
    const fitting = keys.flatMap((key) => sets.filter((_, index) => key !== '' && texts[index] === key));
    return fitting.find((set) => this.#healthy(set)) ?? fitting[0];
  }

  #inBlock(sets: readonly RecordSet[]): RecordSet | undefined {
    const asker = askerOf(this.#scenario, this.#client);
    const collection = this.#scenario.collections[0];
    const found = collection?.blocks.find(asker.client, asker.clientBits) ?? -1;
    if (collection !== undefined) this.#dependsOn(collection.blocks.bitsUsed);
    const at = (location: string | undefined): RecordSet | undefined =>
      sets.find((set) => (set.routing as { readonly location: string }).location === location);
    const fitting = [at(collection?.locations[found]), at('*')].filter((set) => set !== undefined);
    return fitting.find((set) => this.#healthy(set)) ?? fitting[0];
  }
}

const weightOf = (set: RecordSet): number => (set.routing as { readonly weight: number }).weight;
const roleOf = (set: RecordSet): number => ((set.routing as { role: string }).role === 'PRIMARY' ? 0 : 1);
const regionOf = (set: RecordSet): string => (set.routing as { readonly region: string }).region;

function originOf(set: RecordSet): string {
  const { region, coordinates } = (set.routing as { readonly origin: GeoOrigin }).origin;
  return coordinates === undefined ? (region ?? '') : `${coordinates.latitude},${coordinates.longitude}`;
}

function positionOf({ region, coordinates }: GeoOrigin): UnitVector | undefined {
  if (coordinates === undefined) return REGIONS.get(region ?? '');
  return unitVector(Number(coordinates.latitude), Number(coordinates.longitude));
}

function locationText({ continent, country = '', subdivision }: GeoLocationCode): string {
  if (continent !== undefined) return `continent ${continent}`;
  return subdivision === undefined ? country : `${country}-${subdivision}`;
}

function nearest(
  sets: readonly RecordSet[],
  measure: (set: RecordSet) => number,
  text: (set: RecordSet) => string,
): RecordSet | undefined {
  const sorted = sets.toSorted((a, b) => (text(a) < text(b) ? -1 : 1)).map((set) => ({ set, value: measure(set) }));
  return sorted.reduce((best, each) => (each.value < best.value ? each : best)).set;
}

/** What sets of each policy say of themselves, each another thing. */
const TERMS: Readonly<Record<string, readonly string[]>> = {
  weighted: ['weighted 0', 'weighted 1', 'weighted 255', 'weighted 0', 'weighted 3'],
  failover: ['failover PRIMARY', 'failover SECONDARY'],
  latency: ['us-east-1', 'eu-west-3', 'ap-southeast-2', 'us-gov-west-1', 'us-west-2'].map((at) => `latency ${at}`),
  geolocation: ['country=US/CA', 'country=US', 'continent=NA', 'country=NA', 'country=*'].map(
    (at) => `geolocation ${at}`,
  ),
  geoproximity: ['us-east-1 0', '48.85,2.35 50', 'nowhere-1 0', 'ap-southeast-2 -60'].map((at) => `geoproximity ${at}`),
  'ip-based': ['berlin', 'lab', '*', 'none'].map((at) => `ip-based offices ${at}`),
  multivalue: Array.from({ length: 11 }, () => 'multivalue'),
  simple: ['check h0'],
};
const BLOCKS = { offices: 'berlin 10.0.0.0/8, lab 10.1.0.0/16, unused 172.16.0.0/12' };
const NAMES = 6;
const CHECKS = ['h0', 'h1', 'h2', 'h3'];

/** A name's sets; aliases lead to later names only, so to no loop. */
function setsOf(index: number): fc.Arbitrary<string> {
  const later = Array.from({ length: NAMES - index }, (_, n) => `ALIAS A n${index + 1 + n}.example.com.`);
  const outside = ['OUTSIDE A host.example.net.', 'OUTSIDE A empty.example.net.'];
  return fc.constantFrom(...Object.keys(TERMS)).chain((policy) => {
    // More than multivalue answers at once, or any number.
    const minLength = policy === 'multivalue' ? 8 : 1;
    const said = fc.shuffledSubarray([...(TERMS[policy] as readonly string[])], { minLength });
    const value = fc.integer({ min: 0, max: 255 }).map((last) => `60 A 192.0.${index}.${last}`);
    const content = policy === 'multivalue' ? value : fc.oneof(value, fc.constantFrom(...later, ...outside));
    const more = fc.tuple(content, fc.option(fc.constantFrom(...CHECKS)), fc.boolean());
    return fc.tuple(said, fc.infiniteStream(more)).map(([terms, stream]) =>
      terms
        .map((term, id) => {
          const [what, check, evaluates] = stream.next().value as [string, string | null, boolean];
          const checked = check === null ? '' : `, check ${check}`;
          return `n${index} ${what} [${term}, id ${id}${checked}${evaluates ? ', evaluate' : ''}]`;
        })
        .join('\n'),
    );
  });
}

const zones = fc.tuple(...Array.from({ length: NAMES }, (_, index) => setsOf(index))).map((lines) => lines.join('\n'));

const latencies = fc.dictionary(fc.constantFrom('us-east-1', 'eu-west-3', 'us-west-2'), fc.constantFrom(1, 30, 200));

const clients: fc.Arbitrary<Client> = fc.record({
  network: fc.constantFrom('10.2.0.0/24', '10.1.2.0/24', '10.0.0.0/12', '172.16.1.0/24', '198.51.100.0/24'),
  place: fc.constantFrom('', 'paris', 'boston', 'fresno', 'windhoek', 'sydney'),
  latencies: fc.oneof(
    fc.constant(undefined),
    latencies.map((table) => ({
      milliseconds: (_: unknown, __: unknown, at: string) => table[at] ?? NaN,
      bitsUsed: 24,
    })),
  ),
  down: fc.subarray(CHECKS),
  dice: fc.array(
    fc.nat(9_999).map((drawn) => drawn / 10_000),
    { minLength: 8, maxLength: 8 },
  ),
}) as fc.Arbitrary<Client>;

test('a program answers what the sets say, whoever asks', () => {
  fc.assert(
    fc.property(zones, fc.array(clients, { minLength: 4, maxLength: 4 }), (text, askers) => {
      const zone = `$ZONE example.com.\n${text}`;
      const scenario = scenarioOf(zone, 'n0.example.com.', BLOCKS);
      for (const { down = [], ...client } of askers) {
        const asker = { ...client, down: down.filter((id) => scenario.checks.includes(id)) };
        const reading = new Reading(zonesFromText(zone), scenario, { ...client, down });
        const values = reading.answer('n0.example.com.');
        expect(answerOf(scenario, asker)).toBe(`${values.join(' ') || '-'} /${reading.scope}`);
      }
    }),
    { numRuns: 1000 },
  );
});
