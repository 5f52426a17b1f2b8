import type { Codec } from './rows/codec.ts';

/**
 * State as the control plane sees it: typed tables of plain values under ordered keys. The store implements both interfaces
 * over LMDB; nothing in this room knows that.
 *
 * Keys compare element by element, strings byte-wise: what is next to each other in a table is chosen by its key's layout
 * (tables.ts). Values are plain data (strings, numbers, booleans, arrays, objects); absent optional members are left out.
 */
export type Key = readonly (string | number)[];

/** A table's name on disk and how its values are written there; without a codec, as plain data. */
export interface Table<V> {
  readonly name: string;
  readonly codec?: Codec<V>;
}

export interface Range {
  /** Only rows whose key begins with these elements. */
  readonly prefix?: Key;
  /** First key to return, inclusive; it need not exist. */
  readonly from?: Key;
  /** Only rows whose last key element begins with this text; it goes with `prefix`. */
  readonly textPrefix?: string;
  readonly limit: number;
}

export interface Row<V> {
  readonly key: Key;
  readonly value: V;
}

export interface View {
  get<V>(table: Table<V>, key: Key): V | undefined;
  range<V>(table: Table<V>, range: Range): Row<V>[];
}

/** A view that is being written: reads see the writes made before them. */
export interface Draft extends View {
  put<V>(table: Table<V>, key: Key, value: V): void;
  remove<V>(table: Table<V>, key: Key): void;
}
