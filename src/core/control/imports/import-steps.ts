import { nameKey } from '../../dns/name-key.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import type { NameKey } from '../../zone/zone-data.ts';
import { recordSetCodec } from '../rows/record-set-codec.ts';
import { RowReader } from '../rows/row-reader.ts';
import { RowWriter } from '../rows/row-writer.ts';

/** What an import does to one record set. `set` is complete for a PUT; of the others it says type and set identifier. */
export interface ImportStep {
  readonly action: 'PUT' | 'REMOVE' | 'KEEP';
  /** Normalised. */
  readonly name: string;
  readonly set: RecordSet;
}

/** A step that was read: with its name's key, which all that is done with it needs. */
export interface KeyedStep extends ImportStep {
  readonly key: NameKey;
}

/**
 * Octets of the steps of one change. An import is bulk: as octets it passes the operator's door, the writer's thread and the log
 * without becoming objects in each of them. One change of the log is at most a mebibyte; some fifteen thousand addresses are.
 */
export const STEPS_OCTETS_MAX = 2 ** 20;

const ACTIONS = ['PUT', 'REMOVE', 'KEEP'] as const;

/** Gathers steps until they are to be sent. */
export class StepWriter {
  readonly #out = new RowWriter();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get octets(): number {
    return this.#out.end;
  }

  add(step: ImportStep): void {
    this.#out.u8(ACTIONS.indexOf(step.action));
    this.#out.text(step.name);
    recordSetCodec.write(step.set, this.#out);
    this.#count += 1;
  }

  /** What was gathered; then begins anew. */
  take(): Uint8Array {
    const octets = this.#out.copy();
    this.#out.restart();
    this.#count = 0;
    return octets;
  }
}

/** Deciding and applying read the same octets one after the other: the steps of those that were read last. */
let latest: { readonly octets: Uint8Array; readonly steps: readonly KeyedStep[] } | undefined;

/** Undefined when the octets are no steps. */
export function readSteps(octets: Uint8Array): readonly KeyedStep[] | undefined {
  if (latest?.octets === octets) return latest.steps;
  const row = new RowReader();
  row.restart(octets);
  const steps: KeyedStep[] = [];
  try {
    while (!row.atEnd) {
      const action = ACTIONS[row.u8()];
      if (action === undefined) return undefined;
      const name = row.text();
      steps.push({ action, name, key: nameKey(name), set: recordSetCodec.read(row) });
    }
  } catch {
    return undefined;
  }
  latest = { octets, steps };
  return steps;
}

export function writeSteps(steps: readonly ImportStep[]): Uint8Array {
  const writer = new StepWriter();
  for (const step of steps) writer.add(step);
  return writer.take();
}
