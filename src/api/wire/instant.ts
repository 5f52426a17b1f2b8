/** A moment as ISO 8601 text, with a zone or in UTC, or as seconds since the epoch; undefined for anything else. */
export function instant(text: string): Date | undefined {
  if (SECONDS.test(text)) return new Date(Number(text) * 1000);
  if (!ISO_8601.test(text)) return undefined;
  const zoned = /(?:Z|[-+][0-9]{2}:?[0-9]{2})$/i.test(text) || !text.includes('T') ? text : `${text}Z`;
  const date = new Date(zoned);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The same from a number of seconds. */
export function instantOf(seconds: unknown): Date | undefined {
  const date = typeof seconds === 'number' ? new Date(seconds * 1000) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

const SECONDS = /^[0-9]{1,11}(?:\.[0-9]{1,9})?$/;
const ISO_8601 =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[-+][0-9]{2}:?[0-9]{2})?)?$/i;
