import { parseName, readEscape, type Name, type Notation } from './name.ts';
import { PresentationError } from './presentation-error.ts';
import { parseTtl, TTL_SECONDS_MAX } from './ttl.ts';

interface Field {
  readonly text: string;
  readonly quoted: boolean;
  /** No space lies between it and the field before. */
  readonly adjoining: boolean;
  /** Which of the tokens it comes from; 0 when the text was one. */
  readonly token: number;
}

/** RFC 1035 §3.3: a character string has one length octet. */
export const CHARACTER_STRING_OCTETS_MAX = 255;

/** Reads a value's presentation format field by field. */
export class FieldReader {
  readonly notation: Notation;
  readonly #origin: Name | undefined;
  readonly #fields: readonly Field[];
  #at = 0;

  constructor(text: string, notation: Notation, origin?: Name, fields: readonly Field[] = splitFields(text, 0)) {
    this.notation = notation;
    this.#origin = origin;
    this.#fields = fields;
  }

  /** Over the tokens from `first` on, which were split at white space outside quotation marks already. */
  static ofTokens(tokens: readonly string[], first: number, notation: Notation, origin: Name): FieldReader {
    const fields: Field[] = [];
    for (let at = first; at < tokens.length; at += 1) {
      const text = tokens[at] as string;
      if (text.includes('"')) fields.push(...splitFields(text, at - first));
      else fields.push({ text, quoted: false, adjoining: false, token: at - first });
    }
    return new FieldReader('', notation, origin, fields);
  }

  /** The token of the field that was read last: where a value is wrong. */
  get token(): number {
    return this.#fields[Math.max(0, this.#at - 1)]?.token ?? 0;
  }

  get remaining(): number {
    return this.#fields.length - this.#at;
  }

  /** Whether the generic format of RFC 3597 §5 comes next. */
  get generic(): boolean {
    const field = this.#fields[this.#at];
    return this.notation === 'zone-file' && field?.text === '\\#' && !field.quoted;
  }

  /** How many digits the next field is; 0 when it is anything else. */
  get digitsAhead(): number {
    const text = this.#fields[this.#at]?.text ?? '';
    return /^[0-9]*$/.test(text) ? text.length : 0;
  }

  /** The next field's text, quotes taken off and escapes left in. */
  text(what: string): string {
    return this.#next(what).text;
  }

  name(): Name {
    const field = this.#fields[this.#at];
    if (field === undefined) throw new PresentationError('DomainNameEmpty', 'Domain name is empty');
    this.#at += 1;
    if (field.quoted && this.notation === 'route53') throw unsupported();
    return parseName(field.text, this.notation, this.#origin);
  }

  /** Text that quotation marks are no part of; undefined when it has some. */
  bareText(what: string): string | undefined {
    const field = this.#next(what);
    return field.quoted ? undefined : field.text;
  }

  /** `key="value"` is one thing to SVCB (RFC 9460 §2.1), though the quotation mark begins a field. */
  adjoiningText(): string {
    const field = this.#fields[this.#at];
    return field?.quoted && field.adjoining ? this.text('Value') : '';
  }

  integer(what: string, max: number): number {
    const { text } = this.#next(what);
    const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : Infinity;
    if (value > max) throw new PresentationError('InvalidInteger', `${what} should be a number from 0 to ${max}`);
    return value;
  }

  /** A time; zone files may give it units (`1h30m`), as all servers read it. */
  seconds(what: string): number {
    if (this.notation === 'route53') return this.integer(what, TTL_SECONDS_MAX);
    const seconds = parseTtl(this.#next(what).text);
    if (seconds !== undefined) return seconds;
    throw new PresentationError('InvalidInteger', `${what} should be a number of seconds from 0 to ${TTL_SECONDS_MAX}`);
  }

  /** A character string that must be quoted in Route 53's notation; the octets it stands for. */
  characterString(what: string): Uint8Array {
    const field = this.#next(what);
    if (!field.quoted && this.notation === 'route53') {
      throw new PresentationError('InvalidCharacterString', 'Value should be enclosed in quotation marks');
    }
    const octets = unescapeOctets(field.text, this.notation);
    if (octets.length > CHARACTER_STRING_OCTETS_MAX) {
      throw new PresentationError('CharacterStringTooLong', 'Value is too long');
    }
    return octets;
  }

  /** All fields that are left, as hexadecimal digits that may be split by spaces. */
  hex(what: string): Uint8Array {
    const digits = this.#rest(what);
    if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) {
      throw new PresentationError('InvalidHexadecimal', `${what} should be an even number of hexadecimal digits`);
    }
    return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
      parseInt(digits.slice(index * 2, index * 2 + 2), 16),
    );
  }

