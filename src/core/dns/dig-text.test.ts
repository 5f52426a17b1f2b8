import { expect, test } from 'vitest';
import { digText } from './dig-text.ts';
import type { Edns } from './edns.ts';
import { NO_FLAGS, type Message, type ResourceRecord } from './message.ts';
import { parseName } from './name.ts';
import { parseRdata } from './rdata-types.ts';
import { CLASS, OPCODE, RCODE, TYPE } from './record-type.ts';

const edns: Edns = { udpSize: 1232, extendedRcode: 0, version: 0, dnssecOk: false, options: [] };

function message(parts: Partial<Message>): Message {
  const flags = { ...NO_FLAGS, response: true, authoritative: true };
  return { id: 7, opcode: 0, rcode: 0, flags, questions: [], answers: [], authorities: [], additionals: [], ...parts };
}

function question(name: string, type: number = TYPE.A, inClass: number = CLASS.IN): Partial<Message> {
  return { questions: [{ name: parseName(name), type, class: inClass }] };
}

function record(
  name: string,
  ttlSeconds: number,
  type: number,
  text: string,
  inClass: number = CLASS.IN,
): ResourceRecord {
  return { name: parseName(name), type, class: inClass, ttlSeconds, value: parseRdata(type, text, 'zone-file') };
}

function header(flags: string, counts: string, status = 'NOERROR', opcode = 'QUERY'): string {
  const [questions, answers, authorities, additionals] = counts.split(' ');
  return (
    `;; ->>HEADER<<- opcode: ${opcode}, status: ${status}, id: 7\n` +
    `;; flags:${flags}; QUERY: ${questions}, ANSWER: ${answers}, AUTHORITY: ${authorities}, ADDITIONAL: ${additionals}\n`
  );
}

/** What DiG 9.18.49 printed for the same octets, with `+nocmd +nostats`, without its warnings, its verdict on the cookie and its last empty line. */
test.each<[what: string, parts: Partial<Message>, text: string]>([
  [
    'every section',
    {
      ...question('all.example.'),
      flags: { ...NO_FLAGS, response: true, authoritative: true, truncated: true, recursionDesired: true },
      answers: [record('all.example.', 60, TYPE.MX, '10 mail.')],
      authorities: [record('example.', 60, TYPE.NS, 'ns.')],
      additionals: [record('mail.', 60, TYPE.A, '1.2.3.4')],
      edns,
    },
    `${header(' qr aa tc rd', '1 1 1 2')}
;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;all.example.\t\t\tIN\tA

;; ANSWER SECTION:
all.example.\t\t60\tIN\tMX\t10 mail.

;; AUTHORITY SECTION:
example.\t\t60\tIN\tNS\tns.

;; ADDITIONAL SECTION:
mail.\t\t\t60\tIN\tA\t1.2.3.4
`,
  ],
  [
    'a truncated response, and every flag',
    {
      ...question('tc.example.'),
      flags: {
        response: true,
        authoritative: false,
        truncated: true,
        recursionDesired: true,
        recursionAvailable: true,
        authenticData: true,
        checkingDisabled: true,
      },
    },
    `${header(' qr tc rd ra ad cd', '1 0 0 0')}
;; QUESTION SECTION:
;tc.example.\t\t\tIN\tA
`,
  ],
  [
    'EDNS options',
    {
      ...question('uedns.example.'),
      edns: {
        ...edns,
        dnssecOk: true,
        options: [
          { code: 65001, data: Uint8Array.of(0x61, 0x20, 0x62, 0x7f, 0x22) },
          { code: 65002, data: new Uint8Array(0) },
          { code: 3, data: Uint8Array.of(0x6e, 0x73, 0x31) },
          { code: 3, data: new Uint8Array(0) },
          { code: 10, data: Uint8Array.from({ length: 8 }, (_, octet) => octet) },
        ],
      },
    },
    `${header(' qr aa', '1 0 0 1')}
;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags: do; udp: 1232
; OPT=65001: 61 20 62 7f 22 ("a b."")
; OPT=65002:
; NSID: 6e 73 31 ("ns1")
; NSID:
; COOKIE: 0001020304050607
;; QUESTION SECTION:
;uedns.example.\t\t\tIN\tA
`,
  ],
  [
    'no question',
    { flags: { ...NO_FLAGS, response: true }, rcode: RCODE.FORMERR },
    header(' qr', '0 0 0 0', 'FORMERR'),
  ],
  [
    'no question, with EDNS',
    { flags: { ...NO_FLAGS, response: true }, rcode: RCODE.FORMERR, edns },
    `${header(' qr', '0 0 0 1', 'FORMERR')}
;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
`,
  ],
  [
    'an extended response code',
    { rcode: RCODE.BADVERS, edns: { ...edns, extendedRcode: 1 } },
    `${header(' qr aa', '0 0 0 1', 'BADVERS')}
;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
`,
  ],
  ['an unknown opcode and no flag', { flags: NO_FLAGS, opcode: 6 }, header('', '0 0 0 0', 'NOERROR', 'RESERVED6')],
  ['a known opcode', { opcode: OPCODE.NOTIFY }, header(' qr aa', '0 0 0 0', 'NOERROR', 'NOTIFY')],
  [
    'an unknown class and type',
    {
      ...question('q.example.', 65280, 7),
      answers: [record('unknown.example.', 60, 65280, '\\# 4 0a000001', 7)],
    },
    `${header(' qr aa', '1 1 0 0')}
;; QUESTION SECTION:
;q.example.\t\t\tCLASS7\tTYPE65280

;; ANSWER SECTION:
unknown.example.\t60\tCLASS7\tTYPE65280 \\# 4 0A000001
`,
  ],
  [
    'columns that are passed',
    {
      ...question('col45678901234567890123.example.'),
      answers: [
        record('col4567.example.', 1_234_567_890, TYPE.A, '192.0.2.1'),
        record('col456789012345.example.', 1_234_567_890, TYPE.A, '192.0.2.1'),
        record('col45678901234567890123.example.', 1_234_567_890, TYPE.A, '192.0.2.1'),
      ],
    },
    `${header(' qr aa', '1 3 0 0')}
;; QUESTION SECTION:
;col45678901234567890123.example. IN\tA

;; ANSWER SECTION:
col4567.example.\t1234567890 IN\tA\t192.0.2.1
col456789012345.example. 1234567890 IN\tA\t192.0.2.1
col45678901234567890123.example. 1234567890 IN A 192.0.2.1
`,
  ],
  [
    'escapes, and a class that is not IN',
    {
      answers: [
        record('a\\.b*\\@\\$\\;\\(\\)\\"\\\\.c.', 5, TYPE.A, '1.2.3.4'),
        record('esc.example.', 0, TYPE.TXT, '"a\\"b\\\\;\\009\\228"', CLASS.CH),
      ],
    },
    `${header(' qr aa', '0 2 0 0')}
;; ANSWER SECTION:
a\\.b*\\@\\$\\;\\(\\)\\"\\\\.c.\t5\tIN\tA\t1.2.3.4
esc.example.\t\t0\tCH\tTXT\t"a\\"b\\\\;\\009\\228"
`,
  ],
])('%s, as dig prints it', (_what, parts, text) => expect(digText(message(parts))).toBe(text));
