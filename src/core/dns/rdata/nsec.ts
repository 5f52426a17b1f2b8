import { printName, type Name } from '../name.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE, typeCode, typeName } from '../record-type.ts';
import { WireFormatError } from '../wire-reader.ts';
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
    for (const [window, bitmap] of windows(value.types)) {
      out.u8(window);
      out.u8(bitmap.length);
      out.octets(bitmap);
    }
  },
  read(wire, end) {
    const next = wire.name();
    const types: number[] = [];
    while (wire.position < end) {
      const window = wire.u8();
      const bitmap = wire.octets(wire.u8());
      if (bitmap.length === 0 || bitmap.length > 32) throw new WireFormatError('a type bitmap of an impossible length');
      for (let bit = 0; bit < bitmap.length * 8; bit += 1) {
        if (((bitmap[bit >> 3] as number) >> (7 - (bit & 7))) & 1) types.push(window * 256 + bit);
      }
    }
    return { next, types };
  },
};

/** RFC 4034 §4.1.2: a bitmap for each block of 256 types that has any, cut after its last octet that is not zero. */
function windows(types: readonly number[]): Map<number, Uint8Array> {
  const bitmaps = new Map<number, Uint8Array>();
  for (const type of types) {
    const window = type >> 8;
    const octets = ((type & 0xff) >> 3) + 1;
    const old = bitmaps.get(window) ?? new Uint8Array(0);
    const bitmap = new Uint8Array(Math.max(old.length, octets));
    bitmap.set(old);
    bitmap[octets - 1] = (bitmap[octets - 1] as number) | (0x80 >> (type & 7));
    bitmaps.set(window, bitmap);
  }
  return bitmaps;
}
