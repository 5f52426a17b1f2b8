import { keyToText, nameKey } from '../../dns/name-key.ts';
import { sameKey, type RecordSet } from '../../zone/record-set.ts';
import { tables, type HostedZone } from '../tables.ts';
import type { View } from '../view.ts';
import type { RecordSetStep } from './change-batch.ts';

/** The zone as a batch sees it while it is evaluated in order: the stored state with the changes so far on top. */
export class WorkingCopy {
  readonly zone: HostedZone;
  readonly #view: View;
  readonly #changed = new Map<string, readonly RecordSet[]>();
  #added = 0;

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
    return this.#changed.get(key) ?? this.#view.get(tables.nodes, [this.zone.id, key])?.recordSets ?? [];
  }

  find(name: string, set: RecordSet): RecordSet | undefined {
    return this.at(name).find((each) => sameKey(each, set));
  }

  perform(step: RecordSetStep): void {
    const before = this.at(step.name);
    const others = before.filter((each) => !sameKey(each, step.set));
    const after = step.action === 'PUT' ? [...others, step.set] : others;
    this.#added += after.length - before.length;
    this.#changed.set(nameKey(step.name), after);
  }

  /** Names that the batch changed, normalised, with what they hold in the end. */
  *ends(): Iterable<[name: string, sets: readonly RecordSet[]]> {
    for (const [key, sets] of this.#changed) yield [keyToText(key), sets];
  }
}
