import { printName, type Name } from '../name.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE, typeCode, typeName } from '../record-type.ts';
import { WireFormatError } from '../wire-reader.ts';
import type { WireWriter } from '../wire-writer.ts';
import type { RdataType } from './rdata-type.ts';

/** What exists at a name and which name is next (RFC 4034 §4). */
export interface Nsec {
  readonly next: Name;
  /** Ascending. */
  readonly types: readonly number[];
}

export const nsec: RdataType<Nsec> = {
  code: TYPE.NSEC,
  name: 'NSEC',
  parse(fields) {
    const next = fields.name();
    const types = new Set<number>();
    while (fields.remaining > 0) {
      const code = typeCode(fields.text('Type'));
      if (code === undefined)
        throw new PresentationError('InvalidType', 'Value names something that is not a record type');
      types.add(code);
    }
    return { next, types: [...types].sort((a, b) => a - b) };
  },
  print: (value) => [printName(value.next), ...value.types.map(typeName)].join(' '),
  write(value, out) {
    out.name(value.next, false);
    writeBitmaps(value.types, out);
  },
  read(wire, end) {
    const next = wire.name();
    const types: number[] = [];
    for (let last = -1; wire.position < end;) {
      const window = wire.u8();
      if (window <= last) throw new WireFormatError('type bitmaps that are not in order');
      last = window;
      const bitmap = wire.octets(wire.u8());
      if (bitmap.length === 0 || bitmap.length > 32) throw new WireFormatError('a type bitmap of an impossible length');
      for (let bit = 0; bit < bitmap.length * 8; bit += 1) {
        if (((bitmap[bit >> 3] as number) >> (7 - (bit & 7))) & 1) types.push(window * 256 + bit);
      }
    }
    return { next, types };
  },
};

/** RFC 4034 §4.1.2: a bitmap for each block of 256 types that has any, cut after its last octet that is not zero. In ascending order. */
function writeBitmaps(types: readonly number[], out: WireWriter): void {
  for (let first = 0; first < types.length;) {
    const window = (types[first] as number) >> 8;
    let end = first;
    while (end < types.length && (types[end] as number) >> 8 === window) end += 1;
    out.u8(window);
    const octets = (((types[end - 1] as number) & 0xff) >> 3) + 1;
    out.u8(octets);
    for (let octet = 0; octet < octets; octet += 1) {
      let bits = 0;
      for (; first < end && ((types[first] as number) & 0xff) >> 3 === octet; first += 1) {
        bits |= 0x80 >> ((types[first] as number) & 7);
      }
      out.u8(bits);
    }
  }
}
