import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Metric } from '../core/metrics/metric.ts';
import type { AlarmEvent, AlarmHistory } from './alarm-history.ts';
import type { AlarmStateRecord } from './alarm-states.ts';
import type { MetricStore, StreamRecord } from './metric-store.ts';

/**
 * Metrics and the states of alarms over a restart: a file in the data directory, written whole now and then and when the member
 * stops, and not synced. After a crash the last minute is missing, after one of the whole system maybe everything: it is telemetry.
 *
 * The file is records of a header, which is JSON, and two series of numbers. The first is of the alarms, which a start needs at once; the
 * last one says how many there were. Between them a million data points take a second to read, which nobody has to wait for.
 */
export const METRIC_FILE = 'metrics.bin';

export interface Remembered {
  readonly metrics: MetricStore;
  readonly states: {
    readonly history: AlarmHistory;
    records(): AlarmStateRecord[];
    restore(records: readonly AlarmStateRecord[]): void;
  };
}

interface Header {
  readonly stream?: { readonly region: string; readonly metric: Metric; readonly unit: string };
  readonly states?: readonly AlarmStateRecord[];
  readonly history?: readonly AlarmEvent[];
  readonly end?: number;
}

/** Octets of the header, numbers of the first series, numbers of the second: 32 bits each, least significant octet first. */
const LENGTHS_OCTETS = 12;
/** Collected before it is written: other work has its turn meanwhile. */
const PART_OCTETS = 2 ** 20;
const NONE = new Float64Array(0);
const NOT_WHOLE = `${METRIC_FILE} is not whole`;

/** Between two turns of the event loop. */
const SLICE_MILLISECONDS = 5;

/** The states of alarms and what happened to them. Does nothing when there is no file, and throws for one that is not whole. */
export function readAlarms(directory: string, states: Remembered['states']): void {
  let fd: number;
  try {
    fd = openSync(join(directory, METRIC_FILE), 'r');
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  try {
    const lengths = Buffer.alloc(LENGTHS_OCTETS);
    readSync(fd, lengths, 0, LENGTHS_OCTETS, 0);
    const octets = LENGTHS_OCTETS + lengths.readUInt32LE();
    if (octets > fstatSync(fd).size) throw new Error(NOT_WHOLE);
    const record = Buffer.alloc(octets);
    readSync(fd, record, 0, octets, 0);
    const { header } = readRecord(record, 0);
    states.restore(header.states ?? []);
    states.history.restore(header.history ?? []);
  } finally {
    closeSync(fd);
  }
}

/**
 * Adds the data points to those that there are, a few metrics at a time. Does nothing when there is no file; rejects for one that is not
 * whole, and what was read until then is there.
 */
export async function readMetrics(directory: string, metrics: MetricStore): Promise<void> {
  let octets: Buffer;
  try {
    octets = await readFile(join(directory, METRIC_FILE));
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  let since = performance.now();
  for (let at = 0, records = 0; ; records += 1) {
    const { header, first, second, next } = readRecord(octets, at);
    if (header.end !== undefined) {
      if (header.end !== records || next !== octets.length) throw new Error(NOT_WHOLE);
      return;
    }
    if (header.stream !== undefined) metrics.restore({ ...header.stream, minutes: first, seconds: second });
    at = next;
    if (performance.now() - since < SLICE_MILLISECONDS) continue;
    await turn();
    since = performance.now();
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function readRecord(
  octets: Buffer,
  at: number,
): { header: Header; first: Float64Array<ArrayBuffer>; second: Float64Array<ArrayBuffer>; next: number } {
  const [headerOctets, first, second] = [0, 4, 8].map((offset) =>
    at + LENGTHS_OCTETS <= octets.length ? octets.readUInt32LE(at + offset) : Infinity,
  ) as [number, number, number];
  const numbersAt = at + LENGTHS_OCTETS + headerOctets;
  const next = numbersAt + (first + second) * Float64Array.BYTES_PER_ELEMENT;
  if (next > octets.length) throw new Error(NOT_WHOLE);
  const header = JSON.parse(octets.toString('utf8', at + LENGTHS_OCTETS, numbersAt)) as Header;
  // Copied: numbers in the file are not where a processor wants them.
  const numbers = new Float64Array(new Uint8Array(octets.subarray(numbersAt, next)).buffer);
  return { header, first: numbers.slice(0, first), second: numbers.slice(first), next };
}

export async function writeMetricFile(directory: string, { metrics, states }: Remembered): Promise<void> {
  const path = join(directory, METRIC_FILE);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await writeRecords(file, records(metrics, states));
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

function* records(metrics: MetricStore, states: Remembered['states']): Generator<Buffer[]> {
  yield recordOf({ states: states.records(), history: states.history.records() });
  let count = 1;
  for (const record of metrics.records()) {
    count += 1;
    yield streamRecord(record);
  }
  yield recordOf({ end: count });
}

function streamRecord({ region, metric, unit, minutes, seconds }: StreamRecord): Buffer[] {
  return recordOf({ stream: { region, metric, unit } }, minutes, seconds);
}

function recordOf(header: Header, first = NONE, second = NONE): Buffer[] {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(LENGTHS_OCTETS);
  [text.length, first.length, second.length].forEach((length, index) => lengths.writeUInt32LE(length, index * 4));
  return [lengths, text, ...[first, second].map(({ buffer }) => Buffer.from(buffer))];
}

async function writeRecords(file: FileHandle, all: Iterable<Buffer[]>): Promise<void> {
  let part: Buffer[] = [];
  let octets = 0;
  const flush = async (): Promise<void> => {
    await file.writeFile(Buffer.concat(part));
    part = [];
    octets = 0;
  };
  for (const record of all) {
    part.push(...record);
    octets += record.reduce((sum, { length }) => sum + length, 0);
    if (octets >= PART_OCTETS) await flush();
  }
  await flush();
}
