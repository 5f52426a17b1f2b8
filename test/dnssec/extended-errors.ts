import { WireReader } from '../../src/core/dns/wire-reader.ts';
import { TYPE } from '../../src/core/dns/record-type.ts';

export interface ExtendedError {
  readonly code: number;
  readonly text: string;
}

/** Unsupported algorithms, indeterminate and bogus states, and the reasons for them (RFC 8914 §4). */
export const EXTENDED_ERRORS_OF_DNSSEC: ReadonlySet<number> = new Set([1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 25, 27]);

const OPTION = 15;

/** Those of a message (RFC 8914 §2). */
export function extendedErrors(packet: Uint8Array): ExtendedError[] {
  const wire = new WireReader(packet, 4);
  const [questions, ...records] = [wire.u16(), wire.u16(), wire.u16(), wire.u16()];
  for (let n = 0; n < questions; n += 1) {
    wire.name();
    wire.octets(4);
  }
  const errors: ExtendedError[] = [];
  for (let n = records.reduce((sum, each) => sum + each); n > 0; n -= 1) {
    wire.name();
    const type = wire.u16();
    wire.octets(6);
    const end = wire.u16() + wire.position;
    while (type === TYPE.OPT && wire.position < end) {
      const [option, length] = [wire.u16(), wire.u16()];
      const value = Buffer.from(wire.octets(length));
      if (option === OPTION) errors.push({ code: value.readUInt16BE(), text: value.toString('utf8', 2) });
    }
    wire.octets(end - wire.position);
  }
  return errors;
}
