import { TYPE } from '../record-type.ts';
import { printNumbersAndHex, restOf } from './digest.ts';
import type { RdataType } from './rdata-type.ts';

/** A delegation signer (RFC 4034 §5). */
export interface Ds {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: Uint8Array;
}

export const ds = delegationSigner(TYPE.DS, 'DS');
/** What the child wants its DS to be (RFC 7344 §3.1). */
export const cds = delegationSigner(TYPE.CDS, 'CDS');

function delegationSigner(code: number, name: string): RdataType<Ds> {
  return {
    code,
    name,
    parse: (fields) => ({
      keyTag: fields.integer('Key tag', 0xffff),
      algorithm: fields.integer('Algorithm', 0xff),
      digestType: fields.integer('Digest type', 0xff),
      digest: fields.hex('Digest'),
    }),
    print: (value) => printNumbersAndHex([value.keyTag, value.algorithm, value.digestType], value.digest),
    write(value, out) {
      out.u16(value.keyTag);
      out.u8(value.algorithm);
      out.u8(value.digestType);
      out.octets(value.digest);
    },
    read: (wire, end) => ({
      keyTag: wire.u16(),
      algorithm: wire.u8(),
      digestType: wire.u8(),
      digest: restOf(wire, end),
    }),
  };
}
