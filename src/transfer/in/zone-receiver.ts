import { keyToText } from '../../core/dns/name-key.ts';
import { writeSteps } from '../../core/control/imports/import-steps.ts';
import type { RecordSetStep } from '../../core/control/record-sets/change-batch.ts';
import type { NamedRecordSet } from '../../core/control/record-sets/list-resource-record-sets.ts';
import { zoneNodes } from '../../core/control/record-sets/zone-nodes.ts';
import { dataIdOf, type HostedZone } from '../../core/control/tables.ts';
import type { View } from '../../core/control/view.ts';
import type { RecordSet } from '../../core/zone/record-set.ts';
import { DifferenceBuffer, DifferenceError, sameSet } from './difference-buffer.ts';
import { RecordSetBuffer, setKey, SET_OCTETS } from './record-set-buffer.ts';
import { TransferError, type TransferReader } from './transfer-reader.ts';
import type { TransferredRecord } from './transferred-record.ts';

/**
 * Puts a transfer into the log. Nothing of it is seen before it is whole and `finish` is called: what fits into one change is one
 * change, anything bigger is staged while it comes in and then switched to (docs/decisions/0009).
 */
export interface ReceiverParts {
  readonly zone: HostedZone;
  /** The version held before; left out when there is none. */
  readonly serial: number | undefined;
  /** The newest state; read from at once, never across an `await`. */
  view(): View;
  /** Rejects with a `TransferError` when the command is refused. */
  submit<Change>(operation: string, command: unknown): Promise<Change>;
}

export type Received = 'changed' | 'switched' | 'unchanged';

/** A zone of up to this many records is held in memory until it is whole, and compared with what is stored. */
const COMPARED_RECORDS_MAX = 20_000;
const COMPARED_OCTETS_MAX = 4 * 2 ** 20;
/** Of one change: the log's limit is 1 MiB, and history keeps the values before, too. */
const CHANGE_OCTETS_MAX = 512 * 1024;
/** Of one part that is staged: some thousand records, for which other commands wait for some ten milliseconds. */
const PART_OCTETS_MAX = 256 * 1024;

export class ZoneReceiver {
  readonly #parts: ReceiverParts;
  readonly #reader: TransferReader;
  readonly #whole = new RecordSetBuffer();
  #difference: DifferenceBuffer | undefined;
  #hasNameServers = false;
  /** Where the parts are staged, once there are too many records to compare. */
  #dataId: string | undefined;

  constructor(parts: ReceiverParts, reader: TransferReader) {
    this.#parts = parts;
    this.#reader = reader;
  }

  /** Throws `TransferError` and `DifferenceError`. */
  async take(records: Iterable<TransferredRecord>): Promise<void> {
    for (const record of records) this.#take(record);
    const { octets, records: count } = this.#whole;
    if (this.#dataId === undefined) {
      if (count > COMPARED_RECORDS_MAX || octets > COMPARED_OCTETS_MAX) await this.#stage();
    } else if (octets > PART_OCTETS_MAX) await this.#stage();
  }

