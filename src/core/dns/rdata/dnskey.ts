import { printBase64 } from '../field-reader.ts';
import { TYPE } from '../record-type.ts';
import { restOf } from './digest.ts';
import type { RdataType } from './rdata-type.ts';

/** A zone's public key (RFC 4034 §2). */
export interface Dnskey {
  readonly flags: number;
  readonly protocol: number;
  readonly algorithm: number;
  readonly publicKey: Uint8Array;
}

export const dnskey = publicKey(TYPE.DNSKEY, 'DNSKEY');
/** What the child wants its DS to be made of (RFC 7344 §3.2). */
export const cdnskey = publicKey(TYPE.CDNSKEY, 'CDNSKEY');

function publicKey(code: number, name: string): RdataType<Dnskey> {
  return {
    code,
    name,
    parse: (fields) => ({
      flags: fields.integer('Flags', 0xffff),
      protocol: fields.integer('Protocol', 0xff),
      algorithm: fields.integer('Algorithm', 0xff),
      publicKey: fields.base64('Public key'),
    }),
    print: (value) => `${value.flags} ${value.protocol} ${value.algorithm} ${printBase64(value.publicKey)}`,
    write(value, out) {
      out.u16(value.flags);
      out.u8(value.protocol);
      out.u8(value.algorithm);
      out.octets(value.publicKey);
    },
    read: (wire, end) => ({
      flags: wire.u16(),
      protocol: wire.u8(),
      algorithm: wire.u8(),
      publicKey: restOf(wire, end),
    }),
  };
}
