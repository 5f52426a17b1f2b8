import { EDNS_OPTION, type Edns } from './edns.ts';
import type { Message, MessageFlags, Question, ResourceRecord } from './message.ts';
import { printName } from './name.ts';
import type { EdnsOption } from './rdata/opt.ts';
import { rdataType } from './rdata-types.ts';
import { CLASS, OPCODE, rcodeName, typeName } from './record-type.ts';

/** In the order in which dig prints them. */
const FLAGS: readonly (readonly [flag: keyof MessageFlags, text: string])[] = [
  ['response', 'qr'],
  ['authoritative', 'aa'],
  ['truncated', 'tc'],
  ['recursionDesired', 'rd'],
  ['recursionAvailable', 'ra'],
  ['authenticData', 'ad'],
  ['checkingDisabled', 'cd'],
];

/**
 * A message as `dig +nocmd +nostats` prints it: what people paste into tickets, and what tests compare. It differs from dig in
 * three things: no empty line at the end, `RCODE9` for response codes that have no name here, and the octets of any EDNS
 * option but NSID and COOKIE, where dig knows more of them.
 */
export function digText(message: Message): string {
  const opcode = nameOf(OPCODE, message.opcode) ?? `RESERVED${message.opcode}`;
  const flags = FLAGS.filter(([flag]) => message.flags[flag])
    .map(([, text]) => ` ${text}`)
    .join('');
  const additional = message.additionals.length + (message.edns === undefined ? 0 : 1);
  const lines = [
    `;; ->>HEADER<<- opcode: ${opcode}, status: ${rcodeName(message.rcode)}, id: ${message.id}`,
    `;; flags:${flags}; QUERY: ${message.questions.length}, ANSWER: ${message.answers.length}, ` +
      `AUTHORITY: ${message.authorities.length}, ADDITIONAL: ${additional}`,
  ];
  if (message.edns !== undefined) lines.push('', ';; OPT PSEUDOSECTION:', ...ednsLines(message.edns));
  if (message.questions.length > 0) {
    // dig leaves no empty line between the pseudo-section and the question.
    if (message.edns === undefined) lines.push('');
    lines.push(';; QUESTION SECTION:', ...message.questions.map(questionLine));
  }
  for (const [title, records] of [
    ['ANSWER', message.answers],
    ['AUTHORITY', message.authorities],
    ['ADDITIONAL', message.additionals],
  ] as const) {
    if (records.length > 0) lines.push('', `;; ${title} SECTION:`, ...records.map(recordLine));
  }
  return `${lines.join('\n')}\n`;
}

/** Columns at which dig lets TTL, class, type and data begin. */
const TTL_COLUMN = 24;
const CLASS_COLUMN = 32;
const TYPE_COLUMN = 40;
const RDATA_COLUMN = 48;
const TAB_COLUMNS = 8;

function questionLine(question: Question): string {
  let line = append({ text: '', column: 0 }, `;${printName(question.name)}`);
  line = append(indent(line, CLASS_COLUMN), className(question.class));
  return append(indent(line, TYPE_COLUMN), typeName(question.type)).text;
}

function recordLine(record: ResourceRecord): string {
  let line = append({ text: '', column: 0 }, printName(record.name));
  line = append(indent(line, TTL_COLUMN), String(record.ttlSeconds));
  line = append(indent(line, CLASS_COLUMN), className(record.class));
  line = append(indent(line, TYPE_COLUMN), typeName(record.type));
  return append(indent(line, RDATA_COLUMN), rdataType(record.type).print(record.value)).text;
}

interface Line {
  readonly text: string;
  readonly column: number;
}

function append(line: Line, text: string): Line {
  return { text: line.text + text, column: line.column + text.length };
}

/** Tabs to `column`; a single space from where it is already passed. */
function indent(line: Line, column: number): Line {
  if (line.column >= column) return append(line, ' ');
  const tabs = Math.ceil((column - line.column) / TAB_COLUMNS);
  return { text: line.text + '\t'.repeat(tabs), column };
}

function ednsLines(edns: Edns): string[] {
  const flags = edns.dnssecOk ? ' do' : '';
  return [`; EDNS: version: ${edns.version}, flags:${flags}; udp: ${edns.udpSize}`, ...edns.options.map(optionLine)];
}

function optionLine({ code, data }: EdnsOption): string {
  const hex = Array.from(data, (octet) => octet.toString(16).padStart(2, '0'));
  if (code === EDNS_OPTION.COOKIE) return `; COOKIE: ${hex.join('')}`;
  const name = code === EDNS_OPTION.NSID ? 'NSID' : `OPT=${code}`;
  if (data.length === 0) return `; ${name}:`;
  const text = Array.from(data, (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.')).join('');
  return `; ${name}: ${hex.join(' ')} ("${text}")`;
}

function className(code: number): string {
  return nameOf(CLASS, code) ?? `CLASS${code}`;
}

function nameOf(names: Readonly<Record<string, number>>, code: number): string | undefined {
  return Object.keys(names).find((name) => names[name] === code);
}
