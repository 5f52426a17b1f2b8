import { printName, parseName } from '../../src/core/dns/name.ts';
import { TYPE } from '../../src/core/dns/record-type.ts';
import type { Question } from './ask.ts';
import { ORIGIN, zoneLines } from './tricky-zone.ts';

const TYPES = [
  'A',
  'AAAA',
  'NS',
  'SOA',
  'CNAME',
  'MX',
  'TXT',
  'DS',
  'SRV',
  'HTTPS',
  'SVCB',
  'CAA',
  'NAPTR',
  'PTR',
  'SPF',
  'SSHFP',
  'TLSA',
  'HINFO',
  'DNSKEY',
  'ANY',
] as const;
const UDP_BYTES = [undefined, 100, 512, 1232, 4096] as const;

/** Every name of the zone, the names between it and the apex, and names beside and below each that nobody wrote down. */
function names(): string[] {
  const all = new Set<string>(['elsewhere.example.', 'test.', '.', 'any.wild.tricky.test.', 'a.b.c.wild.tricky.test.']);
  for (const { owner } of zoneLines) {
    for (let name = printName(parseName(owner, 'route53')); name.endsWith(ORIGIN);) {
      for (const prefix of ['', 'nobody.', '*.', 'a.b.']) all.add(prefix + name);
      if (name === ORIGIN) break;
      name = name.slice(firstLabelLength(name) + 1);
    }
  }
  return [...all];
}

function firstLabelLength(name: string): number {
  return (/^(?:\\[0-9]{3}|\\.|[^.\\])*/.exec(name) as RegExpExecArray)[0].length;
}

/** Every name with every type, in a case and with an EDNS offer that the seed picks. */
export function questions(seed: number): Question[] {
  const random = lehmer(seed);
  return names().flatMap((name) =>
    TYPES.map((type) => ({
      name: name.replace(/(\\[0-9]{3})|([a-z])/g, (all, escape) =>
        escape === undefined && random() < 0.5 ? all.toUpperCase() : all,
      ),
      type: TYPE[type],
      udpBytesMax: UDP_BYTES[Math.floor(random() * UDP_BYTES.length)],
      recursionDesired: random() < 0.5,
      dnssecOk: random() < 0.5,
    })),
  );
}

/** Lehmer's generator: a seed is all that repeats a run. */
function lehmer(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
