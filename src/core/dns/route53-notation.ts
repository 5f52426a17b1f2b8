/** A value's zone-file text in Route 53's notation: there octets are escaped in decimal, here in octal, and all else is alike. */
export function route53Notation(zoneFileText: string): string {
  if (!zoneFileText.includes('\\')) return zoneFileText;
  return zoneFileText.replace(/\\([0-9]{3}|.)/g, (escape, what: string) =>
    what.length === 3 ? `\\${Number(what).toString(8).padStart(3, '0')}` : escape,
  );
}
