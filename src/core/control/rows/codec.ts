import type { RowReader } from './row-reader.ts';
import type { RowWriter } from './row-writer.ts';

/**
 * How the values of a table become octets and values again; tables.ts says which table has which. A codec here is composed of
 * smaller ones, and each reads exactly what it wrote.
 */
export interface Codec<V> {
  write(value: V, out: RowWriter): void;
  read(row: RowReader): V;
}

/** A whole number from 0 to 2⁵³ − 1. */
export const count: Codec<number> = { write: (value, out) => out.count(value), read: (row) => row.count() };

export const text: Codec<string> = { write: (value, out) => out.text(value), read: (row) => row.text() };

export const flag: Codec<boolean> = {
  write: (value, out) => out.u8(value ? 1 : 0),
  read: (row) => row.u8() === 1,
};

/** The row is there, and that is all. */
export const present: Codec<true> = { write() {}, read: () => true };

export function listOf<V>(item: Codec<V>): Codec<readonly V[]> {
  return {
    write(values, out) {
      out.count(values.length);
      for (const value of values) item.write(value, out);
    },
    read(row) {
      const values: V[] = [];
      for (let left = row.count(); left > 0; left -= 1) values.push(item.read(row));
      return values;
    },
  };
}
