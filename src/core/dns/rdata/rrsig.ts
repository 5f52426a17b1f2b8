import { printBase64, type FieldReader } from '../field-reader.ts';
import { printName, type Name } from '../name.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE, typeCode, typeName } from '../record-type.ts';
import { restOf } from './digest.ts';
import type { WireWriter } from '../wire-writer.ts';
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
      expiration: readTime(fields, 'Expiration'),
      inception: readTime(fields, 'Inception'),
      keyTag: fields.integer('Key tag', 0xffff),
      signer: fields.name(),
      signature: fields.base64('Signature'),
    };
  },
  print: (value) =>
    `${typeName(value.typeCovered)} ${value.algorithm} ${value.labels} ${value.originalTtlSeconds} ${printTime(value.expiration)} ` +
    `${printTime(value.inception)} ${value.keyTag} ${printName(value.signer)} ${printBase64(value.signature)}`,
  write(value, out) {
    writeRrsigFields(value, out);
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

/** All but the signature, which is made over them first. */
export function writeRrsigFields(value: Omit<Rrsig, 'signature'>, out: WireWriter): void {
  out.u16(value.typeCovered);
  out.u8(value.algorithm);
  out.u8(value.labels);
  out.u32(value.originalTtlSeconds);
  out.u32(value.expiration);
  out.u32(value.inception);
  out.u16(value.keyTag);
  out.name(value.signer, false);
}

/** RFC 4034 §3.2: `YYYYMMDDHHmmSS`, in UTC, or a number of seconds; the former has fourteen digits, which the latter never needs. */
function readTime(fields: FieldReader, what: string): number {
  if (fields.digitsAhead !== TIME_DIGITS) return fields.integer(what, 0xffffffff);
  const [, ...parts] = /^(....)(..)(..)(..)(..)(..)$/.exec(fields.text(what)) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const seconds = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  if (printTime(seconds >>> 0) !== parts.join('')) {
    throw new PresentationError('InvalidTime', `${what} should be a time from 1970 on, as YYYYMMDDHHmmSS`);
  }
  return seconds;
}

const TIME_DIGITS = 14;

function printTime(seconds: number): string {
  return new Date(seconds * 1000)
    .toISOString()
    .slice(0, 19)
    .replaceAll(/[^0-9]/g, '');
}
