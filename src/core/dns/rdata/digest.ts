import { printHex } from '../field-reader.ts';
import { WireFormatError, type WireReader } from '../wire-reader.ts';

/** What DS, SSHFP and TLSA share: some small numbers, then octets written in hexadecimal. */
export function printNumbersAndHex(numbers: readonly number[], octets: Uint8Array): string {
  return `${numbers.join(' ')} ${printHex(octets)}`;
}

/** The octets up to `end`. Throws `WireFormatError`. */
export function restOf(wire: WireReader, end: number): Uint8Array {
  if (wire.position > end) throw new WireFormatError('a field runs past its record');
  return wire.octets(end - wire.position);
}
