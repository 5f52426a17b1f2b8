import type { NormalizedSchema } from '@smithy/core/schema';
import { escapeXml } from '../aws-error.ts';
import { xmlName } from './decode.ts';

/** A value as XML by its schema: on one line and in the model's order, because shell clients read it with regular expressions. */
export function encodeElement(schema: NormalizedSchema, name: string, value: unknown, attributes = ''): string {
  return `<${name}${attributes}>${encodeContent(schema, value)}</${name}>`;
}

function encodeContent(schema: NormalizedSchema, value: unknown): string {
  if (schema.isStructSchema()) {
    let content = '';
    for (const [member, memberSchema] of schema.structIterator()) {
      const inner = (value as Record<string, unknown>)[member];
      if (inner === undefined || memberSchema.getMergedTraits().httpHeader !== undefined) continue;
      content += encodeElement(memberSchema, xmlName(memberSchema, member), inner);
    }
    return content;
  }
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    const name = xmlName(item, 'member');
    return (value as unknown[]).map((each) => encodeElement(item, name, each)).join('');
  }
  if (value instanceof Date) return value.toISOString();
  return escapeXml(String(value));
}
