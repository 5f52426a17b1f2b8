import { PresentationError } from './presentation-error.ts';

/**
 * A domain name: its uncompressed wire form (RFC 1035 §3.1), case kept, ending with the root label.
 *
 * Bytes rather than text, because that is what queries carry and answers need, and because two spellings of one name
 * (`\097` and `a`) are the same bytes. Text is met at the rim only.
 */
export type Name = Uint8Array;

/** `zone-file` escapes are decimal, `\DDD` (RFC 1035 §5.1); Route 53's are octal, `\ooo`. */
export type Notation = 'zone-file' | 'route53';

/** RFC 1035 §2.3.4. */
export const NAME_OCTETS_MAX = 255;
export const LABEL_OCTETS_MAX = 63;

export const ROOT: Name = Uint8Array.of(0);

const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** Reads a name. Without `origin`, a missing final dot means nothing: the name is absolute. Throws `PresentationError`. */
export function parseName(text: string, notation: Notation = 'zone-file', origin?: Name): Name {
  if (text === '') throw new PresentationError('DomainNameEmpty', 'Domain name is empty');
  if (text === '.') return ROOT;
  if (text === '@' && origin !== undefined && notation === 'zone-file') return origin;
  const octets: number[] = [];
  let lengthAt = 0;
  octets.push(0);
  let absolute = false;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      closeLabel(octets, lengthAt);
      at += 1;
      absolute = at === text.length;
      if (!absolute) {
        lengthAt = octets.length;
        octets.push(0);
      }
      continue;
    }
    if (code === BACKSLASH) {
      const escape = readEscape(text, at, notation);
      octets.push(escape.octet);
      at = escape.next;
      continue;
    }
    if (code <= 0x20 || code >= 0x7f) {
      throw new PresentationError('UnsupportedCharacter', 'Value contains unsupported characters');
    }
    octets.push(code);
    at += 1;
  }
  if (!absolute) closeLabel(octets, lengthAt);
  const tail = !absolute && origin !== undefined ? origin : ROOT;
  const name = new Uint8Array(octets.length + tail.length);
  name.set(octets);
  name.set(tail, octets.length);
  if (name.length > NAME_OCTETS_MAX) throw new PresentationError('DomainNameTooLong', 'Domain name is too long');
  return name;
}

function closeLabel(octets: number[], lengthAt: number): void {
  const length = octets.length - lengthAt - 1;
  if (length === 0) throw new PresentationError('DomainLabelEmpty', 'Domain label is empty');
  if (length > LABEL_OCTETS_MAX) throw new PresentationError('DomainLabelTooLong', 'Domain label is too long');
  octets[lengthAt] = length;
}

/** The octet that the escape at `at` stands for, and where the text goes on. Throws `PresentationError`. */
export function readEscape(text: string, at: number, notation: Notation): { octet: number; next: number } {
  const base = notation === 'route53' ? 8 : 10;
  const digits = text.slice(at + 1, at + 4);
  if (/^[0-9]/.test(digits)) {
    const octet = (notation === 'route53' ? /^[0-3][0-7]{2}$/ : /^[0-9]{3}$/).test(digits)
      ? parseInt(digits, base)
      : 256;
    if (octet > 255) throw new PresentationError('InvalidEscapeSequence', 'Value contains an invalid escape sequence');
    return { octet, next: at + 4 };
  }
  const code = text.charCodeAt(at + 1);
  if (!(code > 0x20 && code < 0x7f)) {
    throw new PresentationError('InvalidEscapeSequence', 'Value contains an invalid escape sequence');
  }
  return { octet: code, next: at + 2 };
}

/** The name in zone-file notation, with its trailing dot. */
export function printName(name: Name): string {
  if (name[0] === 0) return '.';
  let text = '';
  for (let at = 0; name[at] !== 0;) {
    const end = at + 1 + (name[at] as number);
    for (at += 1; at < end; at += 1) text += printOctet(name[at] as number);
    text += '.';
  }
  return text;
}

function printOctet(octet: number): string {
  if (octet <= 0x20 || octet >= 0x7f) return `\\${String(octet).padStart(3, '0')}`;
  const character = String.fromCharCode(octet);
  return '."\\;()@$'.includes(character) ? `\\${character}` : character;
}

/** RFC 4343: only the ASCII letters have case. Label lengths (≤ 63) can never look like upper-case letters (≥ 65). */
export function lowerName(name: Name): Name {
  const lower = new Uint8Array(name);
  for (let at = 0; at < lower.length; at += 1) lower[at] = lowerOctet(lower[at] as number);
  return lower;
}

export function lowerOctet(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
}

/** Without regard to case (RFC 4343). */
export function namesEqual(a: Name, b: Name): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) {
    if (lowerOctet(a[at] as number) !== lowerOctet(b[at] as number)) return false;
  }
  return true;
}

/** Whether `name` is `ancestor` or lies below it. */
export function isSubdomain(name: Name, ancestor: Name): boolean {
  for (let rest = name; ; rest = parentOf(rest)) {
    if (namesEqual(rest, ancestor)) return true;
    if (rest.length <= ancestor.length) return false;
  }
}

/** Labels without the root's. */
export function labelCount(name: Name): number {
  let count = 0;
  for (let at = 0; name[at] !== 0; at += 1 + (name[at] as number)) count += 1;
  return count;
}

/** The name without its first label; the root's parent is the root. */
export function parentOf(name: Name): Name {
  return name[0] === 0 ? name : name.subarray(1 + (name[0] as number));
}

/** Canonical order (RFC 4034 §6.1): label by label from the right, as unsigned lower-case octets. */
export function compareCanonical(a: Name, b: Name): number {
  const aLabels = labelOffsets(a);
  const bLabels = labelOffsets(b);
  while (aLabels.length > 0 && bLabels.length > 0) {
    const order = compareLabels(a, aLabels.pop() as number, b, bLabels.pop() as number);
    if (order !== 0) return order;
  }
  return aLabels.length - bLabels.length;
}

function labelOffsets(name: Name): number[] {
  const offsets: number[] = [];
  for (let at = 0; name[at] !== 0; at += 1 + (name[at] as number)) offsets.push(at);
  return offsets;
}

function compareLabels(a: Name, aAt: number, b: Name, bAt: number): number {
  const aLength = a[aAt] as number;
  const bLength = b[bAt] as number;
  for (let at = 1; at <= Math.min(aLength, bLength); at += 1) {
    const order = lowerOctet(a[aAt + at] as number) - lowerOctet(b[bAt + at] as number);
    if (order !== 0) return order;
  }
  return aLength - bLength;
}
