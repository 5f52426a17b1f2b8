/**
 * A value's text of a zone file in Route 53's notation: what follows a backslash as three digits is decimal there (RFC 1035 §5.1) and
 * octal here. All else is written alike.
 */
export function toRoute53Notation(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:([0-9]{3})|[^])/g, (escape, digits: string | undefined) =>
    digits === undefined ? escape : `\\${Number(digits).toString(8).padStart(3, '0')}`,
  );
}
