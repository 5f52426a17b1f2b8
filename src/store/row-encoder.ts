import type { Codec } from '../core/control/rows/codec.ts';
import { RowReader } from '../core/control/rows/row-reader.ts';
import { RowWriter } from '../core/control/rows/row-writer.ts';

/** What lmdb-js takes a value's octets from: those between `start` and `end`, so that one buffer serves all rows. */
interface Written extends Uint8Array {
  start: number;
  end: number;
}

/** A codec in the form in which lmdb-js asks for one. It copies what is written, and what is read is gone at the next read. */
export interface RowEncoder {
  encode(value: unknown): Uint8Array;
  decode(octets: Uint8Array): unknown;
}

export function rowEncoder(codec: Codec<unknown>): RowEncoder {
  return {
    encode(value) {
      writer.restart();
      codec.write(value, writer);
      const written = writer.octets as Written;
      written.start = 0;
      written.end = writer.end;
      return written;
    },
    decode(octets) {
      reader.restart(octets);
      return codec.read(reader);
    },
  };
}

const writer = new RowWriter();
const reader = new RowReader();
