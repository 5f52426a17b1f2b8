import { keyToName, keyToText } from '../dns/name-key.ts';
import { printName } from '../dns/name.ts';
import { parseStored, printRdata } from '../dns/rdata-types.ts';
import { typeName } from '../dns/record-type.ts';
import type { Rrset } from './lookup.ts';
import type { NameKey } from './zone-data.ts';

/**
 * An RRset as lines of a zone file (RFC 1035 §5.1) whose origin is the zone: owner, TTL, class, type, data, with tabs between them.
 * Each line says everything, so that a line can be read, compared and cut out by itself; and one text only stands for a record, so
 * that what was exported, imported and exported again is the same file.
 */
export function rrsetLines(apex: NameKey, rrset: Rrset): string[] {
  const head = `${ownerText(apex, rrset.owner)}\t${rrset.ttlSeconds}\tIN\t${typeName(rrset.type)}\t`;
  return rrset.values.map((value) => head + printRdata(rrset.type, parseStored(rrset.type, value), 'zone-file'));
}

/** The owner relative to the zone; `@` is the zone itself. */
export function ownerText(apex: NameKey, owner: NameKey): string {
  if (owner === apex) return '@';
  const relative = owner.slice(apex.length);
  // Without its last dot a name is relative; what needs an escape is written as zone files have it.
  return relative.includes('\\') ? printName(keyToName(relative)).slice(0, -1) : keyToText(relative).slice(0, -1);
}
