/**
 * A location database in MaxMind's format that says the same country of every IPv4 address: one node, whose two sides lead to one record.
 * https://maxmind.github.io/MaxMind-DB/
 */
export function tinyDatabase(country: string): Uint8Array {
  const data = 1 + 16;
  const node = [...uint24(data), ...uint24(data)];
  const record = map({ country: map({ iso_code: text(country) }) });
  const metadata = map({
    binary_format_major_version: [...control(UINT16, 1), 2],
    binary_format_minor_version: [...control(UINT16, 0)],
    build_epoch: [...control(UINT32, 1), 1],
    database_type: text('Tiny'),
    ip_version: [...control(UINT16, 1), 4],
    node_count: [...control(UINT32, 1), 1],
    record_size: [...control(UINT16, 1), 24],
  });
  const marker = [0xab, 0xcd, 0xef, ...Buffer.from('MaxMind.com')];
  return Uint8Array.from([...node, ...Array<number>(16).fill(0), ...record, ...marker, ...metadata]);
}

const STRING = 2;
const UINT16 = 5;
const UINT32 = 6;
const MAP = 7;

function control(type: number, size: number): number[] {
  return [(type << 5) | size];
}

function text(value: string): number[] {
  return [...control(STRING, value.length), ...Buffer.from(value)];
}

function map(members: Readonly<Record<string, readonly number[]>>): number[] {
  const entries = Object.entries(members);
  return [...control(MAP, entries.length), ...entries.flatMap(([key, value]) => [...text(key), ...value])];
}

function uint24(value: number): number[] {
  return [value >> 16, (value >> 8) & 255, value & 255];
}
