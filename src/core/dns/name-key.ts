import { lowerOctet, parseName, type Name } from './name.ts';

/**
 * Names as keys of stored state (see core/zone/zone-data.ts): labels reversed, lower-case, escaped as Route 53 does, each
 * followed by a dot. `www.example.com.` is `com.example.www.`; the root is the empty string.
 */

/** What each octet becomes in Route 53's normal form: `a-z 0-9 - _` as they are, upper case lowered, the rest `\ooo`. */
const ESCAPED: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(lowerOctet(octet));
  return /[a-z0-9_-]/.test(character) ? character : `\\${octet.toString(8).padStart(3, '0')}`;
});

/** Text in Route 53's stored form: lower-case, octal escapes (also for `*`), trailing dot. Throws `PresentationError`. */
export function normaliseName(text: string): string {
  return keyToText(keyOfName(parseName(text, 'route53')));
}

/** The key of a name in normal form. */
export function nameKey(normalised: string): string {
  if (normalised === '.') return '';
  const labels = normalised.slice(0, -1).split('.');
  return `${labels.reverse().join('.')}.`;
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
  for (let at = offset; bytes[at] !== 0;) {
    const end = at + 1 + (bytes[at] as number);
    let label = '';
    for (at += 1; at < end; at += 1) label += ESCAPED[bytes[at] as number] as string;
    key = `${label}.${key}`;
  }
  return key;
}

/** The key without its last label, that is the parent's; the root has none. */
export function parentKey(key: string): string | undefined {
  if (key === '') return undefined;
  return key.slice(0, key.lastIndexOf('.', key.length - 2) + 1);
}
