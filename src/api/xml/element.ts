import { XMLParser } from 'fast-xml-parser';
import { malformed } from './malformed.ts';
import { checkMarkup } from './markup.ts';

/** An element of a request: elements or text, never both. Attributes (namespaces) carry nothing here. */
export interface Element {
  readonly name: string;
  readonly children: readonly Element[];
  readonly text: string;
}

const CDATA = '#cdata';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  // References are resolved below: the parser leaves numeric ones as they are.
  processEntities: false,
  cdataPropName: CDATA,
  removeNSPrefix: true,
});

/** Throws `AwsError` for anything but one well-formed element. */
export function parseXml(text: string): Element {
  checkMarkup(text);
  let nodes: unknown;
  try {
    nodes = parser.parse(text, true);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : 'not well-formed');
  }
  const elements = (nodes as RawNode[]).filter((node) => tagOf(node) !== undefined);
  if (elements.length !== 1)
    throw malformed(elements.length === 0 ? 'there is no root element' : 'there is more than one root element');
  return toElement(elements[0] as RawNode);
}

type RawNode = Record<string, unknown>;

function tagOf(node: RawNode): string | undefined {
  return Object.keys(node).find((key) => key !== ':@' && key !== '#text' && key !== CDATA && !key.startsWith('?'));
}

function toElement(node: RawNode): Element {
  const name = tagOf(node) as string;
  const content = node[name] as RawNode[];
  const children: Element[] = [];
  let text = '';
  for (const part of content) {
    if (tagOf(part) !== undefined) children.push(toElement(part));
    else if (part[CDATA] !== undefined) text += (part[CDATA] as RawNode[]).map(textOf).join('');
    else if (part['#text'] !== undefined) text += resolveReferences(textOf(part));
  }
  if (children.length > 0 && text.trim() !== '') throw malformed(`text beside elements in ${name}`);
  return { name, children, text };
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function resolveReferences(text: string): string {
  return text.replace(/&([a-z]+;|#[0-9]{1,7};|#x[0-9a-fA-F]{1,6};)?/g, (_, reference: string | undefined) => {
    const name = (reference ?? '').slice(0, -1);
    if (Object.hasOwn(NAMED, name)) return NAMED[name] as string;
    const point = name.startsWith('#') ? Number(name.replace('#x', '0x').replace('#', '')) : Number.NaN;
    if (!isXmlCharacter(point)) throw malformed('an undefined entity');
    return String.fromCodePoint(point);
  });
}

/** XML 1.0 §2.2, Char. */
function isXmlCharacter(point: number): boolean {
  if (point < 0x20) return point === 9 || point === 10 || point === 13;
  return point <= 0xd7ff || (point >= 0xe000 && point <= 0xfffd) || (point >= 0x10000 && point <= 0x10ffff);
}

/** The parser is told to leave text as it is, so it is a string wherever it is. */
function textOf(node: RawNode): string {
  const text = node['#text'];
  return typeof text === 'string' ? text : '';
}
