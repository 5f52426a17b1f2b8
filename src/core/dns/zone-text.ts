import { FieldReader } from './field-reader.ts';
import { keyOfName, relativeKey } from './name-key.ts';
import { parseName, type Name } from './name.ts';
import { PresentationError } from './presentation-error.ts';
import { parseFields, rdataType } from './rdata-types.ts';
import { TYPE, typeCode } from './record-type.ts';
import { EntryError, EntryReader, type Entry } from './zone-entries.ts';
import { isDigit, parseTtl } from './ttl.ts';
import { generateEntries } from './zone-generate.ts';

/**
 * Zone files (RFC 1035 §5, RFC 2308 §4), a line at a time: of a file of any size no more is held than the entry being read, and one
 * bad entry does not hide the next. One record at a time is judged here; whether they make a zone together (one SOA, nothing beside
 * a CNAME, no data out of zone) is core/zone's and core/control's matter.
 *
 * Deliberately not here: opening what $INCLUDE names. The core opens no files; the reader says which one it needs, and who feeds it
 * feeds the included lines to `included(…)`.
 */
export interface ZoneRecord {
  readonly name: Name;
  /** The name as the key of stored state. */
  readonly key: string;
  readonly type: number;
  readonly ttlSeconds: number;
  /** Zone-file notation with every name absolute. */
  readonly text: string;
  /** Where its entry begins, counted from 1. */
  readonly line: number;
}

/** What is wrong with an entry, and where: lines and columns count from 1. */
export interface ZoneProblem {
  readonly code: string;
  readonly explanation: string;
  readonly line: number;
  readonly column: number;
}

export interface Include {
  readonly file: string;
  /** In the included file, until it says otherwise. */
  readonly origin: Name;
  readonly line: number;
  readonly column: number;
}

export interface ZoneTextVisitor {
  record(record: ZoneRecord): void;
  problem(problem: ZoneProblem): void;
  /** Whether records of a type, named as in the file but in upper case, are read; left out, all are. What is not is not judged either. */
  wants?(type: string, line: number): boolean;
}

export class ZoneTextReader {
  readonly #entries = new EntryReader();
  readonly #visitor: ZoneTextVisitor;
  #origin: Name;
  #owner: Name | undefined;
  #ownerKey = '';
  #ownerText = '';
  #originKey: string;
  #unreadable = false;
  #defaultTtlSeconds: number | undefined;
  /** RFC 1035 §5.1: an omitted TTL is the last one stated. */
  #lastTtlSeconds: number | undefined;
  /** The token that is being read: where a problem is. */
  #token = 0;

  constructor(origin: Name, visitor: ZoneTextVisitor) {
    this.#origin = origin;
    this.#originKey = keyOfName(origin);
    this.#visitor = visitor;
  }

  /** How many lines were read. */
  get line(): number {
    return this.#entries.line;
  }

