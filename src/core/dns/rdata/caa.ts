import { printCharacterString } from '../field-reader.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE } from '../record-type.ts';
import { WireFormatError } from '../wire-reader.ts';
import { restOf } from './digest.ts';
import type { RdataType } from './rdata-type.ts';

/** Which authorities may issue certificates (RFC 8659 §4.1). */
export interface Caa {
  readonly flags: number;
  readonly tag: string;
  readonly value: Uint8Array;
}

const TAG = /^[A-Za-z0-9]{1,255}$/;

export const caa: RdataType<Caa> = {
  code: TYPE.CAA,
  name: 'CAA',
  parse(fields) {
    const flags = fields.integer('CAA flags', 0xff);
    const tag = fields.text('CAA tag');
    if (!TAG.test(tag)) {
      throw new PresentationError('InvalidCAATag', 'CAA tag should consist of letters and digits');
    }
    return { flags, tag, value: fields.characterString('CAA value') };
  },
  print: (value) => `${value.flags} ${value.tag} ${printCharacterString(value.value)}`,
  write(value, out) {
    out.u8(value.flags);
    out.u8(value.tag.length);
    out.octets(Uint8Array.from(value.tag, (character) => character.charCodeAt(0)));
    out.octets(value.value);
  },
  read(wire, end) {
    const flags = wire.u8();
    const tag = String.fromCharCode(...wire.octets(wire.u8()));
    if (!TAG.test(tag)) throw new WireFormatError('a CAA tag of other octets than letters and digits');
    return { flags, tag, value: restOf(wire, end) };
  },
};
