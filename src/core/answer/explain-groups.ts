import { nameKey } from '../dns/name-key.ts';
import type { Asker } from '../routing/asker.ts';
import type { Trace } from '../routing/trace.ts';
import { DISTANCE_SHIFT, isHealthy, leadsToHealthy, targetAt, UNHEALTHY } from '../routing/program.ts';
import type { Encoded } from '../routing/encode.ts';
import { NONE } from '../routing/policy.ts';
import type { Candidate, Group } from '../routing/tree.ts';
import type { Zone } from '../zone/find-zone.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { ZoneData } from '../zone/zone-data.ts';
import type { OutsideTable } from './routed/outside-table.ts';
import type { ExplainedCandidate, ExplainedGroup, ExplainedHealth, ExplainedTarget } from './explanation.ts';

interface Entered {
  readonly group: Group;
  /** Where it is in the program. */
  readonly place: number;
  readonly thoughts: readonly string[];
  readonly draws: { readonly value: number; readonly meaning: string }[];
  readonly picks: { readonly candidate: number; readonly healthy: boolean }[];
}

/** Writes down how a tree is walked, and puts it in terms of record sets. A group's candidates are in the order of its sets. */
export class GroupTrace implements Trace {
  readonly #zones: ZoneData;
  readonly #zone: Zone;
  /** Ids of health checks whose status is supposed. */
  readonly #supposed: ReadonlySet<string>;
  readonly #outside: OutsideTable | undefined;
  readonly #entered: Entered[] = [];
  /** Targets whose members have been told: many aliases can lead to one. */
  readonly #told = new Set<number>();
  #encoded: Encoded = { words: new Int32Array(0), groups: new Map() };

  constructor(zones: ZoneData, zone: Zone, supposed: ReadonlySet<string>, outside: OutsideTable | undefined) {
    this.#outside = outside;
    this.#zones = zones;
    this.#zone = zone;
    this.#supposed = supposed;
  }

  learn(encoded: Encoded): void {
    this.#encoded = encoded;
  }

  enter(place: number, asker: Asker): void {
    const group = this.#groupAt(place);
    const thoughts = group.candidates.map((_, index) => group.policy.thought(index, asker));
    this.#entered.push({ group, place, thoughts, draws: [], picks: [] });
  }

  draw(value: number, meaning: string): void {
    this.#entered.at(-1)?.draws.push({ value, meaning });
  }

  pick(candidate: number, healthy: boolean): void {
    if (candidate !== NONE) this.#entered.at(-1)?.picks.push({ candidate, healthy });
  }

  /** `asker` is the one that the program was walked for, and for nobody else since. */
  steps(asker: Asker): ExplainedGroup[] {
    return this.#entered.map((entered) => this.#step(entered, asker));
  }

  /** The set that the walk ended at; undefined when it ended at none, or at several. */
  pickedSet(): RecordSet | undefined {
    const last = this.#entered.at(-1);
    const [pick, ...others] = last?.picks ?? [];
    if (last === undefined || pick === undefined || others.length > 0) return undefined;
    return this.#setsOf(last.group)[pick.candidate];
  }

  #step({ group, place, thoughts, draws, picks }: Entered, asker: Asker): ExplainedGroup {
    const sets = this.#setsOf(group);
    return {
      kind: 'group',
      name: group.name,
      type: group.type,
      policy: group.policy.name,
      candidates: group.candidates.map((candidate, index): ExplainedCandidate => {
        const set = sets[index];
        return {
          setIdentifier: candidate.setIdentifier,
          thought: thoughts[index] ?? '',
          picked: picks.some((pick) => pick.candidate === index),
          ...(set?.values && { values: set.values }),
          ...(set?.alias && { alias: set.alias.name }),
          ...(set?.alias?.outside && { outside: this.#outsideOf(set.alias.name, set.type) }),
          ...this.#health(place, index, set, asker),
        };
      }),
      draws,
      lastResort: picks.some((pick) => !pick.healthy),
    };
  }

  #health(group: number, index: number, set: RecordSet | undefined, asker: Asker): ExplainedHealth {
    const { evaluatesTarget } = this.#groupAt(group).candidates[index] as Candidate;
    return {
      healthy: isHealthy(this.#encoded.words, group, index, asker),
      ...(set?.healthCheckId !== undefined && { check: this.#check(set.healthCheckId, asker) }),
      ...(evaluatesTarget && { target: this.#target(group, index, set?.alias?.name ?? '', asker) }),
    };
  }

  #outsideOf(name: string, type: string): NonNullable<ExplainedCandidate['outside']> {
    const number = this.#zones.outsideNumber(name, type);
    const found = number === undefined ? undefined : this.#outside?.read(number).answer;
    return found?.values ?? 'unresolved';
  }

  #check(id: string, { statuses }: Asker): NonNullable<ExplainedHealth['check']> {
    const index = this.#zones.healthCheckIndex(id);
    if (index === undefined) return { id, status: 'gone' };
    const octet = statuses[index] ?? 0;
    const status = octet === UNHEALTHY ? 'unhealthy' : octet === 0 ? 'unknown' : 'healthy';
    return { id, status, ...(this.#supposed.has(id) && { supposed: true as const }) };
  }

  #target(group: number, index: number, name: string, asker: Asker): ExplainedTarget {
    const { words } = this.#encoded;
    const target = targetAt(words, group, index);
    const healthy = leadsToHealthy(words, group, target, asker);
    const place = group + (target >> DISTANCE_SHIFT);
    const below = this.#encoded.groups.get(place);
    if (below === undefined || this.#told.has(place)) return { name, healthy };
    this.#told.add(place);
    const sets = this.#setsOf(below);
    const members = below.candidates.map((member, at) => ({
      setIdentifier: member.setIdentifier,
      ...this.#health(place, at, sets[at], asker),
    }));
    return { name, healthy, members };
  }

  #groupAt(place: number): Group {
    const group = this.#encoded.groups.get(place);
    if (group === undefined) throw new Error(`no group begins at ${place}`);
    return group;
  }

  #setsOf(group: Group): readonly RecordSet[] {
    const node = this.#zones.node(this.#zone.id, nameKey(group.name));
    return node?.recordSets.filter((set) => set.type === group.type) ?? [];
  }
}
