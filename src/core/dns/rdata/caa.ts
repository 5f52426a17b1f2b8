import { printCharacterString } from '../field-reader.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE } from '../record-type.ts';
import type { RdataType } from './rdata-type.ts';

/** Which authorities may issue certificates (RFC 8659 §4.1). */
export interface Caa {
  readonly flags: number;
  readonly tag: string;
  readonly value: Uint8Array;
}

export const caa: RdataType<Caa> = {
  code: TYPE.CAA,
  name: 'CAA',
  parse(fields) {
    const flags = fields.integer('CAA flags', 0xff);
    const tag = fields.text('CAA tag');
    if (!/^[A-Za-z0-9]{1,255}$/.test(tag)) {
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
  read: (wire, end) => ({
    flags: wire.u8(),
    tag: String.fromCharCode(...wire.octets(wire.u8())),
    value: wire.octets(end - wire.position),
  }),
};
