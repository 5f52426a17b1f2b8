import { parseName, type Name } from './name.ts';
import { PresentationError } from './presentation-error.ts';
import { parseRdata, rdataType } from './rdata-types.ts';
import { TYPE, typeCode } from './record-type.ts';
import { splitEntries, type Entry } from './zone-entries.ts';

/**
 * Zone files (RFC 1035 §5, RFC 2308 §4) as a list of records, in their order. One record at a time is judged here; whether
 * they make a zone together (one SOA, nothing beside a CNAME, no data out of zone) is core/zone's and core/control's matter.
 *
 * Deliberately not here: $INCLUDE, since the core opens no files, and BIND's $GENERATE.
 */
export interface ZoneRecord {
  readonly name: Name;
  readonly type: number;
  readonly ttlSeconds: number;
  /** Zone-file notation with every name absolute. */
  readonly text: string;
}

/** RFC 2181 §8. */
const TTL_SECONDS_MAX = 0x7fffffff;

interface State {
  origin: Name;
  owner: Name | undefined;
  defaultTtlSeconds: number | undefined;
  /** RFC 1035 §5.1: an omitted TTL is the last one stated. */
  lastTtlSeconds: number | undefined;
}

/** Reads a zone file. Throws `PresentationError` with the line in its explanation. Bounded by the text's length. */
export function parseZoneText(text: string, origin: Name): ZoneRecord[] {
  const state: State = { origin, owner: undefined, defaultTtlSeconds: undefined, lastTtlSeconds: undefined };
  const records: ZoneRecord[] = [];
  for (const entry of splitEntries(text)) {
    try {
      const record = entry.tokens[0]?.startsWith('$') ? readDirective(entry, state) : readRecord(entry, state);
      if (record !== undefined) records.push(record);
    } catch (error) {
      if (!(error instanceof PresentationError)) throw error;
      throw new PresentationError(error.code, `${error.explanation}, line ${entry.line}`);
    }
  }
  return records;
}

function readDirective(entry: Entry, state: State): undefined {
  const [directive = '', argument = '', ...rest] = entry.tokens;
  const keyword = directive.toUpperCase();
  if (keyword !== '$ORIGIN' && keyword !== '$TTL') throw invalid(`${directive} is not supported`);
  if (argument === '' || rest.length > 0) throw invalid(`${directive} takes one argument`);
  switch (keyword) {
    case '$ORIGIN':
      state.origin = parseName(argument, 'zone-file', state.origin);
      return undefined;
    case '$TTL': {
      const ttlSeconds = parseTtl(argument);
      if (ttlSeconds === undefined) throw invalid('$TTL takes a number of seconds');
      state.defaultTtlSeconds = ttlSeconds;
      return undefined;
    }
  }
}

function readRecord(entry: Entry, state: State): ZoneRecord {
  let at = 0;
  if (!entry.blankOwner) state.owner = parseName(entry.tokens[at++] as string, 'zone-file', state.origin);
  if (state.owner === undefined) throw invalid('The first record needs an owner');
  let ttlSeconds: number | undefined;
  let classes = 0;
  // TTL and class come in either order, and no type begins with a digit or is called IN.
  for (; ; at += 1) {
    const token = entry.tokens[at] ?? '';
    if (ttlSeconds === undefined && /^[0-9]/.test(token)) {
      ttlSeconds = parseTtl(token);
      if (ttlSeconds === undefined) throw invalid(`${token} is not a TTL`);
    } else if (classes === 0 && /^(IN|CLASS1)$/i.test(token)) classes += 1;
    else break;
  }
  const typeText = entry.tokens[at] ?? '';
  const type = typeCode(typeText.toUpperCase());
  if (type === undefined || type === TYPE.OPT) throw invalid(`${typeText || 'Nothing'} is not a record type`);
  const value = parseRdata(type, entry.tokens.slice(at + 1).join(' '), 'zone-file', state.origin);
  // RFC 2308 §4: $TTL is for records that state none, also after one that did.
  ttlSeconds ??= state.defaultTtlSeconds ?? state.lastTtlSeconds ?? soaMinimum(type, value);
  if (ttlSeconds === undefined) throw invalid('A TTL is missing and there is none to take over');
  state.lastTtlSeconds = ttlSeconds;
  return { name: state.owner, type, ttlSeconds, text: rdataType(type).print(value) };
}

/** What old zone files meant: without $TTL, an SOA with no TTL takes its minimum field, and the others follow. */
function soaMinimum(type: number, value: unknown): number | undefined {
  return type === TYPE.SOA ? (value as { minimumSeconds: number }).minimumSeconds : undefined;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `3600`, and as all servers read it, `1h30m`. */
function parseTtl(text: string): number | undefined {
  if (!/^([0-9]{1,10}|([0-9]{1,10}[smhdw])+)$/i.test(text)) return undefined;
  let seconds = 0;
  for (const [, digits, unit] of text.matchAll(/([0-9]+)([smhdw]?)/gi)) {
    seconds += Number(digits) * (UNIT_SECONDS[(unit || 's').toLowerCase()] as number);
  }
  return seconds <= TTL_SECONDS_MAX ? seconds : undefined;
}

function invalid(explanation: string): PresentationError {
  return new PresentationError('InvalidZoneFile', explanation);
}
