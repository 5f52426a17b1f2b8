/** Numbers of the DNS that have names: record types, classes, response codes and opcodes (IANA's registry). */

export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  OPT: 41,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  TLSA: 52,
  CDS: 59,
  CDNSKEY: 60,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  NXNAME: 128,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
} as const;

export const CLASS = { IN: 1, CH: 3, NONE: 254, ANY: 255 } as const;

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  NOTAUTH: 9,
  BADVERS: 16,
  BADCOOKIE: 23,
} as const;

export const OPCODE = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5 } as const;

const codeByName: ReadonlyMap<string, number> = new Map(Object.entries(TYPE));
const nameByCode: ReadonlyMap<number, string> = new Map(Object.entries(TYPE).map(([name, code]) => [code, name]));
const rcodeNames: ReadonlyMap<number, string> = new Map(Object.entries(RCODE).map(([name, code]) => [code, name]));

/** The code of `A`, `TYPE65280` (RFC 3597 §5) …, or undefined. */
export function typeCode(name: string): number | undefined {
  const known = codeByName.get(name);
  if (known !== undefined) return known;
  const generic = /^TYPE([0-9]{1,5})$/.exec(name);
  const code = generic === null ? undefined : Number(generic[1]);
  return code !== undefined && code <= 0xffff ? code : undefined;
}

export function typeName(code: number): string {
  return nameByCode.get(code) ?? `TYPE${code}`;
}

export function rcodeName(code: number): string {
  return rcodeNames.get(code) ?? `RCODE${code}`;
}
