import { PresentationError } from './presentation-error.ts';

/** One entry of a zone file (RFC 1035 §5.1), parentheses and comments gone; tokens keep their quotes and escapes. */
export interface Entry {
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** It begins with white space: the owner is the last one stated. */
  readonly blankOwner: boolean;
  readonly tokens: readonly string[];
  /** Of each token: its line and its column, counted from 1. */
  readonly lines: readonly number[];
  readonly columns: readonly number[];
}

/** Text that makes no entry. Columns count from 1. */
export class EntryError extends PresentationError {
  readonly line: number;
  readonly column: number;

  constructor(explanation: string, line: number, column: number) {
    super('InvalidZoneFile', explanation);
    this.line = line;
    this.column = column;
  }
}

/** The longest rdata, each octet escaped, three times over: what is longer is no entry, but a parenthesis that is never closed. */
const ENTRY_CHARACTERS_MAX = 3 * 4 * 65_535;

const ORDINARY = 0;
const BLANK = 1;
const COMMENT = 2;
const OPEN = 3;
const CLOSE = 4;
const QUOTE = 5;
const ESCAPE = 6;

const KIND = new Uint8Array(128);
for (const [characters, kind] of [
  [' \t\r', BLANK],
  [';', COMMENT],
  ['(', OPEN],
  [')', CLOSE],
  ['"', QUOTE],
  ['\\', ESCAPE],
] as const) {
  for (const character of characters) KIND[character.charCodeAt(0)] = kind;
}

/** Makes entries of lines, one by one: of a file it holds no more than the entry that is being read. */
export class EntryReader {
  #line = 0;
  #open = false;
  #characters = 0;
  #entry = newEntry(1, '');

  /** How many lines were read. */
  get line(): number {
    return this.#line;
  }

  /** Takes a line, without its end; gives the entry that it completes, if there is one. Throws `EntryError` and goes on behind it. */
  read(line: string): Entry | undefined {
    this.#line += 1;
    if (!this.#open) {
      this.#entry = newEntry(this.#line, line);
      this.#characters = 0;
    }
    this.#characters += line.length;
    try {
      if (this.#characters > ENTRY_CHARACTERS_MAX) {
        throw new EntryError('An entry is too long; is a parenthesis not closed?', this.#entry.line, 1);
      }
      this.#split(line);
    } catch (error) {
      this.#open = false;
      throw error;
    }
    return this.#open || this.#entry.tokens.length === 0 ? undefined : this.#entry;
  }

  /** After the last line. Throws `EntryError`. */
  end(): void {
    if (!this.#open) return;
    this.#open = false;
    throw new EntryError('A parenthesis is not closed', this.#entry.line, 1);
  }

  #split(line: string): void {
    const { tokens, lines, columns } = this.#entry;
    for (let at = 0; at < line.length;) {
      switch (kindAt(line, at)) {
        case BLANK:
          at += 1;
          break;
        case COMMENT:
          return;
        case OPEN:
          if (this.#open) throw new EntryError('Parentheses do not match', this.#line, at + 1);
          this.#open = true;
          at += 1;
          break;
        case CLOSE:
          if (!this.#open) throw new EntryError('Parentheses do not match', this.#line, at + 1);
          this.#open = false;
          at += 1;
          break;
        default: {
          const end = this.#tokenEnd(line, at);
          tokens.push(line.slice(at, end));
          lines.push(this.#line);
          columns.push(at + 1);
          at = end;
        }
      }
    }
  }

  /** A token ends at what separates; quoted parts and escaped characters do not separate. */
  #tokenEnd(line: string, start: number): number {
    let quoteAt = -1;
    let at = start;
    for (; at < line.length; at += 1) {
      const kind = kindAt(line, at);
      if (kind === ORDINARY) continue;
      if (kind === ESCAPE) at += 1;
      else if (kind === QUOTE) quoteAt = quoteAt < 0 ? at : -1;
      else if (quoteAt < 0) break;
    }
    if (quoteAt >= 0) throw new EntryError('A quotation mark is not closed', this.#line, quoteAt + 1);
    return Math.min(at, line.length);
  }
}

interface GrowingEntry extends Entry {
  readonly tokens: string[];
  readonly lines: number[];
  readonly columns: number[];
}

function newEntry(line: number, text: string): GrowingEntry {
  return { line, blankOwner: text.startsWith(' ') || text.startsWith('\t'), tokens: [], lines: [], columns: [] };
}

function kindAt(line: string, at: number): number {
  const code = line.charCodeAt(at);
  return code < 128 ? (KIND[code] as number) : ORDINARY;
}
