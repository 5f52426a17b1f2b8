import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { RowReader } from '../core/control/rows/row-reader.ts';
import { RowWriter } from '../core/control/rows/row-writer.ts';
import type { NameKey } from '../core/zone/zone-data.ts';

/**
 * Puts the records of a zone file into the order in which a store keeps names, whatever the order of the file: so each record set
 * comes in one piece, the file can be held against the stored zone in one walk through both, and what is written is written in
 * the order of the pages.
 *
 * Memory is bounded. Beyond `RUN_OCTETS_MAX` a sorted run goes to a file of the given directory, and in the end the runs are merged. A
 * file that is found in order costs little more than its copy.
 */
export interface FileRecord {
  readonly key: NameKey;
  readonly type: number;
  readonly ttlSeconds: number;
  /** Zone-file notation, names absolute. */
  readonly text: string;
  /** The file that it stands in, by the place in the reader's list, and the line. */
  readonly file: number;
  readonly line: number;
}

/** Of records in memory, as JavaScript keeps them: some 300,000. */
const RUN_OCTETS_MAX = 96 * 2 ** 20;
/** An object of six members, an array's slot and the heads of two texts. */
const RECORD_OCTETS = 160;
/** Read at once from each run. */
const BLOCK_OCTETS = 128 * 2 ** 10;
const BLOCK_HEAD_OCTETS = 4;

export class RecordSort {
  readonly #directory: string;
  readonly #runOctetsMax: number;
  readonly #runs: Run[] = [];
  #records: FileRecord[] = [];
  #octets = 0;
  #count = 0;

  constructor(directory: string, runOctetsMax: number = RUN_OCTETS_MAX) {
    this.#directory = directory;
    this.#runOctetsMax = runOctetsMax;
  }

  get count(): number {
    return this.#count;
  }

  add(record: FileRecord): void {
    this.#records.push(record);
    this.#count += 1;
    this.#octets += RECORD_OCTETS + record.key.length + record.text.length;
    if (this.#octets > this.#runOctetsMax) this.#spill();
  }

  /** All records, by key, then by type, then as they were added. May be walked more than once. */
  *sorted(): Generator<FileRecord, void, void> {
    this.#records.sort(compareRecords);
    if (this.#runs.length === 0) {
      yield* this.#records;
      return;
    }
    if (this.#records.length > 0) this.#spill();
    yield* merge(this.#runs.map((run) => run.records()));
  }

  close(): void {
    for (const run of this.#runs) run.close();
    this.#runs.length = 0;
    this.#records = [];
  }

  #spill(): void {
    this.#records.sort(compareRecords);
    const run = new Run(join(this.#directory, `run-${this.#runs.length}`));
    this.#runs.push(run);
    run.write(this.#records);
    this.#records = [];
    this.#octets = 0;
  }
}

/** Sorting is stable, and so records of one set stay in the file's order. */
function compareRecords(a: FileRecord, b: FileRecord): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : a.type - b.type;
}

/** A sorted part, in a file that has no name any more: whatever happens to the process, the file goes with it. */
class Run {
  readonly #fd: number;

  constructor(path: string) {
    this.#fd = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
  }

  write(records: readonly FileRecord[]): void {
    const row = new RowWriter();
    const flush = (): void => {
      const head = Buffer.alloc(BLOCK_HEAD_OCTETS);
      head.writeUInt32LE(row.end);
      writeFully(this.#fd, head);
      writeFully(this.#fd, row.octets.subarray(0, row.end));
      row.restart();
    };
    for (const record of records) {
      row.text(record.key);
      row.count(record.type);
      row.count(record.ttlSeconds);
      row.text(record.text);
      row.count(record.file);
      row.count(record.line);
      if (row.end >= BLOCK_OCTETS) flush();
    }
    if (row.end > 0) flush();
  }

  *records(): Generator<FileRecord, void, void> {
    const row = new RowReader();
    let block = Buffer.alloc(BLOCK_OCTETS * 2);
    let position = 0;
    const head = Buffer.alloc(BLOCK_HEAD_OCTETS);
    while (readFully(this.#fd, head, BLOCK_HEAD_OCTETS, position)) {
      const length = head.readUInt32LE();
      if (length > block.length) block = Buffer.alloc(length);
      readFully(this.#fd, block, length, position + BLOCK_HEAD_OCTETS);
      position += BLOCK_HEAD_OCTETS + length;
      row.restart(block, length);
      while (!row.atEnd) {
        yield {
          key: row.text(),
          type: row.count(),
          ttlSeconds: row.count(),
          text: row.text(),
          file: row.count(),
          line: row.count(),
        };
      }
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function writeFully(fd: number, octets: Uint8Array): void {
  for (let at = 0; at < octets.length;) at += writeSync(fd, octets, at);
}

/** False at the end of the file. */
function readFully(fd: number, into: Uint8Array, length: number, position: number): boolean {
  for (let at = 0; at < length;) {
    const read = readSync(fd, into, at, length - at, position + at);
    if (read === 0) return false;
    at += read;
  }
  return true;
}

interface Source {
  readonly rest: Iterator<FileRecord, void, void>;
  /** Ties go to the earlier run, which holds what was added earlier. */
  readonly place: number;
  next: FileRecord;
}

function* merge(runs: readonly Generator<FileRecord, void, void>[]): Generator<FileRecord, void, void> {
  const heap: Source[] = [];
  runs.forEach((rest, place) => {
    const first = rest.next();
    if (first.done !== true) heap.push({ rest, place, next: first.value });
  });
  for (let at = heap.length >> 1; at >= 0; at -= 1) sink(heap, at);
  for (let least = heap[0]; least !== undefined; least = heap[0]) {
    yield least.next;
    const following = least.rest.next();
    if (following.done === true) {
      const last = heap.pop() as Source;
      if (heap.length === 0) return;
      if (last !== least) heap[0] = last;
    } else least.next = following.value;
    sink(heap, 0);
  }
}

function sink(heap: Source[], from: number): void {
  for (let at = from; ;) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && isBefore(heap[child] as Source, heap[least] as Source)) least = child;
    }
    if (least === at) return;
    [heap[at], heap[least]] = [heap[least] as Source, heap[at] as Source];
    at = least;
  }
}

function isBefore(a: Source, b: Source): boolean {
  return (compareRecords(a.next, b.next) || a.place - b.place) < 0;
}
