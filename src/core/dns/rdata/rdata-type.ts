import type { FieldReader } from '../field-reader.ts';
import type { WireReader } from '../wire-reader.ts';
import type { WireWriter } from '../wire-writer.ts';

/**
 * The one shape of a record type's data: text ⇄ value ⇄ wire. Each type is a file of this folder and a line in rdata-types.ts.
 *
 * `parse` throws `PresentationError`, `read` throws `WireFormatError`, `write` throws `WireOverflow`.
 */
export interface RdataType<V> {
  readonly code: number;
  readonly name: string;
  parse(fields: FieldReader): V;
  /** Zone-file notation. */
  print(value: V): string;
  write(value: V, out: WireWriter): void;
  /** `end` is where the rdata ends; every octet before it must have been read. */
  read(wire: WireReader, end: number): V;
}
