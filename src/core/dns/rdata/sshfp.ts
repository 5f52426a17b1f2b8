import { TYPE } from '../record-type.ts';
import { printNumbersAndHex, restOf } from './digest.ts';
import type { RdataType } from './rdata-type.ts';

/** An SSH key's fingerprint (RFC 4255 §3.1). */
export interface Sshfp {
  readonly algorithm: number;
  readonly fingerprintType: number;
  readonly fingerprint: Uint8Array;
}

export const sshfp: RdataType<Sshfp> = {
  code: TYPE.SSHFP,
  name: 'SSHFP',
  parse: (fields) => ({
    algorithm: fields.integer('Algorithm', 0xff),
    fingerprintType: fields.integer('Fingerprint type', 0xff),
    fingerprint: fields.hex('Fingerprint'),
  }),
  print: (value) => printNumbersAndHex([value.algorithm, value.fingerprintType], value.fingerprint),
  write(value, out) {
    out.u8(value.algorithm);
    out.u8(value.fingerprintType);
    out.octets(value.fingerprint);
  },
  read: (wire, end) => ({ algorithm: wire.u8(), fingerprintType: wire.u8(), fingerprint: restOf(wire, end) }),
};
