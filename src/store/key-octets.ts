import type { Key } from '../core/control/view.ts';

/**
 * Keys as octets whose order, octet by octet, is that of the keys (core/control/view.ts): numbers before texts, an element before
 * those that it begins, a key before those that it begins.
 *
 *     a number   how many octets it needs, 1 to 7, then those, the highest first
 *     a text     its characters, then 0
 *
 * Characters below 16 are the only ones that could be taken for something else, and are escaped. LMDB keeps every key whole, so
 * that what is not in a key is saved as often as there are rows.
 */
export function writeKey(key: Key, target: Uint8Array, start: number): number {
  let at = start;
  for (const element of key) {
    at = typeof element === 'string' ? writeText(element, target, at) : writeNumber(element, target, at);
  }
  return at;
}

const END = 0;
const NUMBER_OCTETS_MAX = 7;
/** Stands for the empty text, so that it comes after the numbers. */
const EMPTY = 0x0e;
const ESCAPE = 0x0f;
const ESCAPED_BELOW = 0x10;
/** Greater than the first octet of any element: the end of what a prefix begins. */
export const BEHIND_ALL = 0xff;

function writeText(text: string, target: Uint8Array, start: number): number {
  let at = start;
  if (text === '') target[at++] = EMPTY;
  at = writeCharacters(text, target, at);
  target[at++] = END;
  return at;
}

/** As UTF-8 has it, though each half of a surrogate pair by itself: the order is that of JavaScript's texts. */
export function writeCharacters(text: string, target: Uint8Array, start: number): number {
  let at = start;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < ESCAPED_BELOW) {
      target[at++] = ESCAPE;
      target[at++] = code + ESCAPED_BELOW;
    } else if (code < 0x80) {
      target[at++] = code;
    } else if (code < 0x800) {
      target[at++] = 0xc0 | (code >>> 6);
      target[at++] = 0x80 | (code & 0x3f);
    } else {
      target[at++] = 0xe0 | (code >>> 12);
      target[at++] = 0x80 | ((code >>> 6) & 0x3f);
      target[at++] = 0x80 | (code & 0x3f);
    }
  }
  return at;
}

function writeNumber(value: number, target: Uint8Array, start: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${value} cannot be in a key`);
  let octets = 1;
  while (octets < NUMBER_OCTETS_MAX && value >= 2 ** (octets * 8)) octets += 1;
  target[start] = octets;
  let rest = value;
  for (let at = start + octets; at > start; at -= 1) {
    target[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return start + octets + 1;
}

export function readKey(octets: Uint8Array, start: number, end: number): Key {
  const key: (string | number)[] = [];
  let at = start;
  while (at < end) {
    const first = octets[at] as number;
    if (first > NUMBER_OCTETS_MAX) {
      const found = octets.indexOf(END, at);
      const last = found < 0 ? end : found;
      key.push(first === EMPTY ? '' : readText(octets, at, last));
      at = last + 1;
    } else {
      let value = 0;
      for (let index = 1; index <= first; index += 1) value = value * 256 + (octets[at + index] as number);
      key.push(value);
      at += first + 1;
    }
  }
  return key;
}

function readText(octets: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end;) {
    const octet = octets[at++] as number;
    if (octet === ESCAPE) text += String.fromCharCode((octets[at++] as number) - ESCAPED_BELOW);
    else if (octet < 0x80) text += CHARACTER[octet] as string;
    else if (octet < 0xe0) text += String.fromCharCode(((octet & 0x1f) << 6) | tail(octets, at++));
    else {
      text += String.fromCharCode(((octet & 0x0f) << 12) | (tail(octets, at) << 6) | tail(octets, at + 1));
      at += 2;
    }
  }
  return text;
}

function tail(octets: Uint8Array, at: number): number {
  return (octets[at] as number) & 0x3f;
}

const CHARACTER: readonly string[] = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
