import { plainMembers } from './plain.ts';
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

type Members<V> = { readonly [K in keyof V]?: Codec<NonNullable<V[K]>> };

/** Bits that say which of the listed members are there, and whether there are others. */
const LISTED_MAX = 15;

/**
 * An object: the listed members in their place, without their names, and whatever else it has by name. A member can thus be added
 * to a type without a word here, at the price of its name in each row.
 */
export function members<V extends object>(listed: Members<V>): Codec<V> {
  const names = Object.keys(listed);
  const codecs = names.map((name) => (listed as Readonly<Record<string, Codec<unknown>>>)[name] as Codec<unknown>);
  if (names.length > LISTED_MAX) throw new Error(`${names.length} members are more than ${LISTED_MAX}`);
  return {
    write(value, out) {
      const from = value as Readonly<Record<string, unknown>>;
      let bits = 0;
      let rest: Record<string, unknown> | undefined;
      for (const name in from) {
        if (from[name] === undefined) continue;
        const place = names.indexOf(name);
        if (place >= 0) bits |= 2 << place;
        else (rest ??= {})[name] = from[name];
      }
      out.count(rest === undefined ? bits : bits | 1);
      for (let place = 0; place < names.length; place += 1) {
        if ((bits & (2 << place)) !== 0) (codecs[place] as Codec<unknown>).write(from[names[place] as string], out);
      }
      if (rest !== undefined) plainMembers.write(rest, out);
    },
    read(row) {
      const bits = row.count();
      const value: Record<string, unknown> = {};
      for (let place = 0; place < names.length; place += 1) {
        if ((bits & (2 << place)) !== 0) value[names[place] as string] = (codecs[place] as Codec<unknown>).read(row);
      }
      return ((bits & 1) === 0 ? value : Object.assign(value, plainMembers.read(row))) as V;
    },
  };
}
