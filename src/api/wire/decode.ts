import type { NormalizedSchema } from '@smithy/core/schema';
import type { AwsError } from '../aws-error.ts';

/**
 * An operation's input by its Smithy schema, strictly, for every wire form: what the schema does not know and what is not written as
 * its type is refused. Which members must be there, and what may be in them, is core's to judge.
 */
export type Decoded = string | number | boolean | Date | Uint8Array | Decoded[] | { [member: string]: Decoded };

/** Where wire forms differ in how they write values, undefined for what is not of that type, and how they name what is wrong. */
export interface Notation extends Wrongs {
  list(value: unknown): readonly unknown[] | undefined;
  number(value: unknown): number | undefined;
  boolean(value: unknown): boolean | undefined;
  timestamp(value: unknown): Date | undefined;
  octets(value: unknown): Uint8Array | undefined;
}

/** A service's own errors. `path` is empty for the whole input. */
export interface Wrongs {
  /** `what` with its article. */
  wrongType(path: string, what: string): AwsError;
  unknownMember(path: string): AwsError;
  unsupportedType(path: string): AwsError;
}

export function decodeValue(schema: NormalizedSchema, value: unknown, path: string, notation: Notation): Decoded {
  const or = <T>(read: T | undefined, what: string): T => {
    if (read === undefined) throw notation.wrongType(path, what);
    return read;
  };
  if (schema.isStructSchema()) return decodeStruct(schema, value, path, notation);
  if (schema.isListSchema()) {
    const items = or(notation.list(value), 'a list');
    const item = schema.getValueSchema();
    return items.map((each, index) => decodeValue(item, each, `${path}.member.${index + 1}`, notation));
  }
  if (schema.isTimestampSchema()) return or(notation.timestamp(value), 'a timestamp');
  if (schema.isBlobSchema()) return or(notation.octets(value), 'octets');
  if (schema.isNumericSchema()) return or(notation.number(value), 'a number');
  if (schema.isBooleanSchema()) return or(notation.boolean(value), 'true or false');
  if (schema.isStringSchema()) return or(typeof value === 'string' ? value : undefined, 'a string');
  throw notation.unsupportedType(path);
}

function decodeStruct(schema: NormalizedSchema, value: unknown, path: string, notation: Notation): Decoded {
  if (!isObject(value)) throw notation.wrongType(path, 'a structure');
  const members = new Map(schema.structIterator());
  const decoded: [string, Decoded][] = [];
  for (const [member, inner] of Object.entries(value)) {
    const memberSchema = members.get(member);
    const memberPath = path === '' ? member : `${path}.${member}`;
    if (memberSchema === undefined) throw notation.unknownMember(memberPath);
    // Clients write `null` for what is not there.
    if (inner !== null && inner !== undefined) {
      decoded.push([member, decodeValue(memberSchema, inner, memberPath, notation)]);
    }
  }
  return Object.fromEntries(decoded);
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
