import { keyToText, nameKey } from '../../dns/name-key.ts';
import { sameKey, type RecordSet } from '../../zone/record-set.ts';
import { dataIdOf, tables, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import type { RecordSetStep } from './change-batch.ts';

/** The zone as a batch sees it while it is evaluated in order: the stored state with the changes so far on top. */
export class WorkingCopy {
  readonly zone: HostedZone;
  readonly #view: View;
  readonly #changed = new Map<string, readonly RecordSet[]>();
  #added = 0;
  #steps = 0;

  constructor(view: View, zone: HostedZone) {
    this.#view = view;
    this.zone = zone;
  }

  /** Record sets created minus record sets removed so far. */
  get added(): number {
    return this.#added;
  }

  at(name: string): readonly RecordSet[] {
    const key = nameKey(name);
    return this.#changed.get(key) ?? this.#view.get(tables.nodes, [dataIdOf(this.zone), key])?.recordSets ?? [];
  }

  find(name: string, set: RecordSet): RecordSet | undefined {
    return this.at(name).find((each) => sameKey(each, set));
  }

  perform(step: RecordSetStep): void {
    const before = this.at(step.name);
    const others = before.filter((each) => !sameKey(each, step.set));
    this.#steps += 1;
    const after = step.action === 'PUT' ? [...others, step.set] : others;
    this.#added += after.length - before.length;
    this.#changed.set(nameKey(step.name), after);
  }

  /** Sets that were there before the batch and are not any more, by name and type. */
  *removed(): Iterable<[name: string, type: string]> {
    for (const [key, sets] of this.#changed) {
      const before = this.#view.get(tables.nodes, [dataIdOf(this.zone), key])?.recordSets ?? [];
      const types = new Set(before.map((set) => set.type));
      for (const type of types) if (!sets.some((set) => set.type === type)) yield [keyToText(key), type];
    }
  }

  /** Some name whose alias of this type targets `name`, as things stand. */
  aliasOf(name: string, type: string): string | undefined {
    // The batch cannot have taken away more of the stored aliases than it has steps.
    const limit = this.#steps + 1;
    const stored = this.#view.range(tables.aliases, { prefix: [dataIdOf(this.zone), nameKey(name), type], limit });
    const owners = [...stored.map((row) => row.key[3] as string), ...this.#changed.keys()].map(keyToText);
    return owners.find((owner) => this.at(owner).some((set) => set.type === type && set.alias?.name === name));
  }

  /** Names that the batch changed, normalised, with what they hold in the end. */
  *ends(): Iterable<[name: string, sets: readonly RecordSet[]]> {
    for (const [key, sets] of this.#changed) yield [keyToText(key), sets];
  }
}
