import { parseName } from '../../src/core/dns/name.ts';
import { CLASS, TYPE } from '../../src/core/dns/record-type.ts';
import { WireWriter } from '../../src/core/dns/wire-writer.ts';

/** A message as no resolver means it, what we answer, and why. */
export interface OddPacket {
  readonly name: string;
  readonly packet: Uint8Array;
  readonly transport: 'udp' | 'tcp';
  /** In the words of `outcomeOf`. */
  readonly ours: string;
  readonly why: string;
}

interface Parts {
  readonly opcode?: number;
  readonly flags?: number;
  /** Of the header, where they differ from what follows. */
  readonly counts?: readonly [number, number, number, number];
  readonly question?: Uint8Array;
  readonly records?: readonly Uint8Array[];
  readonly transport?: 'udp' | 'tcp';
}

function odd(name: string, ours: string, why: string, parts: Parts): OddPacket {
  const { opcode = 0, flags = 0, question = ask('www.tricky.test.'), records = [], transport = 'udp' } = parts;
  const out = new WireWriter(new Uint8Array(2000));
  const counts = parts.counts ?? [1, 0, 0, records.length];
  for (const field of [0, (opcode << 11) | flags, ...counts]) out.u16(field);
  for (const each of [question, ...records]) out.octets(each);
  return { name, packet: out.bytes.slice(0, out.position), transport, ours, why };
}

function ask(name: string, type = TYPE.A as number, qclass = CLASS.IN as number): Uint8Array {
  return Uint8Array.of(...parseName(name), type >> 8, type & 255, qclass >> 8, qclass & 255);
}

function record(
  type: number,
  data: readonly number[],
  owner: readonly number[],
  qclass = CLASS.IN as number,
): Uint8Array {
  const fixed = [type >> 8, type & 255, qclass >> 8, qclass & 255, 0, 0, 0, 0, data.length >> 8, data.length & 255];
  return Uint8Array.of(...owner, ...fixed, ...data);
}

interface Opt {
  readonly size?: number;
  readonly version?: number;
  readonly extendedRcode?: number;
  readonly flags?: number;
  readonly data?: readonly number[];
  readonly owner?: readonly number[];
  readonly length?: number;
}

function opt({
  size = 1232,
  version = 0,
  extendedRcode = 0,
  flags = 0,
  data = [],
  owner = [0],
  length = data.length,
}: Opt = {}): Uint8Array {
  const ttl = [extendedRcode, version, flags >> 8, flags & 255];
  return Uint8Array.of(...owner, 0, TYPE.OPT, size >> 8, size & 255, ...ttl, length >> 8, length & 255, ...data);
}

const EMPTY = new Uint8Array(0);
const POINTER_TO_QNAME = [0xc0, 12];
/** HMAC-SHA256 of nothing we know, by a key that nobody has; time and MAC as good as any. */
const TSIG = record(
  TYPE.TSIG,
  [...parseName('hmac-sha256.'), 0, 0, 0x60, 0, 0, 0, 1, 44, 0, 32, ...new Uint8Array(32), 0, 0, 0, 0, 0, 0],
  [...parseName('nobody.')],
  CLASS.ANY,
);

const opcodes = [
  odd('opcode IQUERY', 'NOTIMP question', 'RFC 3425: obsolete, NOTIMP', { opcode: 1 }),
  odd('opcode STATUS', 'NOTIMP question', 'RFC 1035 §4.1.1: was never defined', { opcode: 2 }),
  odd('opcode NOTIFY', 'NOTAUTH question', 'RFC 1996 §3.11: the zone is not a secondary here', {
    opcode: 4,
    question: ask('tricky.test.', TYPE.SOA),
  }),
  odd('opcode UPDATE', 'NOTIMP question', 'RFC 2136 §2.2: changes come by the API alone', {
    opcode: 5,
    question: ask('tricky.test.', TYPE.SOA),
  }),
  odd('opcode DSO, no question', 'NOTIMP', 'RFC 8490 §5.4: who does not know DSO says NOTIMP', {
    opcode: 6,
    counts: [0, 0, 0, 0],
    question: EMPTY,
  }),
  odd('opcode 15', 'NOTIMP question', 'RFC 6895 §2.2: unassigned', { opcode: 15 }),
  odd('opcode 15 with EDNS', 'NOTIMP question opt', 'RFC 6891 §6.1.1: OPT is answered with OPT', {
    opcode: 15,
    records: [opt()],
  }),
];

