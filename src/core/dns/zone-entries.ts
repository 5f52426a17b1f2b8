import { PresentationError } from './presentation-error.ts';

/** One entry of a zone file (RFC 1035 §5.1), parentheses and comments gone; tokens keep their quotes and escapes. */
export interface Entry {
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** It begins with white space: the owner is the last one stated. */
  readonly blankOwner: boolean;
  readonly tokens: readonly string[];
}

/** Splits a zone file into its entries. Throws `PresentationError`. */
export function splitEntries(text: string): Entry[] {
  const entries: Entry[] = [];
  let tokens: string[] = [];
  let blankOwner = isBlank(text[0]);
  let line = 1;
  let firstLine = 1;
  let depth = 0;
  for (let at = 0; at < text.length;) {
    const character = text[at] as string;
    if (character === '\n') {
      line += 1;
      at += 1;
      if (depth > 0) continue;
      if (tokens.length > 0) entries.push({ line: firstLine, blankOwner, tokens });
      tokens = [];
      blankOwner = isBlank(text[at]);
      firstLine = line;
    } else if (character === ';') {
      while (at < text.length && text[at] !== '\n') at += 1;
    } else if (character === '(' || character === ')') {
      depth += character === '(' ? 1 : -1;
      if (depth < 0 || depth > 1) throw unbalanced(line);
      at += 1;
    } else if (isBlank(character) || character === '\r') {
      at += 1;
    } else {
      const end = tokenEnd(text, at, line);
      tokens.push(text.slice(at, end));
      at = end;
    }
  }
  if (depth > 0) throw unbalanced(line);
  if (tokens.length > 0) entries.push({ line: firstLine, blankOwner, tokens });
  return entries;
}

/** A token ends at what separates; quoted parts and escaped characters do not separate. */
function tokenEnd(text: string, start: number, line: number): number {
  let quoted = false;
  let at = start;
  for (; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === '\n' || character === '\r') break;
    if (character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (isBlank(character) || character === ';' || character === '(' || character === ')')) break;
  }
  if (quoted) throw new PresentationError('InvalidZoneFile', `A quotation mark is not closed, line ${line}`);
  return Math.min(at, text.length);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function unbalanced(line: number): PresentationError {
  return new PresentationError('InvalidZoneFile', `Parentheses do not match, line ${line}`);
}
