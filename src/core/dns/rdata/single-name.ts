import { printName, type Name } from '../name.ts';
import type { RdataType } from './rdata-type.ts';

/** A type whose data is one name of RFC 1035, which may therefore be compressed (RFC 3597 §4). */
export function singleName(code: number, name: string): RdataType<Name> {
  return {
    code,
    name,
    parse: (fields) => fields.name(),
    print: printName,
    write: (value, out) => out.name(value, true),
    read: (wire) => wire.name(),
  };
}
