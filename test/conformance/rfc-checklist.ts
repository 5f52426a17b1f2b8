/**
 * What RFCs require of an authoritative server, and where it is tested. test/house/conformance.test.ts holds every line to the files:
 * a file that is gone, or in which the words are not found any more, fails. What is not tested says why.
 */
export interface Requirement {
  readonly rfc: string;
  readonly requirement: string;
  /** A file, from the root of the repository, and words in it; or why there is no test. */
  readonly tested: readonly (readonly [file: string, words: string])[] | string;
}

const ZONES = 'src/core/answer/answer-zones.test.ts';
const RFCS = 'src/core/answer/answer-rfcs.test.ts';
const LADDER = 'src/core/answer/answer-ladder.test.ts';
const EDNS = 'src/core/answer/answer-edns.test.ts';
const LOOKUP = 'src/core/zone/lookup.test.ts';
const RDATA = 'src/core/dns/rdata/rdata.test.ts';
const NAME = 'src/core/dns/name.test.ts';
const TEXT = 'src/core/dns/zone-text.test.ts';
const TCP = 'src/edge/tcp/tcp-contract.test.ts';
const BATCH = 'src/core/control/record-sets/change-resource-record-sets.test.ts';
const ODD = 'test/conformance/odd-packets.ts';
const TRICKY = 'test/conformance/tricky-records.ts';
const REFERENCE = 'test/fuzz/reference-answerer.ts';
const PACKETS = 'test/fuzz/packet-fuzz.ts';

