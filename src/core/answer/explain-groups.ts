import { nameKey } from '../dns/name-key.ts';
import type { Asker } from '../routing/asker.ts';
import type { Trace } from '../routing/trace.ts';
import { hasHealthy, isHealthy, UNHEALTHY, type Candidate, type Group } from '../routing/tree.ts';
import type { Zone } from '../zone/find-zone.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { ZoneData } from '../zone/zone-data.ts';
import type { OutsideTable } from './routed/outside-table.ts';
import type { ExplainedCandidate, ExplainedGroup, ExplainedHealth, ExplainedTarget } from './explanation.ts';

interface Entered {
  readonly group: Group;
  readonly thoughts: string[];
  readonly draws: { readonly value: number; readonly meaning: string }[];
  readonly picks: { readonly candidate: Candidate; readonly healthy: boolean }[];
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
  readonly #told = new Set<Group>();

  constructor(zones: ZoneData, zone: Zone, supposed: ReadonlySet<string>, outside: OutsideTable | undefined) {
    this.#outside = outside;
    this.#zones = zones;
    this.#zone = zone;
    this.#supposed = supposed;
  }

  enter(group: Group): void {
    this.#entered.push({ group, thoughts: [], draws: [], picks: [] });
  }

  consider(_: Candidate, thought: string): void {
    this.#entered.at(-1)?.thoughts.push(thought);
  }

  draw(value: number, meaning: string): void {
    this.#entered.at(-1)?.draws.push({ value, meaning });
  }

  pick(candidate: Candidate | undefined, healthy: boolean): void {
    if (candidate !== undefined) this.#entered.at(-1)?.picks.push({ candidate, healthy });
  }

  /** `asker` is the one that the tree was walked for, and for nobody else since. */
  steps(asker: Asker): ExplainedGroup[] {
    return this.#entered.map((entered) => this.#step(entered, asker));
  }

  /** The set that the walk ended at; undefined when it ended at none, or at several. */
  pickedSet(): RecordSet | undefined {
    const last = this.#entered.at(-1);
    const [pick, ...others] = last?.picks ?? [];
    if (last === undefined || pick === undefined || others.length > 0) return undefined;
    return this.#setsOf(last.group)[last.group.candidates.indexOf(pick.candidate)];
  }

  #step({ group, thoughts, draws, picks }: Entered, asker: Asker): ExplainedGroup {
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
          picked: picks.some((pick) => pick.candidate === candidate),
          ...(set?.values && { values: set.values }),
          ...(set?.alias && { alias: set.alias.name }),
          ...(set?.alias?.outside && { outside: this.#outsideOf(set.alias.name, set.type) }),
          ...this.#health(candidate, set, asker),
        };
      }),
      draws,
      lastResort: picks.some((pick) => !pick.healthy),
    };
  }

  #health(candidate: Candidate, set: RecordSet | undefined, asker: Asker): ExplainedHealth {
    return {
      healthy: isHealthy(candidate, asker),
      ...(set?.healthCheckId !== undefined && { check: this.#check(set.healthCheckId, asker) }),
      ...(candidate.evaluatesTarget && { target: this.#target(candidate, set?.alias?.name ?? '', asker) }),
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

  #target({ target }: Candidate, name: string, asker: Asker): ExplainedTarget {
    const healthy = hasHealthy(target, asker);
    if (target.kind === 'leaf') return { name, healthy };
    if (this.#told.has(target)) return { name, healthy };
    this.#told.add(target);
    const sets = this.#setsOf(target);
    const members = target.candidates.map((member, index) => ({
      setIdentifier: member.setIdentifier,
      ...this.#health(member, sets[index], asker),
    }));
    return { name, healthy, members };
  }

  #setsOf(group: Group): readonly RecordSet[] {
    const node = this.#zones.node(this.#zone.id, nameKey(group.name));
    return node?.recordSets.filter((set) => set.type === group.type) ?? [];
  }
}
