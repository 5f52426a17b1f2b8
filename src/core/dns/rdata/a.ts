import { parseIpv4, printIpv4 } from '../ip-address.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE } from '../record-type.ts';
import type { RdataType } from './rdata-type.ts';

/** An IPv4 address (RFC 1035 §3.4.1). */
export const a: RdataType<Uint8Array> = {
  code: TYPE.A,
  name: 'A',
  parse(fields) {
    const address = parseIpv4(fields.bareText('Address') ?? '');
    if (address === undefined)
      throw new PresentationError('ARRDATAIllegalIPv4Address', 'Value is not a valid IPv4 address');
    return address;
  },
  print: printIpv4,
  write: (value, out) => out.octets(value),
  read: (wire) => wire.octets(4),
};
