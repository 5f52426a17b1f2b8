import { parseIpv6, printIpv6 } from '../ip-address.ts';
import { PresentationError } from '../presentation-error.ts';
import { TYPE } from '../record-type.ts';
import type { RdataType } from './rdata-type.ts';

/** An IPv6 address (RFC 3596 §2.2). */
export const aaaa: RdataType<Uint8Array> = {
  code: TYPE.AAAA,
  name: 'AAAA',
  parse(fields) {
    const address = parseIpv6(fields.bareText('Address') ?? '');
    if (address === undefined) {
      throw new PresentationError('AAAARRDATAIllegalIPv6Address', 'Value is not a valid IPv6 address');
    }
    return address;
  },
  print: printIpv6,
  write: (value, out) => out.octets(value),
  read: (wire) => wire.octets(16),
};
