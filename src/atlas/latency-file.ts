import { readFile, stat } from 'node:fs/promises';
import { parseNetwork } from '../core/dns/network.ts';
import { PrefixTable } from '../core/geo/prefix-table.ts';
import { REGIONS } from '../core/geo/regions.ts';
import { UNITS_PER_MILLISECOND, type SharedLatencies } from './measured-latencies.ts';

/**
 * The file of measured latencies: lines of `network,region,milliseconds`, of which the first may be that very heading. Empty lines
 * and those that begin with `#` say nothing.
 *
 *     203.0.113.0/24,eu-west-1,12.5
 *     2001:db8::/32,us-east-1,88
 */
export class LatencyFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LatencyFileError';
  }
}

/** A row takes up to half a kilobyte in memory, once for all threads: a quarter of a gigabyte at most. */
const ROWS_MAX = 500_000;
/** So many rows are shorter. */
const FILE_OCTETS_MAX = 64 * 2 ** 20;
/** No client waits for a minute. */
const MILLISECONDS_MAX = 60_000;

/** Throws `LatencyFileError` with the path and, for what is wrong inside, the line. */
export async function readLatencyFile(path: string): Promise<SharedLatencies> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > FILE_OCTETS_MAX) throw new LatencyFileError(`${path}: larger than ${FILE_OCTETS_MAX} octets`);
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof LatencyFileError) throw error;
    throw new LatencyFileError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  try {
    return latenciesOf(text);
  } catch (error) {
    if (!(error instanceof LatencyFileError)) throw error;
    throw new LatencyFileError(`${path}: ${error.message}`);
  }
}

/** Throws `LatencyFileError` with the line. */
export function latenciesOf(text: string): SharedLatencies {
  const tables = new Map<string, PrefixTable>();
  const seen = new Set<string>();
  let line = 0;
  for (const written of text.split('\n')) {
    line += 1;
    const row = written.trim();
    if (row === '' || row.startsWith('#') || (line === 1 && row === HEADING)) continue;
    if (seen.size === ROWS_MAX) throw new LatencyFileError(`line ${line}: more than ${ROWS_MAX} rows`);
    const { address, prefixBits, region, milliseconds } = rowOf(row, line);
    const key = `${address.join('.')}/${prefixBits} ${region}`;
    if (seen.has(key)) throw new LatencyFileError(`line ${line}: this network and region were in an earlier line`);
    seen.add(key);
    const table = tables.get(region) ?? new PrefixTable();
    tables.set(region, table);
    table.add(address, prefixBits, Math.round(milliseconds * UNITS_PER_MILLISECOND));
  }
  return [...tables].map(([region, table]) => ({ region, networks: table.share() }));
}

const HEADING = 'network,region,milliseconds';

interface Row {
  readonly address: Uint8Array;
  readonly prefixBits: number;
  readonly region: string;
  readonly milliseconds: number;
}

function rowOf(text: string, line: number): Row {
  const fields = text.split(',').map((field) => field.trim());
  const [network = '', region = '', time = ''] = fields;
  if (fields.length !== 3) throw new LatencyFileError(`line ${line}: '${text}' is not ${HEADING}`);
  const parsed = parseNetwork(network);
  if (parsed === undefined) {
    throw new LatencyFileError(`line ${line}: '${network}' is not a network like 192.0.2.0/24 or 2001:db8::/32`);
  }
  if (!REGIONS.has(region)) throw new LatencyFileError(`line ${line}: '${region}' is not a region like eu-west-1`);
  const milliseconds = /^[0-9]{1,5}(?:\.[0-9]{1,6})?$/.test(time) ? Number(time) : NaN;
  if (!(milliseconds <= MILLISECONDS_MAX)) {
    throw new LatencyFileError(`line ${line}: '${time}' is not a number of milliseconds up to ${MILLISECONDS_MAX}`);
  }
  return { ...parsed, region, milliseconds };
}