const classes = [
  odd('class 0', 'REFUSED question', 'RFC 6895 §3.2: reserved; no zone of ours has it', {
    question: ask('www.tricky.test.', TYPE.A, 0),
  }),
  odd('class CH, type A', 'REFUSED question', 'CHAOS is answered for server names only, and those are off', {
    question: ask('www.tricky.test.', TYPE.A, 3),
  }),
  odd('class CH, version.bind', 'REFUSED question', 'Off unless the operator sets it', {
    question: ask('version.bind.', TYPE.TXT, 3),
  }),
  odd('class HS', 'REFUSED question', 'No zone of ours has it', { question: ask('www.tricky.test.', TYPE.A, 4) }),
  odd('class NONE', 'REFUSED question', 'RFC 2136 §2.3: a class of UPDATE', {
    question: ask('www.tricky.test.', TYPE.A, 254),
  }),
  odd(
    'class ANY, a name that is there',
    'NOERROR question answer',
    'RFC 1035 §6.2: answered, but never with authority',
    { question: ask('www.tricky.test.', TYPE.A, 255) },
  ),
  odd('class ANY, a name that is not there', 'NXDOMAIN question authority', 'RFC 1035 §6.2', {
    question: ask('nobody.tricky.test.', TYPE.A, 255),
  }),
];

const types = [
  odd('type 0', 'NOERROR aa question authority', 'RFC 6895 §3.1 reserves it: there is no such data', {
    question: ask('www.tricky.test.', 0),
  }),
  odd('type OPT', 'REFUSED question', 'RFC 6891 §6.1.1: a pseudo-record that no zone holds', {
    question: ask('www.tricky.test.', TYPE.OPT),
  }),
  odd('type NXNAME', 'FORMERR question', 'RFC 9824 §3.5: it is for bitmaps of NSEC records alone', {
    question: ask('www.tricky.test.', TYPE.NXNAME),
  }),
  odd('type TKEY', 'REFUSED question', 'RFC 2930: not offered', { question: ask('www.tricky.test.', 249) }),
  odd('type TSIG', 'REFUSED question', 'RFC 8945 §4: a meta-type that no zone holds', {
    question: ask('www.tricky.test.', 250),
  }),
  odd('type IXFR by UDP', 'FORMERR question', 'RFC 1995 §3: the SOA that the client has is missing', {
    question: ask('tricky.test.', TYPE.IXFR),
  }),
  odd('type AXFR by UDP', 'REFUSED question', 'RFC 5936 §4.2: AXFR is for TCP alone', {
    question: ask('tricky.test.', TYPE.AXFR),
  }),
  odd('type AXFR by TCP', 'REFUSED question', 'Transfers go to those who are allowed', {
    question: ask('tricky.test.', TYPE.AXFR),
    transport: 'tcp',
  }),
  odd('type MAILB', 'REFUSED question', 'RFC 1035 §3.2.3: a query type for records that are long gone', {
    question: ask('www.tricky.test.', 253),
  }),
  odd('type MAILA', 'REFUSED question', 'RFC 1035 §3.2.3: obsolete', { question: ask('www.tricky.test.', 254) }),
  odd('type 65535', 'NOERROR aa question authority', 'RFC 3597 §3: unknown types are types', {
    question: ask('www.tricky.test.', 65_535),
  }),
];