  #take(record: TransferredRecord): void {
    const meaning = this.#reader.read(record);
    if (meaning === undefined) return;
    if (meaning === 'whole') {
      this.#hasNameServers ||= record.type === 'NS' && record.name === this.#parts.zone.name;
      this.#whole.add(record);
      return;
    }
    this.#difference ??= new DifferenceBuffer(() => this.#parts.view(), dataIdOf(this.#parts.zone));
    if (meaning === 'deleted') this.#difference.remove(record);
    else this.#difference.add(record);
  }

  /** To be called when the reader has ended and every signature was verified. */
  async finish(): Promise<Received> {
    const soa = this.#reader.soa;
    if (!this.#reader.ended || soa === undefined)
      throw new TransferError('the transfer ended before its last SOA record');
    const { serial: toSerial = 0 } = soa;
    const step: RecordSetStep = { action: 'PUT', name: soa.name, set: setOf(soa) };
    if (this.#difference !== undefined) return this.#change([...this.#difference.steps(), step], toSerial);
    if (!this.#hasNameServers) throw new TransferError('the zone has no NS records at its apex');
    this.#whole.add(soa);
    const steps = this.#dataId === undefined ? this.#comparison() : undefined;
    if (steps !== undefined && octetsOf(steps) <= CHANGE_OCTETS_MAX) return this.#change(steps, toSerial);
    await this.#stage();
    await this.#parts.submit('SwitchSecondaryZone', {
      zoneId: this.#parts.zone.id,
      dataId: this.#dataId,
      serial: toSerial,
    });
    return 'switched';
  }

  async #change(steps: readonly RecordSetStep[], toSerial: number): Promise<Received> {
    const { zone, serial } = this.#parts;
    if (this.#difference !== undefined) {
      if (octetsOf(steps) > CHANGE_OCTETS_MAX) throw new DifferenceError('it is too big for one change');
      const apex = steps.find(({ name, set }) => name === zone.name && set.type === 'NS');
      if (apex?.action === 'REMOVE') throw new TransferError('the zone has no NS records at its apex');
    }
    if (steps.length === 0) return 'unchanged';
    const from = serial === undefined ? {} : { fromSerial: serial };
    await this.#parts.submit('ChangeSecondaryZone', { zoneId: zone.id, ...from, toSerial, steps: writeSteps(steps) });
    return 'changed';
  }

  /** What leads from the stored version to the new one; undefined when the stored one is too big to be compared. */
  #comparison(): RecordSetStep[] | undefined {
    const { zone } = this.#parts;
    if (zone.recordSetCount > 2 * COMPARED_RECORDS_MAX) return undefined;
    const steps: RecordSetStep[] = [];
    const stored = new Map<string, RecordSet>();
    for (const { name, set } of named(this.#parts.view(), zone)) {
      if (!this.#whole.has(name, set.type)) steps.push({ action: 'REMOVE', name, set });
      else stored.set(setKey(name, set.type), set);
    }
    for (const { name, set } of this.#whole.all()) {
      const before = stored.get(setKey(name, set.type));
      if (before === undefined || !sameSet(before, set)) steps.push({ action: 'PUT', name, set });
    }
    return steps;
  }

  /** Sends what is held, in parts. */
  async #stage(): Promise<void> {
    let part: NamedRecordSet[] = [];
    let octets = 0;
    const sets = [...this.#whole.all()];
    this.#whole.clear();
    for (const named of sets) {
      part.push(named);
      octets += octetsIn(named);
      if (octets < PART_OCTETS_MAX) continue;
      await this.#stagePart(part);
      part = [];
      octets = 0;
    }
    if (part.length > 0) await this.#stagePart(part);
  }

  async #stagePart(recordSets: readonly NamedRecordSet[]): Promise<void> {
    const known = this.#dataId === undefined ? {} : { dataId: this.#dataId };
    const steps = writeSteps(recordSets.map((named) => ({ action: 'PUT' as const, ...named })));
    const command = { zoneId: this.#parts.zone.id, steps, ...known };
    const { dataId } = await this.#parts.submit<{ readonly dataId: string }>('StageSecondaryZone', command);
    this.#dataId = dataId;
  }
}

function* named(view: View, zone: HostedZone): Generator<NamedRecordSet, void, void> {
  for (const { key, node } of zoneNodes(view, dataIdOf(zone))) {
    for (const set of node.recordSets) yield { name: keyToText(key), set };
  }
}

function setOf(record: TransferredRecord): RecordSet {
  return { type: record.type, ttlSeconds: record.ttlSeconds, values: [record.value] };
}

function octetsOf(steps: readonly NamedRecordSet[]): number {
  return steps.reduce((sum, step) => sum + octetsIn(step), 0);
}

function octetsIn({ name, set }: NamedRecordSet): number {
  return (set.values ?? []).reduce((sum, value) => sum + value.length, name.length + SET_OCTETS);
}
