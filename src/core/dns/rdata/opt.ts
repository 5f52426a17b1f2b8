import { PresentationError } from '../presentation-error.ts';
import { TYPE } from '../record-type.ts';
import { WireFormatError, WireReader } from '../wire-reader.ts';
import { WireWriter } from '../wire-writer.ts';
import type { RdataType } from './rdata-type.ts';
import { unknownType } from './unknown.ts';

/** Its data is kept as octets; what they mean is the reader's matter (IANA's registry of option codes). */
export interface EdnsOption {
  readonly code: number;
  readonly data: Uint8Array;
}

/** RFC 6891 gives OPT no presentation format, so its text is RFC 3597's generic one. */
const generic = unknownType(TYPE.OPT);

/** RFC 1035 §3.2.1: RDLENGTH has 16 bits. */
const RDATA_OCTETS_MAX = 0xffff;

/** The pseudo-record that carries EDNS. Its class and TTL are fields too: see edns.ts. */
export const opt: RdataType<readonly EdnsOption[]> = {
  code: TYPE.OPT,
  name: 'OPT',
  parse(fields) {
    const octets = generic.parse(fields);
    try {
      return opt.read(new WireReader(octets), octets.length);
    } catch (error) {
      if (!(error instanceof WireFormatError)) throw error;
      throw new PresentationError('InvalidGenericRdata', 'Data is not a list of options');
    }
  },
  print(options) {
    const out = new WireWriter(new Uint8Array(RDATA_OCTETS_MAX));
    opt.write(options, out);
    return generic.print(out.bytes.subarray(0, out.position));
  },
  write(options, out) {
    for (const option of options) {
      out.u16(option.code);
      out.u16(option.data.length);
      out.octets(option.data);
    }
  },
  read(wire, end) {
    const options: EdnsOption[] = [];
    while (wire.position < end) {
      const code = wire.u16();
      const length = wire.u16();
      if (wire.position + length > end) throw new WireFormatError('an EDNS option runs past its record');
      options.push({ code, data: wire.octets(length) });
    }
    return options;
  },
};
