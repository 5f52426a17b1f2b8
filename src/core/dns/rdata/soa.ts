import { printName, type Name } from '../name.ts';
import { TYPE } from '../record-type.ts';
import type { RdataType } from './rdata-type.ts';

/** The start of a zone of authority (RFC 1035 §3.3.13). Times are seconds. */
export interface Soa {
  readonly mname: Name;
  readonly rname: Name;
  readonly serial: number;
  readonly refreshSeconds: number;
  readonly retrySeconds: number;
  readonly expireSeconds: number;
  /** TTL of negative answers (RFC 2308 §4). */
  readonly minimumSeconds: number;
}

export const soa: RdataType<Soa> = {
  code: TYPE.SOA,
  name: 'SOA',
  parse: (fields) => ({
    mname: fields.name(),
    rname: fields.name(),
    serial: fields.integer('Serial', 0xffffffff),
    refreshSeconds: fields.seconds('Refresh'),
    retrySeconds: fields.seconds('Retry'),
    expireSeconds: fields.seconds('Expire'),
    minimumSeconds: fields.seconds('Minimum'),
  }),
  print: (value) =>
    `${printName(value.mname)} ${printName(value.rname)} ${value.serial} ${value.refreshSeconds} ` +
    `${value.retrySeconds} ${value.expireSeconds} ${value.minimumSeconds}`,
  write(value, out) {
    out.name(value.mname, true);
    out.name(value.rname, true);
    out.u32(value.serial);
    out.u32(value.refreshSeconds);
    out.u32(value.retrySeconds);
    out.u32(value.expireSeconds);
    out.u32(value.minimumSeconds);
  },
  read: (wire) => ({
    mname: wire.name(),
    rname: wire.name(),
    serial: wire.u32(),
    refreshSeconds: wire.u32(),
    retrySeconds: wire.u32(),
    expireSeconds: wire.u32(),
    minimumSeconds: wire.u32(),
  }),
};
