import { printName, type Name } from '../name.ts';
import { TYPE } from '../record-type.ts';
import type { RdataType } from './rdata-type.ts';

/** The location of a service (RFC 2782). Its target is never compressed. */
export interface Srv {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: Name;
}

export const srv: RdataType<Srv> = {
  code: TYPE.SRV,
  name: 'SRV',
  parse: (fields) => ({
    priority: fields.integer('Priority', 0xffff),
    weight: fields.integer('Weight', 0xffff),
    port: fields.integer('Port', 0xffff),
    target: fields.name(),
  }),
  print: (value) => `${value.priority} ${value.weight} ${value.port} ${printName(value.target)}`,
  write(value, out) {
    out.u16(value.priority);
    out.u16(value.weight);
    out.u16(value.port);
    out.name(value.target, false);
  },
  read: (wire) => ({ priority: wire.u16(), weight: wire.u16(), port: wire.u16(), target: wire.name() }),
};
