import { toRoute53Notation } from '../core/dns/route53-notation.ts';
import { typeName } from '../core/dns/record-type.ts';
import type { RecordSet } from '../core/zone/record-set.ts';
import type { NameKey } from '../core/zone/zone-data.ts';
import type { FileRecord } from './record-sort.ts';
import type { ZoneProblems } from './zone-problems.ts';

/** A name of the file with its record sets, and where each begins. */
export interface FileName {
  readonly key: NameKey;
  readonly sets: readonly FileSet[];
}

export interface FileSet {
  readonly set: RecordSet;
  readonly file: number;
  readonly line: number;
}

/**
 * Puts sorted records together: those of a name and type are one record set (RFC 2181 §5). What they differ in, and Route 53 has no
 * place for, is noted: a set has one TTL, its first (as BIND has it), and each value once.
 */
export function* fileNames(records: Iterable<FileRecord>, problems?: ZoneProblems): Generator<FileName, void, void> {
  let key: NameKey | undefined;
  let sets: FileSet[] = [];
  let group: FileRecord[] = [];
  const close = (): void => {
    if (group.length > 0) sets.push(fileSet(group, problems));
    group = [];
  };
  for (const record of records) {
    if (record.key !== key) {
      close();
      if (key !== undefined) yield { key, sets };
      key = record.key;
      sets = [];
    } else if (record.type !== group[0]?.type) close();
    group.push(record);
  }
  close();
  if (key !== undefined) yield { key, sets };
}

function fileSet(records: readonly FileRecord[], problems: ZoneProblems | undefined): FileSet {
  const { type, ttlSeconds, text, file, line } = records[0] as FileRecord;
  const values = records.length === 1 ? [text] : distinct(records, ttlSeconds, problems);
  return { set: { type: typeName(type), ttlSeconds, values: values.map(toRoute53Notation) }, file, line };
}

function distinct(records: readonly FileRecord[], ttlSeconds: number, problems: ZoneProblems | undefined): string[] {
  const values = new Set<string>();
  for (const record of records) {
    const { text, file, line } = record;
    if (record.ttlSeconds !== ttlSeconds) {
      problems?.note(
        `TTL ${record.ttlSeconds} becomes ${ttlSeconds}, that of the record set's first record`,
        file,
        line,
      );
    }
    if (values.has(text)) problems?.note('The same record again is passed over', file, line);
    values.add(text);
  }
  return [...values];
}
