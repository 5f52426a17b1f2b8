import { octetText } from '../dns/name-key.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { NameKey } from '../zone/zone-data.ts';
import type { Key } from './view.ts';

/**
 * Rows of `tables.aliases`: which aliases lead to a name. They are the only rows with two names in their key, and a name of 255 octets
 * has up to a thousand characters, since an odd octet is written as four (`\052`). LMDB's keys end at 1,978 octets; so a name
 * that long is packed here, an octet in a character.
 */
export function aliasRow(dataId: string, owner: NameKey, set: RecordSet, target: NameKey): Key {
  return [...aliasesTo(dataId, target, set.type), packed(owner), set.setIdentifier ?? ''];
}

/** What the keys of all aliases of a type that lead to a name begin with. */
export function aliasesTo(dataId: string, target: NameKey, type: string): Key {
  return [dataId, packed(target), type];
}

export function readAliasRow(key: Key): { readonly target: NameKey; readonly type: string; readonly owner: NameKey } {
  const [, target, type, owner] = key as readonly string[];
  return { target: unpacked(target as string), type: type as string, owner: unpacked(owner as string) };
}

/** Two such names, the longest set identifier (128 characters of three octets) and the rest are less than 1,978 octets. */
const CHARACTERS_MAX = 700;
/** What no name begins with. */
const PACKED = '=';
/** An octet that would be taken for the dot between labels. */
const DOT = 0x2e;
const DOT_OCTET = '\u0100';

function packed(name: NameKey): string {
  if (name.length <= CHARACTERS_MAX) return name;
  const octets = name.replace(/\\([0-7]{3})/g, (_, digits: string) => {
    const octet = Number.parseInt(digits, 8);
    return octet === DOT ? DOT_OCTET : String.fromCharCode(octet);
  });
  return PACKED + octets;
}

function unpacked(text: string): NameKey {
  if (!text.startsWith(PACKED)) return text;
  let name = '';
  for (const character of text.slice(PACKED.length)) {
    if (character === DOT_OCTET) name += octetText(DOT);
    else name += character === '.' ? '.' : octetText(character.charCodeAt(0));
  }
  return name;
}