export const requirements: readonly Requirement[] = [
  {
    rfc: 'RFC 1034 §3.6.2, §4.3.2 3a',
    requirement: 'CNAMEs are followed, and loops end',
    tested: [
      [ZONES, 'loop1.example.com A'],
      [LOOKUP, "'self', 'chain'"],
      [RFCS, '§6.2.7'],
    ],
  },
  {
    rfc: 'RFC 1034 §4.3.1',
    requirement: 'RD is copied, RA is clear, recursion is not offered',
    tested: [
      [LADDER, 'no RD'],
      [PACKETS, 'RA, Z, AD or CD is set'],
    ],
  },
  {
    rfc: 'RFC 1034 §4.3.2 2',
    requirement: 'the nearest enclosing zone answers',
    tested: [
      [LOOKUP, 'the zone of %s for type'],
      [ZONES, "'parent and child'"],
    ],
  },
  {
    rfc: 'RFC 1034 §4.3.2 3b, §4.2.1',
    requirement: 'below a cut there are referrals only, from the highest cut, without AA',
    tested: [
      [ZONES, 'y.deep.sub'],
      [RFCS, '§6.2.6'],
    ],
  },
  {
    rfc: 'RFC 1034 §4.3.2 6',
    requirement: 'what helps comes along, whole RRsets of the zone',
    tested: [
      [RFCS, '§6.2.3'],
      [REFERENCE, 'helpful'],
    ],
  },
  {
    rfc: 'RFC 1035 §2.3.4, §3.1',
    requirement: 'labels of 63 and names of 255 octets, and none longer',
    tested: [
      [NAME, 'DomainLabelTooLong'],
      [TRICKY, 'make 255'],
      [ODD, 'a name of 256 octets'],
    ],
  },
  {
    rfc: 'RFC 1035 §4.1.1',
    requirement: 'what cannot be read is FORMERR; opcodes that are not offered NOTIMP',
    tested: [
      [ODD, 'a question cut within the name'],
      [ODD, 'opcode STATUS'],
    ],
  },
  {
    rfc: 'RFC 1035 §4.1.4',
    requirement: 'names are compressed against prior ones, in 14 bits; pointers that do not lead back are refused',
    tested: [
      ['src/core/dns/wire-writer.test.ts', 'names written with compression are read back whole'],
      [ODD, 'a pointer to itself'],
    ],
  },
  {
    rfc: 'RFC 1035 §4.2.1',
    requirement: '512 octets by UDP, then TC',
    tested: [[LADDER, '512 octets without EDNS, then TC']],
  },
  {
    rfc: 'RFC 1035 §4.2.2, RFC 7766 §8',
    requirement: 'TCP messages have two octets of length, however the stream is cut',
    tested: [
      ['test/fuzz/stream-fuzz.ts', 'fuzzStreams'],
      [TCP, 'queries are answered in order, however the stream is cut'],
    ],
  },
  {
    rfc: 'RFC 1035 §5',
    requirement: 'master files',
    tested: [
      [TEXT, 'a zone file is read as the records it stands for'],
      ['test/fuzz/zone-text-fuzz.ts', 'written in every way that RFC 1035 §5 allows'],
    ],
  },
  {
    rfc: 'RFC 1035 §6.2',
    requirement: 'class ANY is never answered with AA',
    tested: [
      [ZONES, 'www.example.com A +class=255'],
      [ODD, 'class ANY, a name that is there'],
    ],
  },
  {
    rfc: 'RFC 1982',
    requirement: 'serial numbers go round',
    tested: [['src/core/dns/serial.test.ts', 'the next serial is always a later one']],
  },
  {
    rfc: 'RFC 2181 §5',
    requirement: 'an RRset comes whole or not at all, with one TTL',
    tested: [
      [REFERENCE, 'only lists of records'],
      [LADDER, 'TC and empty sections'],
    ],
  },
  {
    rfc: 'RFC 2181 §8',
    requirement: 'TTLs are from 0 to 2³¹ - 1',
    tested: [
      [TEXT, 'the largest TTL'],
      [TRICKY, 'longest 2147483647'],
    ],
  },
  {
    rfc: 'RFC 2181 §9',
    requirement: 'TC only when something that was required is missing',
    tested: [
      [LADDER, 'addresses that only help are left out before anything else'],
      ['test/fuzz/lookup-fuzz.ts', 'neither whole nor truncated'],
    ],
  },
  {
    rfc: 'RFC 2181 §10.1',
    requirement: 'nothing stands beside a CNAME',
    tested: [[BATCH, 'beside a CNAME']],
  },
  {
    rfc: 'RFC 2181 §11, RFC 4343',
    requirement: 'labels are any octets; ASCII case means nothing, and the question keeps its own',
    tested: [
      [ZONES, 'wWw.eXample.com A'],
      [TRICKY, 'nul\\000'],
    ],
  },
  {
    rfc: 'RFC 2308 §2, §3, §5',
    requirement: 'NXDOMAIN and NODATA have the SOA, its TTL the lesser of its own and its minimum',
    tested: [
      [ZONES, 'no.kept.example.com A'],
      [RFCS, '§6.2.5'],
    ],
  },
  {
    rfc: 'RFC 3225 §3, RFC 6840 §5.7',
    requirement: 'DO is copied',
    tested: [
      [ZONES, 'no.example.net A +do'],
      [ODD, 'EDNS version 255 and DO'],
    ],
  },
  { rfc: 'RFC 3425', requirement: 'IQUERY is NOTIMP', tested: [[ODD, 'opcode IQUERY']] },
  {
    rfc: 'RFC 3597 §3, §4, §5',
    requirement: 'types that nobody knows are types; their data is opaque, without compression, `\\#` in text',
    tested: [
      [ZONES, 'www.example.com TYPE65280'],
      [RDATA, 'only the names of RFC 1035 types are compressed'],
      [TEXT, 'a generic class and type'],
      [TEXT, 'octets of a known type'],
    ],
  },
  {
    rfc: 'RFC 4035 §3.1.4.1',
    requirement: "DS is the parent's; the child says NODATA when it is alone",
    tested: [
      [ZONES, 'kept.example.com DS'],
      [ZONES, 'sub.example.com DS'],
    ],
  },
  {
    rfc: 'RFC 4035 §3.1.6',
    requirement: 'AD and CD are clear',
    tested: [
      [LADDER, 'AD and CD are not kept'],
      [ODD, 'AA, RA, Z, AD and CD set'],
    ],
  },
  {
    rfc: 'RFC 4592 §2.1, §2.2',
    requirement:
      'the asterisk is a wildcard as the leftmost label only; existing names, empty non-terminals and cuts stop it',
    tested: [
      [RFCS, 'RFC 4592 §2.2.1'],
      [TRICKY, 'a.\\052.wild'],
    ],
  },
  {
    rfc: 'RFC 4592 §3.3.1',
    requirement: 'the source of synthesis is at the closest encloser, also when it is empty',
    tested: [
      [RFCS, 'the closest encloser has no wildcard'],
      [TRICKY, 'a.*.inner'],
    ],
  },
  {
    rfc: 'RFC 4592 §4.2',
    requirement: 'NS at a wildcard is undefined: it is refused',
    tested: [['src/core/control/record-sets/rules.ts', 'NS records cannot have a wildcard name']],
  },
  {
    rfc: 'RFC 5001',
    requirement: 'NSID when it is asked for and there is one',
    tested: [[EDNS, 'NSID (RFC 5001)']],
  },
  {
    rfc: 'RFC 5936 §4.2, RFC 1995',
    requirement: 'AXFR and IXFR only for those who are allowed',
    tested: [
      [ZONES, 'example.com AXFR +tcp'],
      [ODD, 'type AXFR by UDP'],
    ],
  },
  {
    rfc: 'RFC 6604 §3',
    requirement: 'the rcode of a chain is that of its end',
    tested: [[ZONES, 'cdead.example.com A']],
  },
  {
    rfc: 'RFC 6672 §3.2',
    requirement: 'names below a DNAME are redirected',
    tested:
      'Not built. DNAME is no type of Route 53. A secondary zone may hold one: it is served as the unknown type 39, and names below it are answered as if it were not there.',
  },
  {
    rfc: 'RFC 8945 §5.2',
    requirement: 'a key that nobody knows is NOTAUTH with BADKEY',
    tested: [['test/conformance/odd-packets.ts', 'TSIG with a key that nobody has']],
  },
  {
    rfc: 'RFC 6891 §6.1.1',
    requirement: 'OPT is answered with OPT; two, misplaced or unreadable ones are FORMERR',
    tested: [
      [ODD, 'two OPT records'],
      [ODD, 'OPT in the answer section'],
      [ODD, 'opcode 15 with EDNS'],
    ],
  },
  {
    rfc: 'RFC 6891 §6.1.2, §6.1.4',
    requirement: 'options and flags that nobody knows are ignored and not sent back',
    tested: [
      [ODD, 'an option that nobody knows'],
      [ODD, 'reserved EDNS flags'],
    ],
  },
  {
    rfc: 'RFC 6891 §6.1.3',
    requirement: 'other versions are BADVERS with version 0',
    tested: [[ODD, 'EDNS version 1']],
  },
  {
    rfc: 'RFC 6891 §6.2.3, §6.2.5',
    requirement: "the client's size is respected, less than 512 is 512, our own is a limit, too",
    tested: [
      [LADDER, 'our own limit counts even when the client takes more'],
      [PACKETS, 'octets by UDP, but'],
    ],
  },
  {
    rfc: 'RFC 6895 §2.2, §3.1, §3.2',
    requirement: 'unassigned opcodes, types and classes do no harm',
    tested: [
      [ODD, 'opcode 15'],
      [ODD, 'type 0'],
      [ODD, 'class 0'],
    ],
  },
  {
    rfc: 'RFC 7766 §6.2, §7',
    requirement: 'any number of queries on a connection, an idle one is closed, limits hold',
    tested: [
      [TCP, 'queries are answered in order'],
      [TCP, 'who sends nothing, or never a whole query'],
      [TCP, 'beyond the limit of connections'],
    ],
  },
  {
    rfc: 'RFC 7828',
    requirement: 'keepalive by TCP when it is asked for',
    tested: [[EDNS, 'TCP keepalive (RFC 7828)']],
  },
  {
    rfc: 'RFC 7871 §7.2.1',
    requirement: 'client subnet is echoed with the scope that was used; malformed ones are FORMERR',
    tested: [
      [EDNS, 'client subnet (RFC 7871)'],
      [ODD, 'a client subnet with bits beyond its prefix'],
    ],
  },
  {
    rfc: 'RFC 7873 §5, RFC 9018',
    requirement: 'cookies that members of one secret make and accept alike',
    tested: [
      [EDNS, 'cookies (RFC 7873, RFC 9018)'],
      ['src/core/answer/edns/server-cookie.test.ts', 'RFC 9018 appendix A'],
      [ODD, 'a cookie of seven octets'],
    ],
  },
  {
    rfc: 'RFC 8020',
    requirement: 'NXDOMAIN only where nothing is below, either',
    tested: [
      [ZONES, 'ent.example.com A'],
      [BATCH, 'empty non-terminals come and go with what is below them'],
    ],
  },
  { rfc: 'RFC 8482 §4.1', requirement: 'ANY is answered with one RRset', tested: [[ZONES, 'mail.example.com ANY']] },
  {
    rfc: 'RFC 8490 §5.4',
    requirement: 'DSO is NOTIMP',
    tested: [[ODD, 'opcode DSO, no question']],
  },
  { rfc: 'RFC 8914', requirement: 'extended errors where they help', tested: [[EDNS, 'extended errors (RFC 8914)']] },
  {
    rfc: 'RFC 8906 §3',
    requirement: 'no kind of query that is well-formed meets silence',
    tested: [
      [PACKETS, "throw new Error('silence')"],
      [ODD, 'TC set'],
    ],
  },
  {
    rfc: 'RFC 9460 §2.5, §4.1, §8',
    requirement: 'what comes with service bindings; `.`; parameters in order and well-formed',
    tested: [
      [ZONES, 'bound.example.com HTTPS'],
      [ZONES, 'mail.example.com HTTPS'],
      [RDATA, '16 foo.example. port=53 mandatory=port,alpn alpn=dot'],
    ],
  },
  {
    rfc: 'RFC 9471 §3',
    requirement: 'all glue, or TC',
    tested: [
      [LADDER, 'glue is not left out, however many servers there are'],
      [LADDER, 'glue is not left out for want of room'],
    ],
  },
  {
    rfc: 'RFC 9619 §4',
    requirement: 'QDCOUNT other than 1 is FORMERR',
    tested: [
      [ODD, 'two questions'],
      [ODD, 'no question'],
    ],
  },
];
