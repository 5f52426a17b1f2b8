import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../aws-error.ts';

/**
 * An operation's input by its Smithy schema, strictly, for every wire form: what the schema does not know and what is not written as
 * its type is refused. Which members must be there, and what may be in them, is core's to judge.
 */
export type Decoded = string | number | boolean | Date | Decoded[] | { [member: string]: Decoded };

/** Where the wire forms differ in how they write values. Undefined: the value is not of that type. */
export interface Notation {
  list(value: unknown): readonly unknown[] | undefined;
  number(value: unknown): number | undefined;
  boolean(value: unknown): boolean | undefined;
  timestamp(value: unknown): Date | undefined;
}

export function decodeValue(schema: NormalizedSchema, value: unknown, path: string, notation: Notation): Decoded {
  if (schema.isStructSchema()) return decodeStruct(schema, value, path, notation);
  if (schema.isListSchema()) {
    const items = notation.list(value) ?? wrongType(path, 'a list');
    const item = schema.getValueSchema();
    return items.map((each, index) => decodeValue(item, each, `${path}.member.${index + 1}`, notation));
  }
  if (schema.isTimestampSchema()) return notation.timestamp(value) ?? wrongType(path, 'a timestamp');
  if (schema.isNumericSchema()) return notation.number(value) ?? wrongType(path, 'a number');
  if (schema.isBooleanSchema()) return notation.boolean(value) ?? wrongType(path, 'true or false');
  if (schema.isStringSchema()) return typeof value === 'string' ? value : wrongType(path, 'a string');
  throw new AwsError('InvalidParameterValue', `The parameter ${path} is not supported by this version of Waypost.`);
}

function decodeStruct(schema: NormalizedSchema, value: unknown, path: string, notation: Notation): Decoded {
  if (!isObject(value)) return wrongType(path, 'a structure');
  const members = new Map(schema.structIterator());
  const decoded: [string, Decoded][] = [];
  for (const [member, inner] of Object.entries(value)) {
    const memberSchema = members.get(member);
    const memberPath = path === '' ? member : `${path}.${member}`;
    if (memberSchema === undefined) {
      throw new AwsError('ValidationError', `The parameter ${memberPath} is not known.`);
    }
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

function wrongType(path: string, what: string): never {
  throw new AwsError('InvalidParameterValue', `The parameter ${path === '' ? 'input' : path} must be ${what}.`);
}
