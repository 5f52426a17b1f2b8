import { printHex } from '../field-reader.ts';
import { PresentationError } from '../presentation-error.ts';
import { typeName } from '../record-type.ts';
import { restOf } from './digest.ts';
import type { RdataType } from './rdata-type.ts';

/** A type that nothing is known of: opaque octets, `\# 4 0A000001` in text (RFC 3597 §5). */
export function unknownType(code: number): RdataType<Uint8Array> {
  return {
    code,
    name: typeName(code),
    parse(fields) {
      if (fields.text('\\#') !== '\\#')
        throw new PresentationError('InvalidGenericRdata', 'Value should begin with \\#');
      const length = fields.integer('Length', 0xffff);
      const octets = length === 0 && fields.remaining === 0 ? new Uint8Array(0) : fields.hex('Data');
      if (octets.length !== length) throw new PresentationError('InvalidGenericRdata', 'Length and data differ');
      return octets;
    },
    print: (octets) => `\\# ${octets.length} ${printHex(octets)}`.trimEnd(),
    write: (octets, out) => out.octets(octets),
    read: restOf,
  };
}
