/**
 * What goes through the operator's door: JSON, a line each, and behind a line whatever octets it announces, so that a bulk of records
 * passes as it is. A person can speak it with `curl --unix-socket`.
 *
 *     {"operation":"ImportRecordSets","command":{"hostedZoneId":"Z…"},"octets":{"steps":4096}}
 *     (4096 octets, which become the command's `steps`)
 */
export interface Frame {
  readonly octets?: Readonly<Record<string, number>>;
}

/** A line, and a frame's octets together: four times what one change may have. */
const LINE_OCTETS_MAX = 2 ** 20;
const OCTETS_MAX = 4 * 2 ** 20;
const NEWLINE = 0x0a;

export function writeFrame(head: object, octets: Readonly<Record<string, Uint8Array>>): Uint8Array[] {
  const names = Object.keys(octets);
  const lengths = Object.fromEntries(names.map((name) => [name, (octets[name] as Uint8Array).length]));
  const line = JSON.stringify(names.length === 0 ? head : { ...head, octets: lengths });
  return [Buffer.from(`${line}\n`), ...names.map((name) => octets[name] as Uint8Array)];
}

/** A frame that was read: what its line says, and its octets by name. */
export interface ReadFrame {
  readonly head: Readonly<Record<string, unknown>>;
  readonly octets: Readonly<Record<string, Uint8Array>>;
}

/** Makes frames of what arrives in pieces. Throws when it is no frame; there is no way on from there. */
export async function* readFrames(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ReadFrame, void, void> {
  let held = Buffer.alloc(0);
  let line: Readonly<Record<string, unknown>> | undefined;
  for await (const piece of pieces) {
    held = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece]);
    for (;;) {
      if (line === undefined) {
        const end = held.indexOf(NEWLINE);
        if (end < 0 && held.length > LINE_OCTETS_MAX) throw new Error('a line is too long');
        if (end < 0) break;
        line = parseLine(held.toString('utf8', 0, end));
        held = held.subarray(end + 1);
      }
      const lengths = Object.entries((line as Frame).octets ?? {});
      const length = lengths.reduce((sum, [, each]) => sum + octetCount(each), 0);
      if (length > OCTETS_MAX) throw new Error(`${length} octets in one frame are too many`);
      if (held.length < length) break;
      const octets: Record<string, Uint8Array> = {};
      let at = 0;
      for (const [name, each] of lengths) {
        // A copy: what is held goes on being used.
        octets[name] = new Uint8Array(held.subarray(at, at + each));
        at += each;
      }
      yield { head: line, octets };
      held = held.subarray(length);
      line = undefined;
    }
  }
  if (held.length > 0 || line !== undefined) throw new Error('it ended within a frame');
}

function parseLine(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error('a line is not a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

function octetCount(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Error('octets are counted in whole numbers');
  return value as number;
}
