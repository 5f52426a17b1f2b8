import { LABEL_OCTETS_MAX, lowerOctet, NAME_OCTETS_MAX, parseName, type Name } from './name.ts';

/**
 * Names as keys of stored state (see core/zone/zone-data.ts): labels reversed, lower-case, escaped as Route 53 does, each
 * followed by a dot. `www.example.com.` is `com.example.www.`; the root is the empty string.
 */

/** What each octet becomes in Route 53's normal form: `a-z 0-9 - _` as they are, upper case lowered, the rest `\ooo`. */
const ESCAPED: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(lowerOctet(octet));
  return /[a-z0-9_-]/.test(character) ? character : `\\${octet.toString(8).padStart(3, '0')}`;
});

/** One octet of a label, as the key and the normal form have it. */
export function octetText(octet: number): string {
  return ESCAPED[octet] as string;
}

/** Text in Route 53's stored form: lower-case, octal escapes (also for `*`), trailing dot. Throws `PresentationError`. */
export function normaliseName(text: string): string {
  if (isPlainName(text)) return text.endsWith('.') ? text : `${text}.`;
  return keyToText(keyOfName(parseName(text, 'route53')));
}

/** The key of a name that is told relative to another, if it is as simple as most are; taking it apart costs several times as much. */
export function relativeKey(text: string, originKey: string): string | undefined {
  return isPlainName(text) && !text.endsWith('.') ? originKey + nameKey(`${text}.`) : undefined;
}

/** Whether it is in normal form but for the dot at its end: most names are, and need not be taken apart. */
function isPlainName(text: string): boolean {
  if (text.length > PLAIN_CHARACTERS_MAX) return false;
  let label = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (label === 0) return false;
      label = 0;
    } else if (code < 128 && PLAIN[code] === 1) label += 1;
    else return false;
    if (label > LABEL_OCTETS_MAX) return false;
  }
  return text.length > 0;
}

const DOT = 0x2e;
/** With its dot and the root's length octet a longer one has more than 255 octets. */
const PLAIN_CHARACTERS_MAX = NAME_OCTETS_MAX - 2;
const PLAIN = Uint8Array.from({ length: 128 }, (_, code) => (ESCAPED[code] === String.fromCharCode(code) ? 1 : 0));

/** The key of a name in normal form. */
export function nameKey(normalised: string): string {
  let key = '';
  for (let end = normalised.length - 1; end > 0;) {
    const start = normalised.lastIndexOf('.', end - 1) + 1;
    key += normalised.slice(start, end + 1);
    end = start - 1;
  }
  return key;
}

/** The name in normal form. */
export function keyToText(key: string): string {
  return key === '' ? '.' : nameKey(key);
}

export function keyToName(key: string): Name {
  return parseName(keyToText(key), 'route53');
}

export function keyOfName(name: Name): string {
  return wireNameKey(name, 0);
}

/** The key of the uncompressed wire name at `offset`. On the path of every query that no plan answers. */
export function wireNameKey(bytes: Uint8Array, offset: number): string {
  let key = '';
  for (let at = offset; bytes[at] !== 0; at += 1 + (bytes[at] as number)) key = wireLabelKey(bytes, at) + key;
  return key;
}

/** What the label at `offset` adds to its parent's key. */
export function wireLabelKey(bytes: Uint8Array, offset: number): string {
  const end = offset + 1 + (bytes[offset] as number);
  let label = '';
  let at = offset + 1;
  for (; at + 1 < end; at += 2) {
    const pair = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    label += (PAIRS[pair] as string) || escapedPair(pair);
  }
  if (at < end) label += ESCAPED[bytes[at] as number] as string;
  return `${label}.`;
}

/** Two octets' text, made when it is first needed: half as many texts to put together for each name. */
const PAIRS: string[] = Array.from({ length: 2 ** 16 }, () => '');

function escapedPair(pair: number): string {
  return (PAIRS[pair] = `${ESCAPED[pair >> 8]}${ESCAPED[pair & 255]}`);
}

/** The key without its last label, that is the parent's; the root has none. */
export function parentKey(key: string): string | undefined {
  if (key === '') return undefined;
  return key.slice(0, key.lastIndexOf('.', key.length - 2) + 1);
}
