import type { NamedRecordSet } from '../../core/control/record-sets/list-resource-record-sets.ts';
import type { TransferredRecord } from './transferred-record.ts';

/** Records of a transfer, put together as record sets while they come in any order. */
export class RecordSetBuffer {
  readonly #sets = new Map<string, Building>();
  #octets = 0;
  records = 0;

  /** Roughly what the sets take, as text. */
  get octets(): number {
    return this.#octets;
  }

  add(record: TransferredRecord): void {
    const key = setKey(record.name, record.type);
    const known = this.#sets.get(key);
    this.records += 1;
    this.#octets += record.value.length;
    if (known === undefined) {
      this.#octets += record.name.length + SET_OCTETS;
      const { name, type, ttlSeconds, value } = record;
      this.#sets.set(key, { name, type, ttlSeconds, values: new Set([value]) });
      return;
    }
    // RFC 2181 §5.2: the records of a set share one TTL, and the least is the safe one.
    known.ttlSeconds = Math.min(known.ttlSeconds, record.ttlSeconds);
    known.values.add(record.value);
  }

  has(name: string, type: string): boolean {
    return this.#sets.has(setKey(name, type));
  }

  *all(): Generator<NamedRecordSet, void, void> {
    for (const building of this.#sets.values()) yield finished(building);
  }

  clear(): void {
    this.#sets.clear();
    this.#octets = 0;
  }
}

/** What a set takes beside its text. */
export const SET_OCTETS = 24;

interface Building {
  readonly name: string;
  readonly type: string;
  ttlSeconds: number;
  readonly values: Set<string>;
}

/** No name holds a space. */
export function setKey(name: string, type: string): string {
  return `${name} ${type}`;
}

function finished({ name, type, ttlSeconds, values }: Building): NamedRecordSet {
  return { name, set: { type, ttlSeconds, values: [...values] } };
}
