import type { Codec } from './codec.ts';
import type { RowReader } from './row-reader.ts';
import type { RowWriter } from './row-writer.ts';

/**
 * Plain data of any shape, each value behind an octet that says what it is: for tables whose size and speed do not matter, and for
 * changes, whose kinds are many. `undefined` members are left out, as everywhere in the state.
 */
export const plain: Codec<unknown> = { write: writePlain, read: readPlain };

/** Members by their names: an object within a row that has a place for the others. */
export const plainMembers: Codec<object> = { write: writePlain, read: (row) => readPlain(row) as object };

const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const COUNT = 3;
const NUMBER = 4;
const TEXT = 5;
const LIST = 6;
const OBJECT = 7;
const OCTETS = 8;

const number64 = new Float64Array(1);
const number64Octets = new Uint8Array(number64.buffer);

function writePlain(value: unknown, out: RowWriter): void {
  if (value === null) out.u8(NULL);
  else if (typeof value === 'boolean') out.u8(value ? TRUE : FALSE);
  else if (typeof value === 'number') writeNumber(value, out);
  else if (typeof value === 'string') {
    out.u8(TEXT);
    out.text(value);
  } else if (value instanceof Uint8Array) {
    out.u8(OCTETS);
    out.count(value.length);
    out.bytes(value);
  } else if (Array.isArray(value)) {
    out.u8(LIST);
    out.count(value.length);
    for (const item of value) writePlain(item, out);
  } else if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    out.u8(OBJECT);
    out.count(entries.length);
    for (const [name, member] of entries) {
      out.text(name);
      writePlain(member, out);
    }
  } else throw new Error(`${typeof value} is not plain data`);
}

function writeNumber(value: number, out: RowWriter): void {
  if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) {
    out.u8(COUNT);
    out.count(value);
  } else {
    out.u8(NUMBER);
    number64[0] = value;
    out.bytes(number64Octets);
  }
}

function readPlain(row: RowReader): unknown {
  const tag = row.u8();
  switch (tag) {
    case NULL:
      return null;
    case FALSE:
    case TRUE:
      return tag === TRUE;
    case COUNT:
      return row.count();
    case NUMBER:
      number64Octets.set(row.bytes(number64Octets.length));
      return number64[0];
    case TEXT:
      return row.text();
    case OCTETS:
      return row.bytes(row.count());
    case LIST: {
      const items: unknown[] = [];
      for (let left = row.count(); left > 0; left -= 1) items.push(readPlain(row));
      return items;
    }
    case OBJECT: {
      const entries: [string, unknown][] = [];
      for (let left = row.count(); left > 0; left -= 1) entries.push([row.text(), readPlain(row)]);
      // Not by assignment: a member may be called `__proto__`.
      return Object.fromEntries(entries);
    }
    default:
      throw new Error(`${tag} begins no plain data`);
  }
}
