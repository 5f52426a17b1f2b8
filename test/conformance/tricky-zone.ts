import { CHILD_ZONES, TRICKY_RECORDS } from './tricky-records.ts';

/** The origin of the zone that encloses all others. */
export const ORIGIN = 'tricky.test.';

export interface ZoneLine {
  readonly owner: string;
  readonly ttlSeconds: number;
  readonly type: string;
  /** Escapes are octal, as Route 53 wants them. */
  readonly value: string;
}

export interface TrickyZone {
  readonly origin: string;
  readonly lines: readonly ZoneLine[];
}

/** One zone with what name servers get wrong, and zones below it that the same server holds. */
export const trickyZones: readonly TrickyZone[] = Object.entries({ [ORIGIN]: TRICKY_RECORDS, ...CHILD_ZONES }).map(
  ([origin, records]) => zoneOf(origin, records),
);

/** Records are lines of `owner TTL type value`, owners relative to the origin. */
export function zoneOf(origin: string, records: string): TrickyZone {
  const lines = records
    .trim()
    .split('\n')
    .map((line) => {
      const match = /^(\S+) (\d+) (\S+) (.*)$/.exec(line);
      if (match === null) throw new Error(`not a record: ${line}`);
      const [owner, ttl, type, value] = match.slice(1) as [string, string, string, string];
      return { owner: owner === '@' ? origin : `${owner}.${origin}`, ttlSeconds: Number(ttl), type, value };
    });
  return { origin, lines };
}

/** The same lines as a master file, whose escapes are decimal (RFC 1035 §5.1). */
export function masterFile({ lines }: TrickyZone): string {
  const decimal = (text: string): string =>
    text.replace(/\\([0-7]{3})/g, (_, octal: string) => `\\${String(Number.parseInt(octal, 8)).padStart(3, '0')}`);
  return lines
    .map(({ owner, ttlSeconds, type, value }) => `${decimal(owner)} ${ttlSeconds} IN ${type} ${decimal(value)}\n`)
    .join('');
}
