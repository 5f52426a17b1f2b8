import { typeCode, typeName } from '../../dns/record-type.ts';
import type { RecordSet } from '../../zone/record-set.ts';
import type { NameNode } from '../../zone/zone-data.ts';
import type { Codec } from './codec.ts';
import { plainMembers } from './plain.ts';
import type { RowReader } from './row-reader.ts';
import type { RowWriter } from './row-writer.ts';

/**
 * Record sets and the nodes that hold them: most of what a store holds, and all that answering a query reads; so they are written
 * by hand, and what a simple set has no need of takes no room. A node with one address takes seventeen octets.
 */
export const nodeCodec: Codec<NameNode> = {
  write(node, out) {
    out.count(node.children);
    out.count(node.recordSets.length);
    for (const set of node.recordSets) writeRecordSet(set, out);
  },
  read(row) {
    const children = row.count();
    const recordSets: RecordSet[] = [];
    for (let left = row.count(); left > 0; left -= 1) recordSets.push(readRecordSet(row));
    return { children, recordSets };
  },
};

export const recordSetCodec: Codec<RecordSet> = { write: writeRecordSet, read: readRecordSet };

/** What stands behind the type: a simple set is one with a TTL and values and nothing else. */
const SIMPLE = 0;
const WITH_OTHERS = 1;
const ONLY_OTHERS = 2;

function writeRecordSet(set: RecordSet, out: RowWriter): void {
  out.count(typeCode(set.type) as number);
  const others = othersOf(set);
  if (set.ttlSeconds === undefined || set.values === undefined) {
    out.u8(ONLY_OTHERS);
    plainMembers.write(others ?? {}, out);
    return;
  }
  out.u8(others === undefined ? SIMPLE : WITH_OTHERS);
  out.count(set.ttlSeconds);
  out.count(set.values.length);
  for (const value of set.values) out.text(value);
  if (others !== undefined) plainMembers.write(others, out);
}

/** The members that a simple set does not have: whatever the type may come to hold is kept. */
function othersOf(set: RecordSet): Record<string, unknown> | undefined {
  let others: Record<string, unknown> | undefined;
  for (const member in set) {
    if (member === 'type' || member === 'ttlSeconds' || member === 'values') continue;
    const value = set[member as keyof RecordSet];
    if (value !== undefined) (others ??= {})[member] = value;
  }
  return others;
}

function readRecordSet(row: RowReader): RecordSet {
  const type = typeName(row.count());
  const kind = row.u8();
  if (kind === ONLY_OTHERS) return { type, ...plainMembers.read(row) };
  const ttlSeconds = row.count();
  const values: string[] = [];
  for (let left = row.count(); left > 0; left -= 1) values.push(row.text());
  if (kind === SIMPLE) return { type, ttlSeconds, values };
  return { type, ttlSeconds, values, ...plainMembers.read(row) };
}