  /** Takes a line, without its end. If it completes an $INCLUDE, the lines of that file come before the next. Throws nothing. */
  read(line: string): Include | undefined {
    try {
      const entry = this.#entries.read(line);
      return entry === undefined ? undefined : this.#readEntry(entry);
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  /** After the last line. */
  end(): void {
    try {
      this.#entries.end();
    } catch (error) {
      this.#report(error);
    }
  }

  /** For the lines of an included file, which leaves nothing behind here: neither its origin nor its owner nor its TTLs. */
  included(include: Include): ZoneTextReader {
    const reader = new ZoneTextReader(include.origin, this.#visitor);
    reader.#owner = this.#owner;
    reader.#ownerKey = this.#ownerKey;
    reader.#defaultTtlSeconds = this.#defaultTtlSeconds;
    reader.#lastTtlSeconds = this.#lastTtlSeconds;
    return reader;
  }

  #report(error: unknown): void {
    if (!(error instanceof EntryError)) throw error;
    const { code, explanation, line, column } = error;
    this.#visitor.problem({ code, explanation, line, column });
  }

  #readEntry(entry: Entry): Include | undefined {
    this.#token = 0;
    try {
      if (entry.tokens[0]?.startsWith('$')) return this.#readDirective(entry);
      this.#readRecord(entry);
      return undefined;
    } catch (error) {
      if (!(error instanceof PresentationError)) throw error;
      const at = Math.min(this.#token, entry.tokens.length - 1);
      const { code, explanation } = error;
      const [line, column] = [entry.lines[at] as number, entry.columns[at] as number];
      this.#visitor.problem({ code, explanation, line, column });
      return undefined;
    }
  }

  #readDirective(entry: Entry): Include | undefined {
    const [directive = '', argument = '', second = ''] = entry.tokens;
    const keyword = directive.toUpperCase();
    const most = keyword === '$INCLUDE' ? 2 : keyword === '$GENERATE' ? Infinity : 1;
    if (!DIRECTIVES.has(keyword)) throw invalid(`${directive} is not supported`);
    if (argument === '' || entry.tokens.length - 1 > most) {
      throw invalid(`${directive} takes ${most === 1 ? 'one argument' : 'a file and at most an origin'}`);
    }
    this.#token = 1;
    if (keyword === '$ORIGIN') {
      this.#origin = parseName(argument, 'zone-file', this.#origin);
      this.#originKey = keyOfName(this.#origin);
    } else if (keyword === '$TTL') {
      const ttlSeconds = parseTtl(argument);
      if (ttlSeconds === undefined) throw invalid('$TTL takes a number of seconds');
      this.#defaultTtlSeconds = ttlSeconds;
    } else if (keyword === '$GENERATE') {
      for (const generated of generateEntries(entry)) this.#readRecord(generated);
    } else {
      const origin = second === '' ? this.#origin : parseName(second, 'zone-file', this.#origin);
      const file = argument.startsWith('"') ? argument.slice(1, -1) : argument;
      return { file, origin, line: entry.line, column: entry.columns[1] as number };
    }
    // A relative owner means something else from here on.
    this.#ownerText = '';
    return undefined;
  }

  #readRecord(entry: Entry): void {
    const { tokens } = entry;
    this.#token = 0;
    if (!entry.blankOwner) {
      this.#readOwner(tokens[0] as string);
      this.#token = 1;
    }
    if (this.#owner === undefined) {
      throw invalid(this.#unreadable ? 'The owner to take over could not be read' : 'The first record needs an owner');
    }
    let ttlSeconds: number | undefined;
    let classes = 0;
    // TTL and class come in either order, and no type begins with a digit or is called IN.
    for (; ; this.#token += 1) {
      const token = tokens[this.#token] ?? '';
      if (ttlSeconds === undefined && isDigit(token.charCodeAt(0))) {
        ttlSeconds = parseTtl(token);
        if (ttlSeconds === undefined) throw invalid(`${token} is not a TTL`);
      } else if (classes === 0 && isClassIn(token)) classes += 1;
      else break;
    }
    const typeText = (tokens[this.#token] ?? '').toUpperCase();
    if (this.#visitor.wants?.(typeText, entry.line) === false) return;
    const type = typeCode(typeText);
    if (type === undefined || type === TYPE.OPT)
      throw invalid(`${tokens[this.#token] ?? 'Nothing'} is not a record type`);
    const value = this.#readRdata(type, tokens);
    // RFC 2308 §4: $TTL is for records that state none, also after one that did.
    ttlSeconds ??= this.#defaultTtlSeconds ?? this.#lastTtlSeconds ?? soaMinimum(type, value);
    if (ttlSeconds === undefined) throw invalid('A TTL is missing and there is none to take over');
    this.#lastTtlSeconds = ttlSeconds;
    const text = rdataType(type).print(value);
    this.#visitor.record({ name: this.#owner, key: this.#ownerKey, type, ttlSeconds, text, line: entry.line });
  }

  #readOwner(text: string): void {
    if (text === this.#ownerText) return;
    // If this throws, the records below take over no owner rather than a wrong one.
    this.#owner = undefined;
    this.#ownerText = '';
    this.#unreadable = true;
    this.#owner = parseName(text, 'zone-file', this.#origin);
    this.#ownerKey = relativeKey(text, this.#originKey) ?? keyOfName(this.#owner);
    this.#ownerText = text;
    this.#unreadable = false;
  }

  #readRdata(type: number, tokens: readonly string[]): unknown {
    const first = this.#token + 1;
    const fields = FieldReader.ofTokens(tokens, first, 'zone-file', this.#origin);
    try {
      return parseFields(type, fields);
    } catch (error) {
      this.#token = first + fields.token;
      throw error;
    }
  }
}

const DIRECTIVES: ReadonlySet<string> = new Set(['$ORIGIN', '$TTL', '$INCLUDE', '$GENERATE']);

/** Reads a whole zone file. Throws `PresentationError` with the line of the first problem in its explanation. */
export function parseZoneText(text: string, origin: Name): ZoneRecord[] {
  const records: ZoneRecord[] = [];
  const fail = ({ code, explanation, line }: ZoneProblem): never => {
    throw new PresentationError(code, `${explanation}, line ${line}`);
  };
  const reader = new ZoneTextReader(origin, { record: (record) => records.push(record), problem: fail });
  for (const line of text.split('\n')) {
    const include = reader.read(line);
    if (include !== undefined) fail({ ...include, code: 'InvalidZoneFile', explanation: '$INCLUDE is not supported' });
  }
  reader.end();
  return records;
}

/** What old zone files meant: without $TTL, an SOA with no TTL takes its minimum field, and the others follow. */
function soaMinimum(type: number, value: unknown): number | undefined {
  return type === TYPE.SOA ? (value as { minimumSeconds: number }).minimumSeconds : undefined;
}

function isClassIn(token: string): boolean {
  return token.length === 2 ? /^IN$/i.test(token) : token.length === 6 && /^CLASS1$/i.test(token);
}

function invalid(explanation: string): PresentationError {
  return new PresentationError('InvalidZoneFile', explanation);
}
