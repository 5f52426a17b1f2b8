import { keyToText, nameKey } from '../../dns/name-key.ts';
import { sameKey, type RecordSet } from '../../zone/record-set.ts';
import type { NameKey } from '../../zone/zone-data.ts';
import { aliasesTo, readAliasRow } from '../alias-rows.ts';
import { roomForOutside } from '../outside-targets.ts';
import { dataIdOf, tables, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import type { RecordSetStep } from './change-batch.ts';

/** The zone as a batch sees it while it is evaluated in order: the stored state with the changes so far on top. */
export class WorkingCopy {
  readonly zone: HostedZone;
  readonly apex: NameKey;
  readonly #view: View;
  readonly #dataId: string;
  /** What is stored at the names that were asked for. */
  readonly #stored = new Map<NameKey, readonly RecordSet[]>();
  readonly #changed = new Map<NameKey, readonly RecordSet[]>();
  readonly #steps: (RecordSetStep & { readonly key: NameKey })[] = [];
  #added = 0;
  /** Whether aliases may lead to hosts outside the zone. */
  readonly resolvesHosts: boolean;

  constructor(view: View, zone: HostedZone, resolvesHosts = false) {
    this.#view = view;
    this.zone = zone;
    this.resolvesHosts = resolvesHosts;
    this.apex = nameKey(zone.name);
    this.#dataId = dataIdOf(zone);
  }

  hasCidrCollection(id: string): boolean {
    return this.#view.get(tables.cidrCollections, [id]) !== undefined;
  }

  hasRoomOutside(): boolean {
    return roomForOutside(
      this.#view,
      this.#steps.filter(({ action }) => action === 'PUT').map(({ set }) => set),
    );
  }

  /** Record sets created minus record sets removed so far. */
  get added(): number {
    return this.#added;
  }

  at(key: NameKey): readonly RecordSet[] {
    return this.#changed.get(key) ?? this.#storedAt(key);
  }

  #storedAt(key: NameKey): readonly RecordSet[] {
    let sets = this.#stored.get(key);
    if (sets === undefined) {
      sets = this.#view.get(tables.nodes, [this.#dataId, key])?.recordSets ?? [];
      this.#stored.set(key, sets);
    }
    return sets;
  }

  find(key: NameKey, set: RecordSet): RecordSet | undefined {
    return this.at(key).find((each) => sameKey(each, set));
  }

  /** `key` is that of the step's name, for those who have it. */
  perform(step: RecordSetStep, key: NameKey = nameKey(step.name)): void {
    const before = this.at(key);
    const others = before.length === 0 ? before : before.filter((each) => !sameKey(each, step.set));
    this.#steps.push({ ...step, key });
    const after = step.action === 'PUT' ? [...others, step.set] : others;
    this.#added += after.length - before.length;
    this.#changed.set(key, after);
  }

  /** Sets that the batch put and that are still there as it put them, each with the others of its name and type. */
  *puts(): Iterable<{ readonly name: string; readonly set: RecordSet; readonly others: readonly RecordSet[] }> {
    for (const { name, set, key } of this.#steps) {
      const sets = this.at(key).filter((each) => each.type === set.type);
      if (sets.includes(set)) yield { name, set, others: sets.filter((each) => each !== set) };
    }
  }

  /** Sets that were there before the batch and are not any more, by name and type. */
  *removed(): Iterable<[name: string, type: string]> {
    for (const [key, sets] of this.#changed) {
      const before = this.#storedAt(key);
      const types = new Set(before.map((set) => set.type));
      for (const type of types) if (!sets.some((set) => set.type === type)) yield [keyToText(key), type];
    }
  }

  /** Some name whose alias of this type targets `name`, as things stand. */
  aliasOf(name: string, type: string): string | undefined {
    // The batch cannot have taken away more of the stored aliases than it has steps.
    const limit = this.#steps.length + 1;
    const stored = this.#view.range(tables.aliases, { prefix: aliasesTo(this.#dataId, nameKey(name), type), limit });
    const owners = [...stored.map((row) => readAliasRow(row.key).owner), ...this.#changed.keys()];
    const owner = owners.find((key) => this.at(key).some((set) => set.type === type && leadsTo(set, name)));
    return owner === undefined ? undefined : keyToText(owner);
  }

  /** Names that the batch changed, normalised, with what they hold in the end. */
  *ends(): Iterable<[name: string, sets: readonly RecordSet[]]> {
    for (const [key, sets] of this.#changed) yield [keyToText(key), sets];
  }
}

function leadsTo({ alias }: RecordSet, name: string): boolean {
  return alias?.name === name && alias.outside !== true;
}
