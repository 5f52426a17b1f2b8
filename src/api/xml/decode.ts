import { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../aws-error.ts';
import type { Element } from './element.ts';

/**
 * A request's body by its Smithy schema, strictly: what the schema does not know, what occurs twice and what is not written as its
 * type is refused. Order does not matter, because clients differ in it.
 */
export type Decoded = string | number | boolean | Decoded[] | { [member: string]: Decoded };

export function decodeElement(schema: NormalizedSchema, element: Element): Decoded {
  if (schema.isStructSchema()) return decodeStruct(schema, element);
  if (schema.isListSchema()) return decodeList(schema, element);
  if (element.children.length > 0) throw invalid(`unexpected element ${element.children[0]?.name} in ${element.name}`);
  return decodeText(schema, element.text, element.name);
}

/** Text of an element, a query parameter or a path label as its type. */
export function decodeText(schema: NormalizedSchema, text: string, name: string): string | number | boolean {
  if (schema.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false')
      throw invalid(`'${text}' is not a valid value for ${name}: it must be true or false`);
    return text === 'true';
  }
  if (schema.isNumericSchema()) {
    const value = /^-?[0-9]{1,15}$/.test(text) ? Number(text) : NaN;
    if (Number.isNaN(value)) throw invalid(`'${text}' is not a valid value for ${name}: it must be an integer`);
    return value;
  }
  return text;
}

function decodeStruct(schema: NormalizedSchema, element: Element): Decoded {
  if (element.text.trim() !== '') throw invalid(`unexpected text in ${element.name}`);
  const members = new Map<string, [string, NormalizedSchema]>();
  for (const [member, memberSchema] of schema.structIterator())
    members.set(xmlName(memberSchema, member), [member, memberSchema]);
  const values = new Map<string, Decoded>();
  for (const child of element.children) {
    const found = members.get(child.name);
    if (found === undefined) throw invalid(`unexpected element ${child.name} in ${element.name}`);
    const [member, memberSchema] = found;
    if (values.has(member)) throw invalid(`element ${child.name} occurs twice in ${element.name}`);
    values.set(member, decodeElement(memberSchema, child));
  }
  return Object.fromEntries(values);
}

function decodeList(schema: NormalizedSchema, element: Element): Decoded {
  if (element.text.trim() !== '') throw invalid(`unexpected text in ${element.name}`);
  const item = schema.getValueSchema();
  const name = xmlName(item, 'member');
  return element.children.map((child) => {
    if (child.name !== name) throw invalid(`unexpected element ${child.name} in ${element.name}: expected ${name}`);
    return decodeElement(item, child);
  });
}

export function xmlName(schema: NormalizedSchema, otherwise: string): string {
  const name: unknown = schema.getMergedTraits().xmlName;
  return typeof name === 'string' ? name : otherwise;
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidInput', `Invalid XML ; ${what}`);
}
