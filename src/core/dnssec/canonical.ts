import { lowerOctet } from '../dns/name.ts';
import { TYPE } from '../dns/record-type.ts';

/**
 * RFC 4034 §6.2: where the data of these types has names, which are in lower case there; octets before the first name, and how many
 * names follow each other. RFC 6840 §5.1 took NSEC and HINFO off the list; types that came later keep the case that they have
 * (RFC 3597 §7). A6 is left out: RFC 6563 buried it.
 */
const NAMES_AT: ReadonlyMap<number, readonly [octets: number, names: number]> = new Map([
  [TYPE.NS, [0, 1]],
  [3, [0, 1]], // MD
  [4, [0, 1]], // MF
  [TYPE.CNAME, [0, 1]],
  [TYPE.SOA, [0, 2]],
  [7, [0, 1]], // MB
  [8, [0, 1]], // MG
  [9, [0, 1]], // MR
  [TYPE.PTR, [0, 1]],
  [14, [0, 2]], // MINFO
  [TYPE.MX, [2, 1]],
  [17, [0, 2]], // RP
  [18, [2, 1]], // AFSDB
  [21, [2, 1]], // RT
  [24, [18, 1]], // SIG
  [26, [2, 2]], // PX
  [30, [0, 1]], // NXT
  [TYPE.SRV, [6, 1]],
  [36, [2, 1]], // KX
  [39, [0, 1]], // DNAME
  [TYPE.RRSIG, [18, 1]],
]);

/** Order and preference; flags, service and regular expression follow. */
const NAPTR_NUMBERS_OCTETS = 4;
const NAPTR_STRINGS = 3;

/** Uncompressed wire data in its canonical form; the same array when it has that already. */
export function canonicalRdata(type: number, rdata: Uint8Array): Uint8Array {
  const layout = type === TYPE.NAPTR ? ([naptrNameAt(rdata), 1] as const) : NAMES_AT.get(type);
  if (layout === undefined) return rdata;
  let [at, names] = layout;
  let canonical = rdata;
  for (; names > 0 && at < rdata.length; names -= 1) {
    // Lengths of labels are below the upper-case letters, so that the whole name can be taken octet by octet.
    const end = nameEnd(rdata, at);
    for (; at < end; at += 1) {
      const octet = rdata[at] as number;
      if (lowerOctet(octet) === octet) continue;
      if (canonical === rdata) canonical = rdata.slice();
      canonical[at] = lowerOctet(octet);
    }
  }
  return canonical;
}

function naptrNameAt(rdata: Uint8Array): number {
  let at = NAPTR_NUMBERS_OCTETS;
  for (let left = NAPTR_STRINGS; left > 0; left -= 1) at += 1 + (rdata[at] ?? 0);
  return at;
}

function nameEnd(rdata: Uint8Array, from: number): number {
  let at = from;
  while (at < rdata.length && rdata[at] !== 0) at += 1 + (rdata[at] as number);
  return Math.min(at + 1, rdata.length);
}

/** RFC 4034 §6.3: by their octets, the shorter first when it is the other's beginning. */
export function compareRdata(left: Uint8Array, right: Uint8Array): number {
  const both = Math.min(left.length, right.length);
  for (let at = 0; at < both; at += 1) {
    const order = (left[at] as number) - (right[at] as number);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** The data of an RRset as it is signed: canonical, in order, each once. */
export function canonicalOrder(type: number, rdata: readonly Uint8Array[]): Uint8Array[] {
  if (rdata.length === 1) return [canonicalRdata(type, rdata[0] as Uint8Array)];
  const sorted = rdata.map((each) => canonicalRdata(type, each)).sort(compareRdata);
  return sorted.filter((each, at) => at === 0 || compareRdata(sorted[at - 1] as Uint8Array, each) !== 0);
}
