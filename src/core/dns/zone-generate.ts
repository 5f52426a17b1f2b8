import { PresentationError } from './presentation-error.ts';
import type { Entry } from './zone-entries.ts';

/**
 * BIND's $GENERATE: one entry for each number of a range, with the number in the place of `$` in the owner and in the data.
 *
 *     $GENERATE 1-254 $ PTR host-$.example.com.
 *     $GENERATE 0-255/2 host-${10,3,d} A 192.0.2.$       plus 10, at least three digits, decimal; also o, x, X, n and N
 *
 * Every other server reads it, too, so zone files in use have it. The only entry that makes more than it holds, therefore bounded.
 */
export function* generateEntries(entry: Entry): Generator<Entry, void, void> {
  const [, range = '', ...template] = entry.tokens;
  if (template.length < 3) throw invalid('$GENERATE takes a range, an owner, a type and data');
  const { start, stop, step } = parseRange(range);
  const parts = template.map(parseTemplate);
  const common = { line: entry.line, blankOwner: false };
  const [lines, columns] = [entry.lines.slice(2), entry.columns.slice(2)];
  for (let number = start; number <= stop; number += step) {
    yield { ...common, tokens: parts.map((each) => each.map((part) => part(number)).join('')), lines, columns };
  }
}

/** The addresses of a /16, the largest zone that reverse delegation has names for. */
const GENERATED_MAX = 65_536;
const NUMBER_MAX = 0x7fffffff;
/** No label has more characters. */
const WIDTH_MAX = 63;

function parseRange(text: string): { start: number; stop: number; step: number } {
  const match = /^([0-9]{1,10})-([0-9]{1,10})(?:\/([0-9]{1,10}))?$/.exec(text);
  const [start, stop, step] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3] ?? 1)];
  if (match === null || stop > NUMBER_MAX || start > stop || step < 1) {
    throw invalid(`${text} is not a range like 1-100 or 0-100/2`);
  }
  if ((stop - start) / step >= GENERATED_MAX) throw invalid(`${text} makes more than ${GENERATED_MAX} records`);
  return { start, stop, step };
}

type Part = (number: number) => string;

/** `\$` and `$$` stand for the sign itself. */
function parseTemplate(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(/\\.|\$\$|\$\{([^}]*)\}|\$/gs)) {
    const before = text.slice(at, match.index);
    at = match.index + match[0].length;
    if (before !== '') parts.push(() => before);
    const [found, modifier] = match;
    if (found === '$') parts.push(String);
    else if (modifier !== undefined) parts.push(parseModifier(modifier));
    else parts.push(() => (found === '$$' ? '\\$' : found));
  }
  const rest = text.slice(at);
  return [...parts, () => rest];
}

/** `offset`, `offset,width` or `offset,width,base`. */
function parseModifier(text: string): Part {
  const match = /^(-?[0-9]{1,10})(?:,([0-9]{1,3})(?:,([doxXnN]))?)?$/.exec(text);
  const [offset, width, base] = [Number(match?.[1]), Number(match?.[2] ?? 0), match?.[3] ?? 'd'];
  if (match === null || width > WIDTH_MAX)
    throw invalid(`\${${text}} is not an offset, a width and a base like \${0,3,d}`);
  return (number) => {
    const value = number + offset;
    if (value < 0) throw invalid(`\${${text}} makes ${value} of ${number}`);
    return printNumber(value, width, base);
  };
}

function printNumber(value: number, width: number, base: string): string {
  switch (base) {
    case 'd':
      return String(value).padStart(width, '0');
    case 'o':
      return value.toString(8).padStart(width, '0');
    case 'x':
      return value.toString(16).padStart(width, '0');
    case 'X':
      return value.toString(16).toUpperCase().padStart(width, '0');
    default: {
      // Hexadecimal digits as labels, the last first, as ip6.arpa has them; the width counts the dots.
      const digits = value.toString(16).padStart(Math.ceil(width / 2), '0');
      const nibbles = Array.from(digits).toReversed().join('.');
      return base === 'N' ? nibbles.toUpperCase() : nibbles;
    }
  }
}

function invalid(explanation: string): PresentationError {
  return new PresentationError('InvalidZoneFile', explanation);
}