const edns = [
  odd('EDNS version 1', 'BADVERS question opt', 'RFC 6891 §6.1.3', { records: [opt({ version: 1 })] }),
  odd('EDNS version 255 and DO', 'BADVERS question opt do', 'RFC 6891 §6.1.3, RFC 3225 §3: DO is copied', {
    records: [opt({ version: 255, flags: 0x8000 })],
  }),
  odd('reserved EDNS flags', 'NOERROR aa question answer opt', 'RFC 6891 §6.1.4: ignored, and not sent back', {
    records: [opt({ flags: 0x7fff })],
  }),
  odd('EDNS size 0', 'NOERROR aa question answer opt', 'RFC 6891 §6.2.3: less than 512 is 512', {
    records: [opt({ size: 0 })],
  }),
  odd(
    'an extended rcode in the query',
    'NOERROR aa question answer opt',
    'RFC 6891 §6.1.3: it says something in answers only',
    { records: [opt({ extendedRcode: 255 })] },
  ),
  odd('an option that nobody knows', 'NOERROR aa question answer opt', 'RFC 6891 §6.1.2: ignored', {
    records: [opt({ data: [0xfd, 0xe9, 0, 2, 1, 2] })],
  }),
  odd('a cookie of seven octets', 'FORMERR question opt', 'RFC 7873 §5.2.2', {
    records: [opt({ data: [0, 10, 0, 7, 1, 2, 3, 4, 5, 6, 7] })],
  }),
  odd('a client subnet of an unknown family', 'FORMERR question opt', 'RFC 7871 §7.1.2 leaves FORMERR or REFUSED', {
    records: [opt({ data: [0, 8, 0, 6, 0, 9, 8, 0, 1, 2] })],
  }),
  odd(
    'a client subnet with bits beyond its prefix',
    'FORMERR question opt',
    'RFC 7871 §6: they MUST be zero, else FORMERR',
    { records: [opt({ data: [0, 8, 0, 7, 0, 1, 17, 0, 192, 0, 2] })] },
  ),
  odd('two OPT records', 'FORMERR', 'RFC 6891 §6.1.1: more than one is FORMERR', { records: [opt(), opt()] }),
  odd('OPT in the answer section', 'FORMERR', 'RFC 6891 §6.1.1: it belongs to the additional section', {
    records: [opt()],
    counts: [1, 1, 0, 0],
  }),
  odd('OPT in the authority section', 'FORMERR', 'RFC 6891 §6.1.1: it belongs to the additional section', {
    records: [opt()],
    counts: [1, 0, 1, 0],
  }),
  odd('OPT with an owner', 'FORMERR', 'RFC 6891 §6.1.2: its name MUST be the root', {
    records: [opt({ owner: [1, 0x61, 0] })],
  }),
  odd('OPT cut short', 'FORMERR', 'RFC 1035 §4.1.1: it cannot be read', { records: [opt().subarray(0, 8)] }),
  odd('OPT longer than the message', 'FORMERR', 'RFC 1035 §4.1.1: it cannot be read', {
    records: [opt({ length: 9 })],
  }),
  odd('an option longer than OPT', 'FORMERR', 'RFC 6891 §6.1.2: it cannot be read', {
    records: [opt({ data: [0, 3, 0, 9, 1] })],
  }),
  odd('half an option', 'FORMERR', 'RFC 6891 §6.1.2: it cannot be read', { records: [opt({ data: [0, 3, 0] })] }),
  odd(
    'a record behind OPT',
    'NOERROR aa question answer opt',
    'RFC 6891 §6.1.1: OPT may stand anywhere among the additional records',
    { records: [opt(), record(TYPE.A, [192, 0, 2, 1], [0])] },
  ),
];

