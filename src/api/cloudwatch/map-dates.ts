/** A copy of plain data with each date as a wire form writes it, and without members that are undefined. */
export function mapDates(value: unknown, write: (date: Date) => unknown): unknown {
  if (value instanceof Date) return write(value);
  if (Array.isArray(value)) return value.map((each) => mapDates(each, write));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]: [string, unknown]) => [name, mapDates(member, write)]));
}
