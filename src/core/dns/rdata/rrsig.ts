import { printBase64 } from '../field-reader.ts';
import { printName, type Name } from '../name.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE, typeCode, typeName } from '../record-type.ts';
import { restOf } from './digest.ts';
import type { RdataType } from './rdata-type.ts';

/** A signature over an RRset (RFC 4034 §3). Times are seconds since the epoch, modulo 2³². */
export interface Rrsig {
  readonly typeCovered: number;
  readonly algorithm: number;
  readonly labels: number;
  readonly originalTtlSeconds: number;
  readonly expiration: number;
  readonly inception: number;
  readonly keyTag: number;
  readonly signer: Name;
  readonly signature: Uint8Array;
}

export const rrsig: RdataType<Rrsig> = {
  code: TYPE.RRSIG,
  name: 'RRSIG',
  parse(fields) {
    const covered = typeCode(fields.text('Type covered'));
    if (covered === undefined) throw new PresentationError('InvalidType', 'Type covered is not a record type');
    return {
      typeCovered: covered,
      algorithm: fields.integer('Algorithm', 0xff),
      labels: fields.integer('Labels', 0xff),
      originalTtlSeconds: fields.integer('Original TTL', 0xffffffff),
      expiration: fields.integer('Expiration', 0xffffffff),
      inception: fields.integer('Inception', 0xffffffff),
      keyTag: fields.integer('Key tag', 0xffff),
      signer: fields.name(),
      signature: fields.base64('Signature'),
    };
  },
  print: (value) =>
    `${typeName(value.typeCovered)} ${value.algorithm} ${value.labels} ${value.originalTtlSeconds} ${value.expiration} ` +
    `${value.inception} ${value.keyTag} ${printName(value.signer)} ${printBase64(value.signature)}`,
  write(value, out) {
    out.u16(value.typeCovered);
    out.u8(value.algorithm);
    out.u8(value.labels);
    out.u32(value.originalTtlSeconds);
    out.u32(value.expiration);
    out.u32(value.inception);
    out.u16(value.keyTag);
    out.name(value.signer, false);
    out.octets(value.signature);
  },
  read: (wire, end) => ({
    typeCovered: wire.u16(),
    algorithm: wire.u8(),
    labels: wire.u8(),
    originalTtlSeconds: wire.u32(),
    expiration: wire.u32(),
    inception: wire.u32(),
    keyTag: wire.u16(),
    signer: wire.name(),
    signature: restOf(wire, end),
  }),
};
