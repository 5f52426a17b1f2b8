import type { RecordSet } from '../../src/core/zone/record-set.ts';

/** Zones of customers below one name, as those who have very many have them; ten record sets each, NS and SOA among them. */
export const PARENT = 'customers.example';
export const RECORD_SETS_PER_ZONE = 10;

export function zoneName(zone: number): string {
  return `c${String(zone).padStart(7, '0')}.${PARENT}`;
}

/** Each zone's own: an answer from another one would be told from it. */
export function addressOf(zone: number): string {
  return `10.${(zone >> 16) & 255}.${(zone >> 8) & 255}.${zone & 255}`;
}

/** Name, relative to the zone, and set. */
export function recordSetsOf(zone: number): [name: string, set: RecordSet][] {
  const a = (value: string): RecordSet => ({ type: 'A', ttlSeconds: 300, values: [value] });
  return [
    ['', a(addressOf(zone))],
    ['', { type: 'MX', ttlSeconds: 300, values: ['10 mail.example.net.'] }],
    ['', { type: 'TXT', ttlSeconds: 300, values: ['"v=spf1 include:_spf.example.net -all"'] }],
    ['_dmarc', { type: 'TXT', ttlSeconds: 300, values: ['"v=DMARC1; p=reject"'] }],
    ['api', a(addressOf(zone))],
    ['ftp', { type: 'CNAME', ttlSeconds: 300, values: ['ftp.example.net.'] }],
    ['mail', a(addressOf(zone))],
    ['www', a(addressOf(zone))],
  ];
}

export function zoneFileText(zone: number): string {
  const lines = recordSetsOf(zone).map(
    ([name, set]) => `${name || '@'} ${set.ttlSeconds} ${set.type} ${set.values?.[0]}`,
  );
  const soa = '@ 900 SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 86400';
  return `$ORIGIN ${zoneName(zone)}.\n${soa}\n@ 172800 NS ns1.example.net.\n${lines.join('\n')}\n`;
}
