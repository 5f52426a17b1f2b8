import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { keyToText, nameKey } from '../core/dns/name-key.ts';
import { parseName, ROOT } from '../core/dns/name.ts';
import { TYPE, typeCode, typeName } from '../core/dns/record-type.ts';
import { ZoneTextReader, type Include, type ZoneRecord } from '../core/dns/zone-text.ts';
import type { NameKey } from '../core/zone/zone-data.ts';
import { RECORD_SET_TYPES } from '../core/control/record-sets/request-shape.ts';
import { fileLines } from './file-lines.ts';
import type { RecordSort } from './record-sort.ts';
import type { ZoneProblems } from './zone-problems.ts';

export interface ReadOptions {
  readonly file: string;
  /** Normalised; left out, the first record has to be an SOA record, whose owner is the zone. */
  readonly zoneName?: string;
  /** Whether $INCLUDE may open other files. */
  readonly includes: boolean;
  /** Types, in upper case, whose records are passed over. */
  readonly skipTypes: ReadonlySet<string>;
  readonly onOctets: (octets: number) => void;
}

/** What was found besides the records. */
export interface ZoneFile {
  /** Normalised; undefined when the file has no records. */
  readonly zoneName: string | undefined;
  /** How many records of each type were passed over. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** Files in files. */
const INCLUDE_DEPTH_MAX = 8;

/**
 * Reads a zone file, and those that it includes, into `sort`. `files` gets the names of the files that were opened, which the records
 * and the problems refer to. Resolves when all was read; what is wrong is among the problems.
 */
export async function readZoneFile(
  options: ReadOptions,
  sort: RecordSort,
  files: string[],
  problems: ZoneProblems,
): Promise<ZoneFile> {
  const skipped = new Map<string, number>();
  let apex: NameKey | undefined = options.zoneName === undefined ? undefined : nameKey(options.zoneName);
  let file = 0;

  const take = (record: ZoneRecord): void => {
    const { key } = record;
    if (apex === undefined) {
      if (record.type !== TYPE.SOA)
        problems.add('The first record is no SOA record; name the zone with --zone', file, record.line);
      apex = key;
    }
    if (!key.startsWith(apex)) problems.add(`${keyToText(key)} is not in ${keyToText(apex)}`, file, record.line);
    else
      sort.add({ key, type: record.type, ttlSeconds: record.ttlSeconds, text: record.text, file, line: record.line });
  };

  const wants = (type: string, line: number): boolean => {
    if (options.skipTypes.has(type)) {
      skipped.set(type, (skipped.get(type) ?? 0) + 1);
      return false;
    }
    const code = typeCode(type);
    // What is no type at all is for the reader to say.
    if (code === undefined ? !OTHER_TYPES.has(type) : KEPT_TYPES.has(typeName(code))) return true;
    problems.add(`${type} records cannot be kept; --skip-types ${type} leaves them out`, file, line);
    return false;
  };

  const readOne = async (path: string, reader: ZoneTextReader, depth: number): Promise<void> => {
    const number = files.push(path === '-' ? 'standard input' : path) - 1;
    file = number;
    for await (const lines of fileLines(path, depth === 0 ? options.onOctets : () => {})) {
      for (const line of lines) {
        const include = reader.read(line);
        if (include === undefined) continue;
        const refusal = refuseInclude(include, path, depth, options.includes);
        if (refusal !== undefined) problems.add(refusal, number, include.line, include.column);
        else await readOne(resolve(dirname(path), include.file), reader.included(include), depth + 1);
        file = number;
      }
    }
    reader.end();
  };

  const origin = options.zoneName === undefined ? ROOT : parseName(options.zoneName, 'route53');
  const reader = new ZoneTextReader(origin, {
    record: take,
    problem: ({ explanation, line, column }) => problems.add(explanation, file, line, column),
    wants,
  });
  await readOne(options.file, reader, 0);
  return { zoneName: apex === undefined ? undefined : keyToText(apex), skipped };
}

/** What the API takes. */
const KEPT_TYPES: ReadonlySet<string> = new Set(RECORD_SET_TYPES);

/** IANA's other types that zone files have and core/dns knows no format of. */
const OTHER_TYPES: ReadonlySet<string> = new Set(
  (
    'MD MF MB MG MR NULL WKS MINFO RP AFSDB X25 ISDN RT NSAP NSAP-PTR SIG KEY PX GPOS LOC NXT EID NIMLOC ATMA KX CERT A6 DNAME ' +
    'SINK APL IPSECKEY DHCID NSEC3 NSEC3PARAM SMIMEA HIP NINFO RKEY TALINK OPENPGPKEY CSYNC ZONEMD DSYNC HHIT BRID UINFO UID GID ' +
    'UNSPEC NID L32 L64 LP EUI48 EUI64 NXNAME TKEY TSIG URI AVC DOA AMTRELAY RESINFO WALLET CLA IPN TA DLV'
  ).split(' '),
);

function refuseInclude(include: Include, path: string, depth: number, allowed: boolean): string | undefined {
  if (!allowed) return '$INCLUDE opens other files only with --include';
  if (depth === INCLUDE_DEPTH_MAX) return `$INCLUDE goes ${INCLUDE_DEPTH_MAX} files deep and no deeper`;
  const file = resolve(dirname(path), include.file);
  try {
    return statSync(file).isFile() ? undefined : `${file} is no file`;
  } catch {
    return `${file} cannot be opened`;
  }
}
