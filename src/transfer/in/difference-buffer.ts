import { nameKey } from '../../core/dns/name-key.ts';
import type { RecordSetStep } from '../../core/control/record-sets/change-batch.ts';
import { tables } from '../../core/control/tables.ts';
import type { View } from '../../core/control/view.ts';
import type { RecordSet } from '../../core/zone/record-set.ts';
import { setKey } from './record-set-buffer.ts';
import type { TransferredRecord } from './transferred-record.ts';

/** A difference that does not fit what is held (RFC 1995 §4): the whole zone has to be asked for. */
export class DifferenceError extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'DifferenceError';
  }
}

/** More than this is no small change any more, and asking for the whole zone costs little more. */
const RECORDS_MAX = 20_000;

/** The record sets that a difference touches, as they become. */
export class DifferenceBuffer {
  readonly #view: () => View;
  readonly #dataId: string;
  readonly #sets = new Map<string, Touched>();
  #records = 0;

  /** `view` shows the version that the difference leads away from. If it has moved on by then, the change will be refused. */
  constructor(view: () => View, dataId: string) {
    this.#view = view;
    this.#dataId = dataId;
  }

  /** Throws `DifferenceError`. */
  remove(record: TransferredRecord): void {
    const touched = this.#touch(record);
    const value = touched.values.has(record.value) ? record.value : inOtherCase(touched, record);
    if (value === undefined) throw new DifferenceError(`it deletes ${record.name} ${record.type}, which is not there`);
    touched.values.delete(value);
  }

  /** Throws `DifferenceError`. */
  add(record: TransferredRecord): void {
    const touched = this.#touch(record);
    if (touched.values.has(record.value)) {
      throw new DifferenceError(`it adds ${record.name} ${record.type}, which is there already`);
    }
    // With what was there, the least TTL is the safe one; else the new one is all there is.
    touched.ttlSeconds =
      touched.values.size === 0 ? record.ttlSeconds : Math.min(touched.ttlSeconds, record.ttlSeconds);
    touched.values.add(record.value);
  }

  steps(): RecordSetStep[] {
    const steps: RecordSetStep[] = [];
    for (const { name, type, before, ttlSeconds, values } of this.#sets.values()) {
      const set: RecordSet = { type, ttlSeconds, values: [...values] };
      if (values.size === 0) {
        if (before !== undefined) steps.push({ action: 'REMOVE', name, set: before });
      } else if (before === undefined || !sameSet(before, set)) steps.push({ action: 'PUT', name, set });
    }
    return steps;
  }

  #touch(record: TransferredRecord): Touched {
    this.#records += 1;
    if (this.#records > RECORDS_MAX) throw new DifferenceError(`it has more than ${RECORDS_MAX} records`);
    const key = setKey(record.name, record.type);
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const node = this.#view().get(tables.nodes, [this.#dataId, nameKey(record.name)]);
    const before = node?.recordSets.find((set) => set.type === record.type);
    const { name, type } = record;
    const touched = { name, type, before, ttlSeconds: before?.ttlSeconds ?? 0, values: new Set(before?.values) };
    this.#sets.set(key, touched);
    return touched;
  }
}

interface Touched {
  readonly name: string;
  readonly type: string;
  readonly before: RecordSet | undefined;
  ttlSeconds: number;
  readonly values: Set<string>;
}

/** Types whose data are names and numbers: there case means nothing, and compression may have changed it (RFC 4343). */
const CASELESS: ReadonlySet<string> = new Set(['NS', 'CNAME', 'PTR', 'MX', 'SRV', 'NSEC', 'SOA']);

function inOtherCase(touched: Touched, record: TransferredRecord): string | undefined {
  if (!CASELESS.has(record.type)) return undefined;
  const wanted = record.value.toLowerCase();
  return [...touched.values].find((value) => value.toLowerCase() === wanted);
}

/** Whether two sets hold the same, in whatever order. */
export function sameSet(a: RecordSet, b: RecordSet): boolean {
  const values = new Set(a.values);
  return (
    a.ttlSeconds === b.ttlSeconds &&
    values.size === (b.values?.length ?? 0) &&
    (b.values ?? []).every((value) => values.has(value))
  );
}
