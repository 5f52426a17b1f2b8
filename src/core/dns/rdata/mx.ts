import { printName, type Name } from '../name.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE } from '../record-type.ts';
import type { RdataType } from './rdata-type.ts';

/** A mail exchange (RFC 1035 §3.3.9). */
export interface Mx {
  readonly preference: number;
  readonly exchange: Name;
}

export const mx: RdataType<Mx> = {
  code: TYPE.MX,
  name: 'MX',
  parse(fields) {
    if (fields.remaining < 2) throw new PresentationError('MXRRDATAPriorityRequired', 'MX priority is required');
    return { preference: fields.integer('MX priority', 0xffff), exchange: fields.name() };
  },
  print: (value) => `${value.preference} ${printName(value.exchange)}`,
  write(value, out) {
    out.u16(value.preference);
    out.name(value.exchange, true);
  },
  read: (wire) => ({ preference: wire.u16(), exchange: wire.name() }),
};