  base64(what: string): Uint8Array {
    const octets = decodeBase64(this.#rest(what));
    if (octets === undefined) throw new PresentationError('InvalidBase64', `${what} should be base64`);
    return octets;
  }

  end(): void {
    if (this.remaining === 0) return;
    this.#at += 1;
    throw new PresentationError('TooManyFields', 'Value has more fields than its type');
  }

  #rest(what: string): string {
    let text = this.text(what);
    while (this.remaining > 0) text += this.text(what);
    return text;
  }

  #next(what: string): Field {
    const field = this.#fields[this.#at];
    if (field === undefined) throw new PresentationError('MissingField', `${what} is missing`);
    this.#at += 1;
    return field;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Splits at white space outside quotation marks. A field's escapes are kept: what they mean depends on the field. */
function splitFields(text: string, token: number): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < text.length;) {
    if (isSpace(text.charCodeAt(at))) {
      at += 1;
      continue;
    }
    const quoted = text.charCodeAt(at) === QUOTE;
    const start = quoted ? at + 1 : at;
    const end = fieldEnd(text, start, quoted);
    if (end > text.length || (quoted && end === text.length)) {
      throw new PresentationError('InvalidCharacterString', 'Value should be enclosed in quotation marks');
    }
    const adjoining = at > 0 && !isSpace(text.charCodeAt(at - 1));
    fields.push({ text: text.slice(start, end), quoted, adjoining, token });
    at = quoted ? end + 1 : end;
  }
  return fields;
}

function fieldEnd(text: string, start: number, quoted: boolean): number {
  let end = start;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === QUOTE || (!quoted && isSpace(code))) break;
    end += code === BACKSLASH ? 2 : 1;
  }
  return end;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** The octets that text with escapes stands for. Throws `PresentationError`. */
export function unescapeOctets(text: string, notation: Notation): Uint8Array {
  // A zone file is octets (RFC 1035 §5.1); Route 53 takes ASCII only.
  const greatest = notation === 'zone-file' ? 0xff : 0x7e;
  const octets = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; length += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      const escape = readEscape(text, at, notation);
      octets[length] = escape.octet;
      at = escape.next;
    } else if (code < 0x20 || code === 0x7f || code > greatest) {
      throw unsupported();
    } else {
      octets[length] = code;
      at += 1;
    }
  }
  return length === octets.length ? octets : octets.slice(0, length);
}

function unsupported(): PresentationError {
  return new PresentationError('UnsupportedCharacter', 'Value contains unsupported characters');
}

/** What each octet is within quotation marks. */
const QUOTED: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
  if (octet < 0x20 || octet > 0x7e) return `\\${String(octet).padStart(3, '0')}`;
  return octet === QUOTE || octet === BACKSLASH ? `\\${String.fromCharCode(octet)}` : String.fromCharCode(octet);
});

/** A character string in zone-file notation, quoted. */
export function printCharacterString(octets: Uint8Array): string {
  let text = '"';
  for (let at = 0; at < octets.length; at += 1) text += QUOTED[octets[at] as number] as string;
  return `${text}"`;
}

export function printHex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function printBase64(octets: Uint8Array): string {
  let text = '';
  for (let at = 0; at < octets.length; at += 3) {
    const bits = ((octets[at] as number) << 16) | ((octets[at + 1] ?? 0) << 8) | (octets[at + 2] ?? 0);
    const count = Math.min(octets.length - at, 3);
    for (let step = 0; step < 4; step += 1) text += step <= count ? BASE64[(bits >> (18 - 6 * step)) & 63] : '=';
  }
  return text;
}

function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const digits = text.replace(/=+$/, '');
  const octets = new Uint8Array(Math.floor((digits.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const digit of digits) {
    bits = ((bits << 6) | BASE64.indexOf(digit)) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      octets[at++] = (bits >> held) & 0xff;
    }
  }
  return octets;
}
