import type { Codec } from './codec.ts';
import { plainMembers } from './plain.ts';

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
