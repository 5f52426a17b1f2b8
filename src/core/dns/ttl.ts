/** RFC 2181 §8. */
export const TTL_SECONDS_MAX = 0x7fffffff;

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const DIGITS_MAX = 10;

/** `3600`, and as all servers read it, `1h30m`. */
export function parseTtl(text: string): number | undefined {
  let seconds = 0;
  let units = 0;
  for (let at = 0; at < text.length; units += 1) {
    const start = at;
    let number = 0;
    for (; isDigit(text.charCodeAt(at)); at += 1) number = number * 10 + text.charCodeAt(at) - 0x30;
    const unit = at < text.length ? UNIT_SECONDS[(text[at] as string).toLowerCase()] : units === 0 ? 1 : undefined;
    if (at === start || at - start > DIGITS_MAX || unit === undefined) return undefined;
    seconds += number * unit;
    at += 1;
  }
  return units > 0 && seconds <= TTL_SECONDS_MAX ? seconds : undefined;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
