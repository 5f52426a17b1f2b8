import { TYPE } from '../record-type.ts';
import { printNumbersAndHex, restOf } from './digest.ts';
import type { RdataType } from './rdata-type.ts';

/** A TLS certificate association (RFC 6698 §2.1). */
export interface Tlsa {
  readonly usage: number;
  readonly selector: number;
  readonly matchingType: number;
  readonly data: Uint8Array;
}

export const tlsa: RdataType<Tlsa> = {
  code: TYPE.TLSA,
  name: 'TLSA',
  parse: (fields) => ({
    usage: fields.integer('Certificate usage', 3),
    selector: fields.integer('Selector', 1),
    matchingType: fields.integer('Matching type', 2),
    data: fields.hex('Certificate association data'),
  }),
  print: (value) => printNumbersAndHex([value.usage, value.selector, value.matchingType], value.data),
  write(value, out) {
    out.u8(value.usage);
    out.u8(value.selector);
    out.u8(value.matchingType);
    out.octets(value.data);
  },
  read: (wire, end) => ({ usage: wire.u8(), selector: wire.u8(), matchingType: wire.u8(), data: restOf(wire, end) }),
};