const questions = [
  odd('no question', 'FORMERR', 'RFC 9619 §4: QDCOUNT must be 1; 0 only says a cookie', {
    counts: [0, 0, 0, 0],
    question: EMPTY,
  }),
  odd('no question, with EDNS', 'FORMERR opt', 'RFC 9619 §4, RFC 6891 §6.1.1', {
    counts: [0, 0, 0, 1],
    question: EMPTY,
    records: [opt()],
  }),
  odd('two questions', 'FORMERR', 'RFC 9619 §4', {
    counts: [2, 0, 0, 0],
    records: [ask('www.tricky.test.', TYPE.AAAA)],
  }),
  odd('a question that is not there', 'FORMERR', 'RFC 1035 §4.1.1', { question: EMPTY }),
  odd('a question cut within the name', 'FORMERR', 'RFC 1035 §4.1.1', {
    question: ask('www.tricky.test.').subarray(0, 8),
  }),
  odd('a question without a class', 'FORMERR', 'RFC 1035 §4.1.1', {
    question: ask('www.tricky.test.').subarray(0, -2),
  }),
  odd('a pointer into the header', 'FORMERR', 'RFC 1035 §4.1.4: a pointer leads to a prior name', {
    question: Uint8Array.of(0xc0, 4, 0, 1, 0, 1),
  }),
  odd('a pointer to itself', 'FORMERR', 'RFC 1035 §4.1.4: a pointer leads to a prior name', {
    question: Uint8Array.of(0xc0, 12, 0, 1, 0, 1),
  }),
  odd('a pointer forwards', 'FORMERR', 'RFC 1035 §4.1.4: a pointer leads to a prior name', {
    question: Uint8Array.of(1, 0x61, 0xc0, 20, 0, 1, 0, 1, 0, 0),
  }),
  odd('a label of type 01', 'FORMERR', 'RFC 6891 §5: extended labels are obsolete', {
    question: Uint8Array.of(0x41, 1, 0, 0, 1, 0, 1),
  }),
  odd('a label of type 10', 'FORMERR', 'RFC 1035 §4.1.4: reserved', {
    question: Uint8Array.of(0x80, 1, 0, 0, 1, 0, 1),
  }),
  odd('a name of 256 octets', 'FORMERR', 'RFC 1035 §2.3.4: 255 at most', {
    question: Uint8Array.of(
      ...Array.from({ length: 4 }, () => [62, ...new Uint8Array(62).fill(0x61)]).flat(),
      2,
      0x61,
      0x61,
      0,
      0,
      1,
      0,
      1,
    ),
  }),
  odd('a record in the answer section', 'FORMERR', 'RFC 1035 §4.1: a query has none', {
    counts: [1, 1, 0, 0],
    records: [record(TYPE.A, [192, 0, 2, 1], POINTER_TO_QNAME)],
  }),
  odd('a record in the authority section', 'FORMERR', 'RFC 1035 §4.1: a query has none, IXFR apart', {
    counts: [1, 0, 1, 0],
    records: [record(TYPE.A, [192, 0, 2, 1], POINTER_TO_QNAME)],
  }),
  odd('a record in the additional section', 'NOERROR aa question answer', 'What is additional may be ignored', {
    records: [record(TYPE.A, [192, 0, 2, 1], POINTER_TO_QNAME)],
  }),
  odd('an additional record that is not there', 'FORMERR', 'RFC 1035 §4.1.1: it cannot be read', {
    counts: [1, 0, 0, 1],
  }),
  odd('octets behind the message', 'NOERROR aa question answer', 'Nothing says what they are, so they say nothing', {
    records: [Uint8Array.of(1, 2, 3)],
    counts: [1, 0, 0, 0],
  }),
  odd('TSIG with a key that nobody has', 'NOTAUTH question additional', 'RFC 8945 §5.2.1: BADKEY', { records: [TSIG] }),
];

const headers = [
  odd('TC set', 'NOERROR aa question answer', 'It says something in answers only', { flags: 0x0200 }),
  odd('an rcode in the query', 'NOERROR aa question answer', 'It says something in answers only', { flags: 5 }),
  odd('AA, RA, Z, AD and CD set', 'NOERROR aa question answer', 'They say nothing to us, and do not come back', {
    flags: 0x04f0,
  }),
  odd('a response', 'silence', 'Two servers would answer each other for ever', { flags: 0x8000 }),
  { ...odd('eleven octets', 'silence', 'There is no whole header to answer with', {}), packet: new Uint8Array(11) },
  { ...odd('a header of zeros', 'FORMERR', 'RFC 9619 §4', {}), packet: new Uint8Array(12) },
];

export const oddPackets: readonly OddPacket[] = [...opcodes, ...classes, ...types, ...edns, ...questions, ...headers];
