import type { LocatedNetworks } from '../geo/located-networks.ts';
import { nameKey, normaliseName, parentKey } from '../dns/name-key.ts';
import type { ZoneSigning } from '../dnssec/zone-signing.ts';
import { sameKey, type RecordSet } from './record-set.ts';
import { splitRouting } from './routing-from-text.ts';
import type { NameKey, NameNode, ZoneData, ZoneEntry } from './zone-data.ts';

/**
 * Zones in memory, for tests: what a store would hold after the records of the text were written, empty non-terminals included.
 *
 *     $ZONE example.com.            begins a zone; behind the name may be `private`, `withheld` (without data) and `set=KEY`, its name servers
 *     @    300 SOA  ns1.example.com. host.example.com. 1 2 3 4 60
 *     www  60  A    192.0.2.1       owners are relative to the zone, values are Route 53's (names in them absolute)
 *     web  ALIAS A  www.example.com.
 *     cdn  OUTSIDE A  host.example.net.
 *
 * Routing is said at a line's end, in brackets (routing-from-text.ts).
 */
export function zonesFromText(text: string): ZonesInMemory {
  const zones = new ZonesInMemory();
  let zone: { id: string; name: string } | undefined;
  for (const line of text.split('\n')) {
    const { rest: record, set, evaluateTargetHealth } = splitRouting(line.trim());
    const fields = record.split(/\s+/);
    const [first = '', second = '', third = ''] = fields;
    if (first === '' || first.startsWith(';')) continue;
    if (first === '$ZONE') {
      zone = {
        id: zones.addZone(second, {
          private: fields.includes('private'),
          nameServerSet: fields.find((field) => field.startsWith('set='))?.slice(4) ?? '',
          ...(fields.includes('withheld') && { withheld: true }),
        }),
        name: second,
      };
      continue;
    }
    if (zone === undefined) throw new Error(`no $ZONE before: ${line}`);
    const owner =
      first === '@' ? zone.name : first.endsWith('.') ? first : `${first}.${zone.name === '.' ? '' : zone.name}`;
    const rest = fields.slice(3).join(' ');
    if (second === 'ALIAS') zones.addAlias(zone.id, owner, third, rest, evaluateTargetHealth, set);
    else if (second === 'OUTSIDE') zones.addOutside(zone.id, owner, third, rest, evaluateTargetHealth, set);
    else zones.addValue(zone.id, owner, third, Number(second), rest, set);
  }
  return zones;
}

export class ZonesInMemory implements ZoneData {
  readonly #entries = new Map<NameKey, ZoneEntry[]>();
  readonly #checks: string[] = [];
  readonly #outside: string[] = [];
  readonly #signings = new Map<string, ZoneSigning>();
  readonly #nodes = new Map<string, { apex: NameKey; nodes: Map<NameKey, NameNode> }>();

  /** Checks get places as they are first asked for, by tests as by plans. */
  healthCheckIndex(healthCheckId: string): number {
    if (!this.#checks.includes(healthCheckId)) this.#checks.push(healthCheckId);
    return this.#checks.indexOf(healthCheckId);
  }

  /** As do hosts outside. */
  outsideNumber(name: string, type: string): number {
    const target = `${name} ${type}`;
    if (!this.#outside.includes(target)) this.#outside.push(target);
    return this.#outside.indexOf(target);
  }

  /** Copies of these zones are told of none. */
  copiedHost(): readonly string[] {
    return [];
  }

  signing(zoneId: string): ZoneSigning | undefined {
    return this.#signings.get(zoneId);
  }

  /** Id and apex of each zone. */
  apexes(): [zoneId: string, apex: NameKey][] {
    return [...this.#nodes].map(([zoneId, { apex }]) => [zoneId, apex]);
  }

  /** From now on the zone is signed so; undefined for not at all. */
  setSigning(zoneId: string, signing: ZoneSigning | undefined): void {
    if (signing === undefined) this.#signings.delete(zoneId);
    else this.#signings.set(zoneId, signing);
  }

  networks(): LocatedNetworks | undefined {
    return undefined;
  }

  zonesAt(apex: NameKey): readonly ZoneEntry[] {
    return this.#entries.get(apex) ?? [];
  }

  hasZonesBelow(name: NameKey): boolean {
    return [...this.#entries.keys()].some((apex) => apex !== name && apex.startsWith(name));
  }

  node(zoneId: string, name: NameKey): NameNode | undefined {
    return this.#nodes.get(zoneId)?.nodes.get(name);
  }

  addZone(name: string, more: Omit<ZoneEntry, 'zoneId'> = { nameServerSet: '', private: false }): string {
    const apex = nameKey(normaliseName(name));
    const zoneId = `Z${this.#nodes.size + 1}`;
    this.#entries.set(apex, [...this.zonesAt(apex), { zoneId, ...more }]);
    this.#nodes.set(zoneId, { apex, nodes: new Map([[apex, { children: 0, recordSets: [] }]]) });
    return zoneId;
  }

  addValue(
    zoneId: string,
    owner: string,
    type: string,
    ttlSeconds: number,
    value: string,
    routed: Partial<RecordSet> = {},
  ): void {
    const name = nameKey(normaliseName(owner));
    const old = this.node(zoneId, name)?.recordSets.find((set) => sameKey(set, { ...routed, type }));
    this.#put(zoneId, name, { ...routed, type, ttlSeconds, values: [...(old?.values ?? []), value] });
  }

  addAlias(
    zoneId: string,
    owner: string,
    type: string,
    target: string,
    evaluateTargetHealth = false,
    routed: Partial<RecordSet> = {},
  ): void {
    const alias = { hostedZoneId: zoneId, name: normaliseName(target), evaluateTargetHealth };
    this.#put(zoneId, nameKey(normaliseName(owner)), { ...routed, type, alias });
  }

  addOutside(
    zoneId: string,
    owner: string,
    type: string,
    target: string,
    evaluateTargetHealth = false,
    routed: Partial<RecordSet> = {},
  ): void {
    const alias = { hostedZoneId: '', name: normaliseName(target), evaluateTargetHealth, outside: true } as const;
    this.#put(zoneId, nameKey(normaliseName(owner)), { ...routed, type, alias });
  }

  #put(zoneId: string, name: NameKey, set: RecordSet): void {
    const zone = this.#nodes.get(zoneId);
    if (zone === undefined) throw new Error(`no zone ${zoneId}`);
    for (let at = name, children = 0; at !== zone.apex && !zone.nodes.has(at); children = 1) {
      zone.nodes.set(at, { children, recordSets: [] });
      const parent = parentKey(at);
      if (parent === undefined) throw new Error(`${name} is not in its zone`);
      const above = zone.nodes.get(parent);
      if (above !== undefined) {
        zone.nodes.set(parent, { ...above, children: above.children + 1 });
        break;
      }
      at = parent;
    }
    const node = zone.nodes.get(name) as NameNode;
    const others = node.recordSets.filter((other) => !sameKey(other, set));
    const recordSets = [...others, set].sort((a, b) =>
      a.type === b.type ? ((a.setIdentifier ?? '') < (b.setIdentifier ?? '') ? -1 : 1) : a.type < b.type ? -1 : 1,
    );
    zone.nodes.set(name, { ...node, recordSets });
  }
}
