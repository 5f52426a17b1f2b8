import { printCharacterString } from '../field-reader.ts';
import { printName, type Name } from '../name.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE } from '../record-type.ts';
import type { RdataType } from './rdata-type.ts';

/** A naming authority pointer (RFC 3403 §4.1). Its replacement is never compressed. */
export interface Naptr {
  readonly order: number;
  readonly preference: number;
  readonly flags: Uint8Array;
  readonly services: Uint8Array;
  readonly regexp: Uint8Array;
  readonly replacement: Name;
}

export const naptr: RdataType<Naptr> = {
  code: TYPE.NAPTR,
  name: 'NAPTR',
  parse(fields) {
    const value = {
      order: fields.integer('Order', 0xffff),
      preference: fields.integer('Preference', 0xffff),
      flags: fields.characterString('Flags'),
      services: fields.characterString('Service'),
      regexp: fields.characterString('Regexp'),
      replacement: fields.name(),
    };
    if (value.regexp.length > 0 && value.replacement[0] !== 0) {
      throw new PresentationError('NAPTRRegexpAndReplacement', 'Regexp and replacement exclude each other');
    }
    return value;
  },
  print: (value) =>
    `${value.order} ${value.preference} ${printCharacterString(value.flags)} ${printCharacterString(value.services)} ` +
    `${printCharacterString(value.regexp)} ${printName(value.replacement)}`,
  write(value, out) {
    out.u16(value.order);
    out.u16(value.preference);
    for (const string of [value.flags, value.services, value.regexp]) {
      out.u8(string.length);
      out.octets(string);
    }
    out.name(value.replacement, false);
  },
  read: (wire) => ({
    order: wire.u16(),
    preference: wire.u16(),
    flags: wire.octets(wire.u8()),
    services: wire.octets(wire.u8()),
    regexp: wire.octets(wire.u8()),
    replacement: wire.name(),
  }),
};
