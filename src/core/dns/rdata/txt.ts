import { printCharacterString } from '../field-reader.ts';
import { TYPE } from '../record-type.ts';
import type { RdataType } from './rdata-type.ts';

/** One or more character strings (RFC 1035 §3.3.14). */
export const txt = characterStrings(TYPE.TXT, 'TXT');

/** SPF (RFC 7208 §3.1) has TXT's format. */
export const spf = characterStrings(TYPE.SPF, 'SPF');

function characterStrings(code: number, name: string): RdataType<readonly Uint8Array[]> {
  return {
    code,
    name,
    parse(fields) {
      const strings = [fields.characterString('Text')];
      while (fields.remaining > 0) strings.push(fields.characterString('Text'));
      return strings;
    },
    print: (strings) => strings.map(printCharacterString).join(' '),
    write(strings, out) {
      for (const string of strings) {
        out.u8(string.length);
        out.octets(string);
      }
    },
    read(wire, end) {
      const strings = [];
      do strings.push(wire.octets(wire.u8()));
      while (wire.position < end);
      return strings;
    },
  };
}
