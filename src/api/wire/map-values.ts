/** How a wire form writes what plain data has no word for. */
export interface Written {
  date(date: Date): unknown;
  octets(octets: Uint8Array): unknown;
}

/** A copy of an output as a wire form has it, without members that are undefined. */
export function mapValues(value: unknown, write: Written): unknown {
  if (value instanceof Date) return write.date(value);
  if (value instanceof Uint8Array) return write.octets(value);
  if (Array.isArray(value)) return value.map((each) => mapValues(each, write));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]: [string, unknown]) => [name, mapValues(member, write)]));
}
